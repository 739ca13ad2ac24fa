//! Calls of the server API, carried out where the rooms are.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use koeba_access_token::VideoGrant;
use koeba_protocol::proto;
use koeba_room::{
    Close, Input, LeaveAction, LeaveReason, Order, ParticipantSid, ProfileChange, Room,
    SubscriptionChange, TrackSid,
};
use koeba_signal::{permission, source_names, told};

use super::call::{Call, Reply};
use super::error::{Code, TwirpError};
use crate::reports::RoomKey;
use crate::world::{RoomOptions, World};

/// The longest name of a room, as in tokens.
const MAX_NAME: usize = 256;
/// The longest text about a room.
const MAX_METADATA: usize = 64 * 1024;
/// The longest time that an empty room stays open.
const MAX_TIMEOUT_S: u32 = 24 * 60 * 60;

type Served = Result<Reply, TwirpError>;

impl World {
    /// Carries a call out for a workspace. Rooms of other workspaces are not there for it.
    pub(crate) fn serve(&mut self, now: Instant, workspace: &str, call: Call) -> Served {
        let key = |room: String| RoomKey {
            workspace: workspace.to_owned(),
            room,
        };
        match call {
            Call::CreateRoom(request) => self.create_room(now, workspace, *request),
            Call::ListRooms(request) => Ok(self.list_rooms(workspace, &request)),
            Call::DeleteRoom(request) => {
                let key = key(request.room);
                self.room(&key)?;
                let close = Close {
                    reason: LeaveReason::RoomDeleted,
                    action: LeaveAction::Disconnect,
                };
                self.tell_room(now, &key, Input::Close(close));
                Ok(Reply::Deleted(proto::DeleteRoomResponse {}))
            }
            Call::ListParticipants(request) => {
                let participants = self.room(&key(request.room))?.participants();
                Ok(Reply::Participants(proto::ListParticipantsResponse {
                    participants: participants.map(|info| told::participant(&info)).collect(),
                }))
            }
            Call::GetParticipant(request) => {
                let key = key(request.room);
                let sid = self.called(&key, &request.identity)?;
                self.told_participant(&key, sid)
            }
            Call::RemoveParticipant(request) => {
                if request.revoke_token_ts != 0 {
                    return Err(unsupported(
                        "tokens are not revoked; they end by themselves",
                    ));
                }
                let key = key(request.room);
                let participant = self.called(&key, &request.identity)?;
                let reason = LeaveReason::ParticipantRemoved;
                let remove = Input::Remove {
                    participant,
                    reason,
                };
                self.tell_room(now, &key, remove);
                Ok(Reply::Removed(proto::RemoveParticipantResponse {}))
            }
            Call::MutePublishedTrack(request) => {
                let room = key(request.room.clone());
                self.mute_track(now, &room, &request)
            }
            Call::UpdateParticipant(request) => {
                let room = key(request.room.clone());
                self.update_participant(now, &room, request)
            }
            Call::UpdateSubscriptions(request) => {
                let key = key(request.room);
                let participant = self.called(&key, &request.identity)?;
                let named = request.participant_tracks.into_iter();
                let named = named.flat_map(|tracks| tracks.track_sids);
                let tracks: BTreeSet<_> = request.track_sids.into_iter().chain(named).collect();
                let change = SubscriptionChange {
                    tracks: tracks.into_iter().collect(),
                    subscribe: request.subscribe,
                };
                let order = Order::Subscribe {
                    participant,
                    change,
                };
                self.administer(now, &key, order)?;
                Ok(Reply::Subscribed(proto::UpdateSubscriptionsResponse {}))
            }
            Call::UpdateRoomMetadata(request) => {
                let key = key(request.room);
                self.room(&key)?;
                self.administer(now, &key, Order::SetMetadata(request.metadata))?;
                Ok(Reply::Room(told::room(&self.room(&key)?.info())))
            }
        }
    }

    /// Opens a room, or answers the one that is open, as it is.
    fn create_room(
        &mut self,
        now: Instant,
        workspace: &str,
        request: proto::CreateRoomRequest,
    ) -> Served {
        let understood = proto::CreateRoomRequest {
            name: request.name.clone(),
            metadata: request.metadata.clone(),
            empty_timeout: request.empty_timeout,
            departure_timeout: request.departure_timeout,
            max_participants: request.max_participants,
            ..proto::CreateRoomRequest::default()
        };
        if request != understood {
            return Err(unsupported(
                "of a room only name, metadata, emptyTimeout, departureTimeout and \
                 maxParticipants can be chosen",
            ));
        }
        let invalid = |msg: &str| Err(TwirpError::new(Code::InvalidArgument, msg));
        if request.name.is_empty() || request.name.chars().count() > MAX_NAME {
            return invalid("a room's name has 1 to 256 characters");
        }
        if request.metadata.len() > MAX_METADATA {
            return invalid("a room's metadata has at most 65536 bytes");
        }
        if request.empty_timeout.max(request.departure_timeout) > MAX_TIMEOUT_S {
            return invalid("an empty room stays open for 86400 seconds at most");
        }
        let seconds = |given: u32| (given > 0).then(|| Duration::from_secs(u64::from(given)));
        let options = RoomOptions {
            metadata: request.metadata,
            empty_timeout: seconds(request.empty_timeout),
            departure_timeout: seconds(request.departure_timeout),
            max_participants: usize::try_from(request.max_participants)
                .ok()
                .filter(|most| *most > 0),
        };
        let key = RoomKey {
            workspace: workspace.to_owned(),
            room: request.name,
        };
        if !self.open_room(now, &key, options) {
            let msg = "the node has no place for another room";
            return Err(TwirpError::new(Code::ResourceExhausted, msg));
        }
        // It ends by itself when nobody comes.
        self.tell_room(now, &key, Input::Timeout);
        Ok(Reply::Room(told::room(&self.room(&key)?.info())))
    }

    fn list_rooms(&self, workspace: &str, request: &proto::ListRoomsRequest) -> Reply {
        let rooms = self.rooms.iter().filter(|(key, _)| {
            key.workspace == workspace
                && (request.names.is_empty() || request.names.contains(&key.room))
        });
        let mut rooms: Vec<_> = rooms
            .map(|(_, open)| told::room(&open.room.info()))
            .collect();
        rooms.sort_by(|one, other| one.name.cmp(&other.name));
        Reply::Rooms(proto::ListRoomsResponse { rooms })
    }

    fn mute_track(
        &mut self,
        now: Instant,
        key: &RoomKey,
        request: &proto::MuteRoomTrackRequest,
    ) -> Served {
        let participant = self.called(key, &request.identity)?;
        let track: TrackSid = request.track_sid.parse().map_err(|_| no_track())?;
        let order = Order::Mute {
            participant,
            track,
            muted: request.muted,
        };
        self.administer(now, key, order)?;
        // Another node shall know it, should the room go there.
        self.refresh_token(now, participant);
        let info = self.room(key)?.track(track).ok_or_else(no_track)?;
        Ok(Reply::Muted(proto::MuteRoomTrackResponse {
            track: Some(told::track(info)),
        }))
    }

    fn update_participant(
        &mut self,
        now: Instant,
        key: &RoomKey,
        request: proto::UpdateParticipantRequest,
    ) -> Served {
        let participant = self.called(key, &request.identity)?;
        let permission = match request.permission {
            Some(new) => Some(Box::new(permission(&new).ok_or_else(|| {
                unsupported("recorder, agent, metrics and agent sessions cannot be permitted here")
            })?)),
            None => None,
        };
        let change = ProfileChange {
            request_id: 0,
            name: request.name,
            metadata: request.metadata,
            attributes: request.attributes.into_iter().collect(),
        };
        let order = Order::Update {
            participant,
            change: Box::new(change),
            permission,
        };
        self.administer(now, key, order)?;
        self.renew_claims(now, key, participant);
        self.told_participant(key, participant)
    }

    /// Lets the participant's next token say what it is and may do now: with the old one it would
    /// get everything back that was taken, by joining anew.
    fn renew_claims(&mut self, now: Instant, key: &RoomKey, sid: ParticipantSid) {
        let info = self.rooms.get(key);
        let info = info.and_then(|open| open.room.participant(sid));
        if let (Some(info), Some(seat)) = (info, self.seats.get_mut(&sid)) {
            seat.claims.name = info.name;
            seat.claims.metadata = info.metadata;
            seat.claims.attributes = info.attributes;
            seat.claims.grant = VideoGrant {
                can_publish: info.permission.can_publish,
                can_subscribe: info.permission.can_subscribe,
                can_publish_data: info.permission.can_publish_data,
                can_publish_sources: source_names(&info.permission.can_publish_sources),
                can_update_own_metadata: info.permission.can_update_metadata,
                hidden: info.permission.hidden,
            };
            self.refresh_token(now, sid);
        }
    }

    fn administer(&mut self, now: Instant, key: &RoomKey, order: Order) -> Result<(), TwirpError> {
        let open = self.rooms.get_mut(key).ok_or_else(no_room)?;
        open.room.administer(now, order)?;
        self.act_on_room(now, key);
        Ok(())
    }

    fn room(&self, key: &RoomKey) -> Result<&Room, TwirpError> {
        self.rooms
            .get(key)
            .map(|open| &open.room)
            .ok_or_else(no_room)
    }

    fn called(&self, key: &RoomKey, identity: &str) -> Result<ParticipantSid, TwirpError> {
        let called = self.room(key)?.participant_called(identity);
        called.ok_or_else(no_participant)
    }

    fn told_participant(&self, key: &RoomKey, sid: ParticipantSid) -> Served {
        let info = self.room(key)?.participant(sid);
        let info = info.ok_or_else(no_participant)?;
        Ok(Reply::Participant(told::participant(&info)))
    }
}

fn unsupported(msg: &str) -> TwirpError {
    TwirpError::new(Code::Unimplemented, msg)
}

fn no_room() -> TwirpError {
    TwirpError::new(Code::NotFound, "the room is not open")
}

fn no_participant() -> TwirpError {
    koeba_room::OrderError::NoParticipant.into()
}

fn no_track() -> TwirpError {
    koeba_room::OrderError::NoTrack.into()
}

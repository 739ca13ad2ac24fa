//! What clients say over signalling, and what they are told.

use std::time::Instant;

use bytes::Bytes;
use koeba_access_token::{DtlsFloor, JoinClaims, mint_join};
use koeba_peer::{Peer, PeerConfig};
use koeba_protocol::{JoinRequest, SignalRequest, SignalResponse, encode_frame};
use koeba_room::{
    Input, Join, LeaveAction, LeaveReason, Message, ParticipantSid, Permission, TrackKind,
};
use koeba_signal::{Arrival, Joiner, Offer, Received, Server};
use time::OffsetDateTime;
use tokio::sync::mpsc;

use crate::admission::Admitted;
use crate::command::{ConnectionId, Outbound};
use crate::connection_record::ConnectionRecord;
use crate::reports::RoomKey;
use crate::restoring::Back;
use crate::seat::{Line, REFRESH_EVERY, Seat};
use crate::world::{Due, RoomOptions, World, random_bits, wall_clock_ms};

/// How long a refreshed token is good: twice as long as until the next.
const REFRESHED_LIFETIME: time::Duration = time::Duration::minutes(10);

impl World {
    /// A client whose token was verified has connected.
    pub(crate) fn connect(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        admitted: Admitted,
        outbound: mpsc::Sender<Outbound>,
    ) {
        let Admitted {
            claims,
            request,
            expected,
        } = admitted;
        let line = Line {
            connection,
            outbound,
        };
        if !expected.is_empty() {
            self.expect(now, &room_key(&claims), expected);
        }
        match arrive(&claims, request) {
            Arrival::Join { join, offer } => self.join(now, claims, line, *join, offer),
            Arrival::Resume {
                participant,
                join,
                sync,
            } => {
                let back = Back {
                    participant,
                    join,
                    sync,
                };
                self.resume(now, claims, line, back);
            }
        }
    }

    fn join(
        &mut self,
        now: Instant,
        claims: JoinClaims,
        line: Line,
        join: Join,
        offer: Option<Offer>,
    ) {
        let sid = join.sid;
        let Some(room) = self.take_seat(now, claims, line, sid) else {
            return;
        };
        self.tell_room(now, &room, Input::Join(Box::new(join)));
        if !self.seats.contains_key(&sid) {
            self.config.counters.joins_refused_total.one();
            return;
        }
        self.config.counters.joins_total.one();
        self.refresh_token(now, sid);
        self.drain(now, sid);
        if let Some(offer) = offer {
            self.offer(now, sid, &offer);
        }
    }

    /// Makes a peer for somebody who is about to come into a room. None when they were turned away.
    pub(crate) fn take_seat(
        &mut self,
        now: Instant,
        claims: JoinClaims,
        line: Line,
        sid: ParticipantSid,
    ) -> Option<RoomKey> {
        let room = room_key(&claims);
        let floor = match claims.dtls {
            DtlsFloor::V1_3 => koeba_peer::DtlsFloor::V1_3,
            DtlsFloor::V1_2 => koeba_peer::DtlsFloor::V1_2,
        };
        let config = PeerConfig {
            announced_tcp: self.config.announced_tcp.clone(),
            ..PeerConfig::new(self.number(), self.config.announced.clone(), floor)
        };
        let peer = match Peer::new(&self.engine, config, now) {
            Ok(peer) => peer,
            Err(error) => {
                tracing::error!(%error, "a peer cannot be made");
                self.refuse(&line, LeaveAction::Reconnect, LeaveReason::JoinFailure);
                return None;
            }
        };
        if !self.open_room(now, &room, RoomOptions::default()) {
            self.refuse(&line, LeaveAction::Disconnect, LeaveReason::JoinFailure);
            return None;
        }
        let ufrag = peer.ufrag().to_owned();
        self.ufrags.insert(ufrag.clone(), sid);
        self.connections.insert(line.connection, sid);
        self.seats.insert(
            sid,
            Seat {
                room: room.clone(),
                claims,
                peer,
                record: ConnectionRecord::new(wall_clock_ms()),
                line: Some(line),
                // Its first offer comes without being asked for.
                asked_to_offer: true,
                wants_offer: false,
                dirty: false,
                ufrag,
                addresses: Vec::new(),
            },
        );
        self.config.counters.participants.set(self.seats.len());
        Some(room)
    }

    /// Somebody comes back. Whoever is not known here may have been at another node; whoever shows
    /// a token for another room or another identity has to join anew.
    fn resume(&mut self, now: Instant, claims: JoinClaims, line: Line, back: Back) {
        let room = room_key(&claims);
        let participant = back.participant;
        let known = participant.filter(|sid| {
            self.rooms
                .get(&room)
                .is_some_and(|open| open.room.can_resume(*sid, &claims.identity))
        });
        let Some((sid, seat)) = known.and_then(|sid| Some((sid, self.seats.get_mut(&sid)?))) else {
            return self.restore(now, claims, line, back);
        };
        // What it may do was settled when it joined, or changed since.
        let grant = seat.claims.grant.clone();
        seat.claims = JoinClaims { grant, ..claims };
        // It restarts ICE, which takes an offer.
        seat.asked_to_offer = true;
        self.connections.insert(line.connection, sid);
        if let Some(old) = seat.line.replace(line) {
            old.close();
            self.connections.remove(&old.connection);
        }
        self.tell_room(now, &room, Input::Resume { participant: sid });
        self.refresh_token(now, sid);
    }

    /// Turns a connection away that never became a participant.
    pub(crate) fn refuse(&self, line: &Line, action: LeaveAction, reason: LeaveReason) {
        self.config.counters.joins_refused_total.one();
        let leave = koeba_signal::send(&self.server(), &Message::Leave { action, reason });
        line.send(encode_frame(&leave).into());
        line.close();
    }

    /// A client sent a message.
    pub(crate) fn message(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        request: SignalRequest,
    ) {
        // What arrives from a connection that was replaced or closed is no longer of interest.
        let Some(&sid) = self.connections.get(&connection) else {
            return;
        };
        match koeba_signal::receive(sid, request, wall_clock_ms()) {
            Received::Input(input) => {
                if let Some(room) = self.seats.get(&sid).map(|seat| seat.room.clone()) {
                    self.tell_room(now, &room, input);
                }
            }
            Received::Offer(offer) => self.offer(now, sid, &offer),
            Received::Sync(state) => self.sync(now, sid, *state),
            Received::Reply(response) => self.tell(sid, &response),
            Received::Nothing => {}
        }
    }

    /// A signalling connection is gone.
    pub(crate) fn disconnect(&mut self, now: Instant, connection: ConnectionId) {
        let Some(sid) = self.connections.remove(&connection) else {
            return;
        };
        let Some(seat) = self.seats.get_mut(&sid) else {
            return;
        };
        seat.line = None;
        let room = seat.room.clone();
        self.tell_room(now, &room, Input::SignalLost { participant: sid });
    }

    /// Answers an offer, tells the room what it publishes, and asks for another if a track is
    /// still without a section.
    fn offer(&mut self, now: Instant, sid: ParticipantSid, offer: &Offer) {
        let Some(seat) = self.seats.get_mut(&sid) else {
            return;
        };
        let room = seat.room.clone();
        if let Some(open) = self.rooms.get(&room) {
            seat.peer.prefer_plain(open.room.without_redundancy(sid));
        }
        let answer = match seat.peer.answer(now, &offer.sdp) {
            Ok(answer) => answer,
            Err(error) => {
                self.config.counters.offers_malformed_total.one();
                tracing::warn!(%sid, %error, "an offer cannot be answered");
                let reason = LeaveReason::StateMismatch;
                self.tell_room(
                    now,
                    &room,
                    Input::Remove {
                        participant: sid,
                        reason,
                    },
                );
                return;
            }
        };
        seat.asked_to_offer = false;
        seat.wants_offer = answer.missing_audio + answer.missing_video > 0;
        if seat.ufrag != seat.peer.ufrag() {
            self.ufrags.remove(&seat.ufrag);
            seat.ufrag = seat.peer.ufrag().to_owned();
            self.ufrags.insert(seat.ufrag.clone(), sid);
        }
        let tracks = answer
            .mid_to_track
            .iter()
            .map(|(mid, track)| (mid.as_str(), *track));
        self.tell(sid, &koeba_signal::answer(offer.id, answer.sdp, tracks));
        self.drain(now, sid);
        let sections = Input::Sections {
            participant: sid,
            sections: answer.sections,
        };
        self.tell_room(now, &room, sections);
        self.ask_to_offer(sid);
    }

    /// Asks a client to renegotiate, unless it was asked already: any offer brings everything up
    /// to date.
    pub(crate) fn ask_to_offer(&mut self, sid: ParticipantSid) {
        let Some(seat) = self.seats.get_mut(&sid) else {
            return;
        };
        if seat.wants_offer && !seat.asked_to_offer {
            seat.asked_to_offer = true;
            let audio = seat.peer.missing(TrackKind::Audio);
            let video = seat.peer.missing(TrackKind::Video);
            self.tell(sid, &koeba_signal::media_sections_requirement(audio, video));
        }
    }

    /// Gives a client a fresh token: the one it joined with lives a minute, and it shall be able
    /// to come back at any time.
    pub(crate) fn refresh_token(&mut self, now: Instant, sid: ParticipantSid) {
        let Some(seat) = self.seats.get(&sid) else {
            return;
        };
        let clock = OffsetDateTime::now_utc();
        let claims = JoinClaims {
            expires_at: clock + REFRESHED_LIFETIME,
            seat: self.seat_claims(sid),
            ..seat.claims.clone()
        };
        let token = mint_join(&self.config.key, &claims, clock);
        self.tell(sid, &koeba_signal::refresh_token(token));
        self.deadlines
            .set(Due::Token(sid), Some(now + REFRESH_EVERY));
    }

    /// Sends what the room says to those it names; encoded once.
    pub(crate) fn send(&mut self, to: &[ParticipantSid], message: &Message) {
        let frame = Bytes::from(encode_frame(&koeba_signal::send(&self.server(), message)));
        for sid in to {
            if let Some(seat) = self.seats.get_mut(sid) {
                seat.send(frame.clone());
            }
        }
    }

    fn tell(&mut self, sid: ParticipantSid, response: &SignalResponse) {
        if let Some(seat) = self.seats.get_mut(&sid) {
            seat.send(encode_frame(response).into());
        }
    }

    fn server(&self) -> Server {
        Server {
            node_id: self.config.node_id.clone(),
            region: String::new(),
        }
    }
}

pub(crate) fn room_key(claims: &JoinClaims) -> RoomKey {
    RoomKey {
        workspace: claims.workspace.clone(),
        room: claims.room.clone(),
    }
}

fn arrive(claims: &JoinClaims, request: JoinRequest) -> Arrival {
    let grant = &claims.grant;
    let joiner = Joiner {
        sid: ParticipantSid::from_random(random_bits()),
        identity: claims.identity.clone(),
        name: claims.name.clone(),
        metadata: claims.metadata.clone(),
        attributes: claims.attributes.clone(),
        permission: Permission {
            can_subscribe: grant.can_subscribe,
            can_publish: grant.can_publish,
            can_publish_data: grant.can_publish_data,
            can_publish_sources: koeba_signal::permitted_sources(&grant.can_publish_sources),
            can_update_metadata: grant.can_update_own_metadata,
            hidden: grant.hidden,
        },
    };
    koeba_signal::arrive(request, joiner)
}

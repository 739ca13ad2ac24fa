//! What somebody with authority over the room does to it from outside, enforced here and not by
//! the clients' goodwill.

use std::time::Instant;

use crate::input::{ProfileChange, SubscriptionChange};
use crate::output::{Message, Outcome, Output};
use crate::participant::{ParticipantInfo, Permission, RoomInfo};
use crate::profile::{self, MAX_METADATA};
use crate::room::Room;
use crate::sid::{ParticipantSid, TrackSid};
use crate::track::TrackInfo;

/// What somebody with authority over the room orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Silence a participant's tracks of one source, or lift that.
    ///
    /// While it lasts nothing of them is forwarded, whatever their owner says, and a track of the
    /// same source that is published anew is silent too. Lifting it opens nobody's microphone: the
    /// track stays muted until its owner unmutes it.
    Mute {
        /// Whose.
        participant: ParticipantSid,
        /// A track of the source that is meant.
        track: TrackSid,
        /// Whether it is silenced now.
        muted: bool,
    },
    /// Change what is told about a participant, or what it may do, while it is there.
    Update {
        /// Whose.
        participant: ParticipantSid,
        /// What is told about it.
        change: Box<ProfileChange>,
        /// What it may do from now on, unless that stays. `hidden` cannot change.
        permission: Option<Box<Permission>>,
    },
    /// Choose for a participant which tracks it receives.
    Subscribe {
        /// Whose.
        participant: ParticipantSid,
        /// The choice.
        change: SubscriptionChange,
    },
    /// Change the text that the application keeps about the room.
    SetMetadata(String),
}

/// Why an order is not carried out; the room is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The participant is not in the room.
    #[error("the participant is not in the room")]
    NoParticipant,
    /// The participant has no such track.
    #[error("the participant publishes no such track")]
    NoTrack,
    /// Only its owner can unmute it: it was not muted by an order.
    #[error("the track was muted by its publisher, and only its publisher can unmute it")]
    NotSilenced,
    /// Whether it is hidden is settled when a participant joins.
    #[error("whether a participant is hidden cannot change while it is in the room")]
    Hidden,
    /// A text is too long.
    #[error("a name, metadata or attributes are too long")]
    TooLong,
}

impl Room {
    /// Carries an order out; what follows comes out of [`Room::poll_output`].
    ///
    /// # Errors
    /// [`OrderError`] says why nothing was done.
    pub fn administer(&mut self, now: Instant, order: Order) -> Result<(), OrderError> {
        match order {
            Order::Mute {
                participant,
                track,
                muted,
            } => self.order_mute(now, participant, track, muted),
            Order::Update {
                participant,
                change,
                permission,
            } => self.order_update(now, participant, &change, permission.map(|new| *new)),
            Order::Subscribe {
                participant,
                change,
            } => {
                self.known(participant)?;
                let known = |track: &String| {
                    let track = track.parse().ok();
                    track.is_some_and(|track| self.tracks.contains_key(&track))
                };
                if !change.tracks.iter().all(known) {
                    return Err(OrderError::NoTrack);
                }
                self.handle_subscribe(participant, change);
                Ok(())
            }
            Order::SetMetadata(metadata) => {
                if metadata.len() > MAX_METADATA {
                    return Err(OrderError::TooLong);
                }
                self.config.metadata = metadata;
                let message = Message::Room(self.info());
                self.send_to_all(message);
                Ok(())
            }
        }
    }

    /// What is told about the room now.
    #[must_use]
    pub fn info(&self) -> RoomInfo {
        self.room_info()
    }

    /// Everybody in the room, hidden ones included, in the order of their sids.
    pub fn participants(&self) -> impl Iterator<Item = ParticipantInfo> {
        let sids = self.participants.keys();
        sids.filter_map(|sid| self.participant(*sid))
    }

    /// Who is in the room under this identity.
    #[must_use]
    pub fn participant_called(&self, identity: &str) -> Option<ParticipantSid> {
        let mut all = self.participants.iter();
        all.find(|(_, participant)| participant.identity == identity)
            .map(|(sid, _)| *sid)
    }

    /// What is told about a published track now.
    #[must_use]
    pub fn track(&self, track: TrackSid) -> Option<&TrackInfo> {
        self.tracks.get(&track).map(|publication| &publication.info)
    }

    fn known(&self, sid: ParticipantSid) -> Result<(), OrderError> {
        let known = self.participants.contains_key(&sid);
        known.then_some(()).ok_or(OrderError::NoParticipant)
    }

    fn order_mute(
        &mut self,
        now: Instant,
        sid: ParticipantSid,
        track: TrackSid,
        muted: bool,
    ) -> Result<(), OrderError> {
        let participant = self.participants.get_mut(&sid);
        let participant = participant.ok_or(OrderError::NoParticipant)?;
        let publication = self.tracks.get(&track);
        let publication = publication.filter(|publication| publication.publisher == sid);
        let request = &publication.ok_or(OrderError::NoTrack)?.info.request;
        let source = request.source;
        if !muted {
            let lifted = participant.silenced.remove(&source);
            return if lifted || !request.muted {
                Ok(())
            } else {
                Err(OrderError::NotSilenced)
            };
        }
        participant.silenced.insert(source);
        for pending in &mut participant.pending {
            pending.request.muted |= pending.request.source == source;
        }
        let published = participant.published.clone();
        let meant = |track: &TrackSid| {
            let request = &self.tracks[track].info.request;
            request.source == source && !request.muted
        };
        let silenced: Vec<_> = published.into_iter().filter(meant).collect();
        for &track in &silenced {
            if let Some(publication) = self.tracks.get_mut(&track) {
                publication.info.request.muted = true;
                publication.level.reset();
            }
            self.settle(track);
            self.tell(sid, Message::Muted { track });
        }
        if !silenced.is_empty() {
            self.announce(now, sid, true);
        }
        Ok(())
    }

    fn order_update(
        &mut self,
        now: Instant,
        sid: ParticipantSid,
        change: &ProfileChange,
        permission: Option<Permission>,
    ) -> Result<(), OrderError> {
        let participant = self.participants.get_mut(&sid);
        let participant = participant.ok_or(OrderError::NoParticipant)?;
        let hidden = participant.permission.hidden;
        if permission.as_ref().is_some_and(|new| new.hidden != hidden) {
            return Err(OrderError::Hidden);
        }
        let name = participant.name.clone();
        if profile::apply(participant, change) != Outcome::Done {
            return Err(OrderError::TooLong);
        }
        let renamed = participant.name != name;
        if let Some(permission) = permission {
            participant.permission = permission;
        }
        self.announce(now, sid, true);
        self.withdraw_forbidden(now, sid);
        self.settle_all();
        if renamed {
            self.outputs.push_back(Output::RosterChanged);
        }
        Ok(())
    }

    /// Takes back every track that a participant may no longer publish.
    fn withdraw_forbidden(&mut self, now: Instant, sid: ParticipantSid) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        let permission = &participant.permission;
        participant
            .pending
            .retain(|pending| permission.may_publish(pending.request.source));
        let may_stay = |track: &&TrackSid| {
            let publication = self.tracks.get(track);
            publication.is_some_and(|known| permission.may_publish(known.info.request.source))
        };
        let (kept, gone): (Vec<_>, Vec<_>) = participant.published.iter().partition(may_stay);
        if !gone.is_empty() {
            self.hush(sid);
            self.unpublish(now, sid, kept, gone);
        }
    }
}

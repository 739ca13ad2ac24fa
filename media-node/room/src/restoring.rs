//! Going on in a room that another node has lost or handed over: whoever was there comes back as
//! whom they were, and whoever does not is told to have left.
//!
//! A participant that comes back is told to nobody before it has said what it publishes: a client
//! takes a track that is left out for unpublished.

use std::sync::Arc;
use std::time::Instant;

use crate::input::Join;
use crate::output::{LeaveAction, LeaveReason, Message, Output, RosterEntry};
use crate::participant::{ParticipantInfo, ParticipantState, Permission};
use crate::room::{PendingTrack, Room};
use crate::sid::{ParticipantSid, TrackSid};
use crate::track::{TrackInfo, TrackSource};

/// The most single choices that are taken over from one client.
const MAX_CHOICES: usize = 1_024;

/// Somebody who was in the room when another node held it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restore {
    /// As whom it goes on, with the sid that it had. Its tracks come with [`Restored`].
    pub join: Join,
    /// When it joined, in milliseconds since the epoch.
    pub joined_at_ms: u64,
    /// The sources that an order has silenced.
    pub silenced: Vec<TrackSource>,
}

/// What a participant that comes back says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// What it publishes, by the sids that everybody knows.
    pub tracks: Vec<TrackInfo>,
    /// The tracks that it wants, or does not, against what it wants of all.
    pub choices: Vec<(TrackSid, bool)>,
    /// The tracks that it wants held back.
    pub paused: Vec<TrackSid>,
}

impl Room {
    /// Those that were in the room, before anybody has come back.
    pub(crate) fn handle_expect(&mut self, now: Instant, expected: Vec<RosterEntry>) {
        let here = &self.participants;
        let absent = expected.into_iter();
        let absent = absent.filter(|entry| {
            let mut here = here.iter();
            !here.any(|(sid, known)| *sid == entry.sid || known.identity == entry.identity)
        });
        self.expected.extend(absent.map(|entry| (entry.sid, entry)));
        if !self.expected.is_empty() {
            self.begin_restoring(now);
        }
    }

    pub(crate) fn handle_restore(&mut self, now: Instant, restore: Restore) {
        let Restore {
            join,
            joined_at_ms,
            silenced,
        } = restore;
        let sid = join.sid;
        if self.participants.contains_key(&sid) {
            return;
        }
        if self.closed {
            self.refuse(sid, LeaveAction::Reconnect, LeaveReason::RoomClosed);
            return;
        }
        if self.participant_called(&join.identity).is_some() {
            // Whoever joined anew in the meantime is the later one.
            self.refuse(sid, LeaveAction::Disconnect, LeaveReason::DuplicateIdentity);
            return;
        }
        if self.participants.len() >= self.config.max_participants {
            self.refuse(sid, LeaveAction::Disconnect, LeaveReason::JoinFailure);
            return;
        }
        self.begin_restoring(now);
        self.forget_expected(now, sid, &join.identity);
        // What it asks for comes with what it has.
        let _ = self.admit(now, join);
        let participant = self
            .participants
            .get_mut(&sid)
            .expect("the participant was just admitted");
        participant.joined_at_ms = joined_at_ms;
        participant.silenced.extend(silenced);
        participant.active = true;
        participant.restoring = true;
        self.send(vec![sid], Message::Resumed { last_data: 0 });
        let others = self.others(sid);
        if !others.is_empty() {
            self.send(vec![sid], Message::Participants(others));
        }
        self.outputs.push_back(Output::RosterChanged);
        self.settle_all();
    }

    pub(crate) fn handle_restored(
        &mut self,
        now: Instant,
        sid: ParticipantSid,
        restored: Restored,
    ) {
        let room = &*self;
        let Some(participant) = room.participants.get(&sid) else {
            return;
        };
        if !participant.restoring {
            return;
        }
        let taken = |track: TrackSid| {
            let mut all = room.participants.values();
            room.tracks.contains_key(&track)
                || all.any(|other| other.pending.iter().any(|pending| pending.sid == track))
        };
        let mut tracks: Vec<PendingTrack> = Vec::new();
        for mut info in restored.tracks {
            let twice = tracks.iter().any(|known| known.sid == info.sid);
            let room_left = tracks.len() < self.config.max_tracks;
            if twice || !room_left || taken(info.sid) {
                continue;
            }
            if self.judge(participant, &info.request).is_err() {
                continue;
            }
            info.request.muted |= participant.silenced.contains(&info.request.source);
            tracks.push(PendingTrack {
                sid: info.sid,
                request: info.request.clone(),
                queued: false,
                restored: Some(Box::new(info)),
            });
        }
        let participant = self
            .participants
            .get_mut(&sid)
            .expect("the participant was just found");
        participant.pending.extend(tracks);
        let choices = restored.choices.into_iter().take(MAX_CHOICES);
        participant.choices.extend(choices);
        let paused = restored.paused.into_iter().take(MAX_CHOICES);
        participant.paused.extend(paused);
        self.be_told(now, sid);
        self.settle_all();
        self.match_sections(now, sid);
    }

    /// From now on the others hear of a participant that has come back.
    fn be_told(&mut self, now: Instant, sid: ParticipantSid) {
        if let Some(participant) = self.participants.get_mut(&sid)
            && std::mem::take(&mut participant.restoring)
        {
            self.announce(now, sid, false);
        }
    }

    /// What a participant that has come back does not send, though it said so, is no longer told.
    pub(crate) fn end_restoring(&mut self, now: Instant, sid: ParticipantSid) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        let before = participant.pending.len();
        participant
            .pending
            .retain(|pending| pending.restored.is_none());
        let fewer = participant.pending.len() < before;
        if participant.restoring {
            self.be_told(now, sid);
        } else if fewer {
            self.announce(now, sid, false);
        }
    }

    pub(crate) fn handle_hand_over(&mut self) {
        let leave = Message::Leave {
            action: LeaveAction::Resume,
            reason: LeaveReason::Migration,
        };
        self.send_to_all(leave);
    }

    /// Somebody who was expected is here, or has come anew under another sid.
    pub(crate) fn forget_expected(&mut self, now: Instant, sid: ParticipantSid, identity: &str) {
        let mut expected = self.expected.values();
        let known = expected.find(|entry| entry.sid == sid || entry.identity == identity);
        let Some(known) = known.map(|entry| entry.sid) else {
            return;
        };
        if let Some(entry) = self.expected.remove(&known)
            && known != sid
        {
            self.tell_gone(now, entry, LeaveReason::DuplicateIdentity);
        }
    }

    pub(crate) fn give_up_expected(&mut self, now: Instant) {
        if self.restoring_until.is_none_or(|until| until > now) {
            return;
        }
        self.restoring_until = None;
        for entry in std::mem::take(&mut self.expected).into_values() {
            self.tell_gone(now, entry, LeaveReason::SignalClose);
            self.outputs.push_back(Output::RosterChanged);
        }
        self.outputs.push_back(Output::RestoringEnded);
    }

    fn begin_restoring(&mut self, now: Instant) {
        let until = now + self.config.restore_timeout;
        self.restoring_until.get_or_insert(until);
    }

    fn tell_gone(&mut self, now: Instant, entry: RosterEntry, reason: LeaveReason) {
        let info = ParticipantInfo {
            sid: entry.sid,
            identity: entry.identity,
            name: entry.name,
            metadata: String::new(),
            attributes: std::collections::BTreeMap::new(),
            state: ParticipantState::Disconnected(reason),
            tracks: Vec::new(),
            joined_at_ms: entry.joined_at_ms,
            version: self.clock.version_after(0, now),
            permission: Permission::default(),
            client: crate::ClientTraits::default(),
        };
        self.tell_departure(&Arc::new(info));
    }
}

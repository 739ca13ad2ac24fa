//! Participants that were at another node, and go on here as whom they were.

use std::time::Instant;

use koeba_access_token::{JoinClaims, SeatClaims};
use koeba_room::{Input, Join, LeaveAction, LeaveReason, ParticipantSid, Restore, RosterEntry};
use koeba_signal::{SyncState, permitted_sources, source_names};

use crate::reports::RoomKey;
use crate::seat::Line;
use crate::world::{RoomOptions, World};

/// What somebody says who comes back.
pub(crate) struct Back {
    /// As whom it wants to go on.
    pub(crate) participant: Option<ParticipantSid>,
    pub(crate) join: Box<Join>,
    pub(crate) sync: Option<Box<SyncState>>,
}

impl World {
    /// A room comes over from another node, where these were in it.
    pub(crate) fn expect(&mut self, now: Instant, key: &RoomKey, expected: Vec<RosterEntry>) {
        if !self.rooms.contains_key(key) && self.open_room(now, key, RoomOptions::default()) {
            self.tell_room(now, key, Input::Expect(expected));
        }
    }

    /// Lets somebody go on who is not known here, if their latest token says that the place was
    /// theirs and the room lets anybody come back. Everybody else has to join anew.
    pub(crate) fn restore(&mut self, now: Instant, claims: JoinClaims, line: Line, back: Back) {
        let room = crate::clients::room_key(&claims);
        let open = self.rooms.get(&room);
        let open = open.is_none_or(|open| open.room.can_restore());
        let seat = claims.seat.clone().filter(|seat| {
            let asked = back.participant.map(|sid| sid.to_string());
            open && asked.as_ref() == Some(&seat.sid)
        });
        let Some((sid, seat)) = back.participant.zip(seat) else {
            self.refuse(&line, LeaveAction::Reconnect, LeaveReason::StateMismatch);
            return;
        };
        let Some(room) = self.take_seat(now, claims, line, sid) else {
            return;
        };
        let restore = Restore {
            join: *back.join,
            joined_at_ms: seat.joined_at_ms,
            silenced: permitted_sources(&seat.silenced),
        };
        self.tell_room(now, &room, Input::Restore(Box::new(restore)));
        if !self.seats.contains_key(&sid) {
            self.config.counters.joins_refused_total.one();
            return;
        }
        self.config.counters.participants_restored_total.one();
        self.refresh_token(now, sid);
        self.drain(now, sid);
        if let Some(state) = back.sync {
            self.sync(now, sid, *state);
        }
    }

    /// A client that has come back says what it has: news only to a node that took it over.
    pub(crate) fn sync(&mut self, now: Instant, sid: ParticipantSid, state: SyncState) {
        let Some(seat) = self.seats.get_mut(&sid) else {
            return;
        };
        let room = seat.room.clone();
        let open = self.rooms.get(&room);
        if !open.is_some_and(|open| open.room.awaits_state(sid)) {
            return;
        }
        seat.peer.restore(&state.answer, &state.channels);
        let restored = Input::Restored {
            participant: sid,
            restored: Box::new(state.restored),
        };
        self.tell_room(now, &room, restored);
    }

    /// Frees what was kept for tracks that have not come back.
    pub(crate) fn end_restoring(&mut self, key: &RoomKey) {
        let seats = self.seats.iter_mut();
        let here = seats.filter(|(_, seat)| seat.room == *key);
        let fewer = here.filter_map(|(sid, seat)| seat.peer.end_restoring().then_some(*sid));
        for sid in fewer.collect::<Vec<_>>() {
            if let Some(seat) = self.seats.get_mut(&sid) {
                seat.wants_offer = true;
            }
            self.ask_to_offer(sid);
        }
    }

    /// What lets a participant go on at another node.
    pub(crate) fn seat_claims(&self, sid: ParticipantSid) -> Option<SeatClaims> {
        let seat = self.seats.get(&sid)?;
        let room = &self.rooms.get(&seat.room)?.room;
        Some(SeatClaims {
            sid: sid.to_string(),
            joined_at_ms: room.participant(sid)?.joined_at_ms,
            silenced: source_names(&room.silenced(sid)),
        })
    }
}

//! Coming, going, and being away for a moment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::data::Sending;
use crate::downlink::Downlink;
use crate::input::{Close, Join, SubscriptionRule};
use crate::output::{LeaveAction, LeaveReason, Message, Output, Quality};
use crate::participant::ParticipantState;
use crate::room::{Participant, Room};
use crate::sid::ParticipantSid;

/// Head counts are told at most this often.
const COUNT_DELAY: Duration = Duration::from_secs(1);

impl Room {
    pub(crate) fn handle_join(&mut self, now: Instant, join: Join) {
        let sid = join.sid;
        if self.closed {
            self.refuse(sid, LeaveAction::Reconnect, LeaveReason::RoomClosed);
            return;
        }
        if self.participants.contains_key(&sid) {
            return;
        }
        let old = self.participants.iter();
        let old = old.filter(|(_, participant)| participant.identity == join.identity);
        let old: Vec<_> = old.map(|(&sid, _)| sid).collect();
        for old in old {
            let reason = LeaveReason::DuplicateIdentity;
            self.depart(now, old, reason, Some(LeaveAction::Disconnect));
        }
        if self.participants.len() >= self.config.max_participants {
            self.refuse(sid, LeaveAction::Disconnect, LeaveReason::JoinFailure);
            return;
        }
        self.forget_expected(now, sid, &join.identity);
        let tracks = self.admit(now, join);
        let you = self
            .participant(sid)
            .expect("the participant was just admitted");
        let joined = Message::Joined {
            room: self.room_info(),
            you: Box::new(you),
            others: self.others(sid),
        };
        self.send(vec![sid], joined);
        self.announce(now, sid, false);
        self.outputs.push_back(Output::RosterChanged);
        self.settle_all();
        for request in tracks {
            self.handle_add_track(now, sid, request);
        }
    }

    pub(crate) fn admit(&mut self, now: Instant, join: Join) -> Vec<crate::track::TrackRequest> {
        let participant = Participant {
            identity: join.identity,
            name: join.name,
            metadata: join.metadata,
            attributes: join.attributes,
            permission: join.permission,
            client: join.client,
            joined_at_ms: self.clock.wall_ms(now),
            version: self.clock.version_after(0, now),
            active: false,
            restoring: false,
            signal_deadline: None,
            transport_deadline: Some(now + self.config.connect_timeout),
            auto_subscribe: join.auto_subscribe,
            choices: BTreeMap::new(),
            paused: BTreeSet::new(),
            sizes: BTreeMap::new(),
            downlink: Downlink::default(),
            silenced: BTreeSet::new(),
            rule: SubscriptionRule::Everybody,
            pending: Vec::new(),
            sections: Vec::new(),
            published: Vec::new(),
            missed: Vec::new(),
            quality: None,
            told_level: 0,
            data: Sending::new(now, self.config.data),
        };
        self.participants.insert(join.sid, participant);
        self.ends_at = None;
        self.count_due.get_or_insert(now + COUNT_DELAY);
        join.tracks
    }

    pub(crate) fn refuse(
        &mut self,
        participant: ParticipantSid,
        action: LeaveAction,
        reason: LeaveReason,
    ) {
        self.send(vec![participant], Message::Leave { action, reason });
        self.outputs.push_back(Output::Departed {
            participant,
            reason,
        });
    }

    pub(crate) fn handle_resume(&mut self, now: Instant, sid: ParticipantSid) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        participant.signal_deadline = None;
        if let Some(deadline) = &mut participant.transport_deadline {
            // The client restarts ICE only now.
            *deadline = (*deadline).max(now + self.config.connect_timeout);
        }
        let last_data = participant.data.last_sequence();
        let mut told = std::mem::take(&mut participant.missed);
        self.send(vec![sid], Message::Resumed { last_data });
        self.repeat_layers(sid);
        told.extend(self.others(sid));
        if !told.is_empty() {
            self.send(vec![sid], Message::Participants(told));
        }
    }

    pub(crate) fn handle_signal_lost(&mut self, now: Instant, sid: ParticipantSid) {
        if let Some(participant) = self.participants.get_mut(&sid) {
            let deadline = now + self.config.absence_timeout;
            participant.signal_deadline.get_or_insert(deadline);
        }
    }

    pub(crate) fn handle_transport_connected(&mut self, now: Instant, sid: ParticipantSid) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        participant.transport_deadline = None;
        if !participant.active {
            participant.active = true;
            self.announce(now, sid, true);
        }
    }

    /// A client notices only after some twenty seconds that its media is gone: it is told.
    pub(crate) fn handle_transport_lost(&mut self, now: Instant, sid: ParticipantSid) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        if !participant.active {
            let action = Some(LeaveAction::Disconnect);
            self.depart(now, sid, LeaveReason::JoinFailure, action);
            return;
        }
        if participant.transport_deadline.is_some() {
            return;
        }
        let deadline = now + self.config.loss_timeout;
        participant.transport_deadline = Some(deadline);
        if participant.is_attached() {
            let leave = Message::Leave {
                action: LeaveAction::Resume,
                reason: LeaveReason::MediaFailure,
            };
            self.send(vec![sid], leave);
            self.outputs
                .push_back(Output::CloseSignal { participant: sid });
            self.handle_signal_lost(now, sid);
        }
    }

    pub(crate) fn handle_remove(&mut self, now: Instant, sid: ParticipantSid, why: LeaveReason) {
        self.depart(now, sid, why, Some(LeaveAction::Disconnect));
    }

    pub(crate) fn handle_close(&mut self, now: Instant, close: Close) {
        if self.closed {
            return;
        }
        let everybody: Vec<_> = self.participants.keys().copied().collect();
        // Nobody needs to hear of the others' departure when all of them go.
        for participant in self.participants.values_mut() {
            participant.permission.hidden = true;
        }
        for sid in everybody {
            self.depart(now, sid, close.reason, Some(close.action));
        }
        self.end();
    }

    pub(crate) fn expire_participants(&mut self, now: Instant) {
        if self.participants_due.is_none_or(|due| due > now) {
            return;
        }
        let due = |deadline: Option<Instant>| deadline.is_some_and(|deadline| deadline <= now);
        let expired: Vec<_> = self
            .participants
            .iter()
            .filter_map(|(&sid, participant)| {
                if due(participant.transport_deadline) && participant.active {
                    let action = LeaveAction::Reconnect;
                    Some((sid, LeaveReason::ConnectionTimeout, action))
                } else if due(participant.transport_deadline) {
                    Some((sid, LeaveReason::JoinFailure, LeaveAction::Disconnect))
                } else if due(participant.signal_deadline) {
                    Some((sid, LeaveReason::SignalClose, LeaveAction::Reconnect))
                } else {
                    None
                }
            })
            .collect();
        for (sid, reason, action) in expired {
            self.depart(now, sid, reason, Some(action));
        }
    }

    /// Takes a participant and all it published out of the room.
    pub(crate) fn depart(
        &mut self,
        now: Instant,
        sid: ParticipantSid,
        reason: LeaveReason,
        leave: Option<LeaveAction>,
    ) {
        let Some(mut info) = self.participant(sid) else {
            return;
        };
        self.hush(sid);
        if let Some(action) = leave {
            self.tell(sid, Message::Leave { action, reason });
        }
        let participant = self
            .participants
            .remove(&sid)
            .expect("its info was read above");
        self.outputs.push_back(Output::Departed {
            participant: sid,
            reason,
        });
        for (&track, publication) in &mut self.tracks {
            if publication.subscribers.contains(&sid) {
                self.unsettled.insert(track);
            }
            publication.subscribers.retain(|other| *other != sid);
            publication.forward_to.retain(|other| *other != sid);
            publication.denied.remove(&sid);
        }
        info.tracks.clear();
        info.state = ParticipantState::Disconnected(reason);
        info.version = self.clock.version_after(info.version, now);
        if !participant.permission.hidden {
            self.tell_departure(&Arc::new(info));
        }
        for track in participant.published {
            self.remove_publication(track);
        }
        self.outputs.push_back(Output::RosterChanged);
        self.count_due.get_or_insert(now + COUNT_DELAY);
        if self.participants.is_empty() {
            self.count_due = None;
            self.speakers_due = None;
            self.ends_at = Some(now + self.config.departure_timeout);
        }
    }

    pub(crate) fn tell_departure(&mut self, info: &Arc<crate::ParticipantInfo>) {
        let to = self.attached_except(None);
        self.send(to, Message::Participants(vec![Arc::clone(info)]));
        let away = self.participants.values_mut();
        for participant in away.filter(|participant| !participant.is_attached()) {
            participant.missed.push(Arc::clone(info));
        }
    }

    pub(crate) fn handle_quality(&mut self, sid: ParticipantSid, quality: Quality) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        if participant.quality.replace(quality) == Some(quality) {
            return;
        }
        let mut to = self.listeners(sid);
        to.insert(sid);
        let to = to.into_iter();
        let to = to.filter(|sid| self.participants[sid].is_attached());
        let to = to.collect();
        self.send(to, Message::Qualities(vec![(sid, quality)]));
    }

    /// Who subscribes to anything that `publisher` publishes.
    pub(crate) fn listeners(&self, publisher: ParticipantSid) -> BTreeSet<ParticipantSid> {
        let published = self.participants.get(&publisher);
        let published = published.map_or(&[][..], |participant| &participant.published);
        let publications = published.iter().filter_map(|track| self.tracks.get(track));
        publications
            .flat_map(|publication| publication.subscribers.iter().copied())
            .collect()
    }
}

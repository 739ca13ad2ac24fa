//! What is told, and to whom.

use std::sync::Arc;
use std::time::Instant;

use crate::output::{Message, Output};
use crate::participant::{ParticipantInfo, ParticipantState, RoomInfo};
use crate::room::{Participant, Room};
use crate::sid::ParticipantSid;

impl Room {
    pub(crate) fn send(&mut self, to: Vec<ParticipantSid>, message: Message) {
        if !to.is_empty() {
            self.outputs.push_back(Output::Send { to, message });
        }
    }

    /// Sends to one participant, unless it has no signalling connection.
    pub(crate) fn tell(&mut self, participant: ParticipantSid, message: Message) {
        if self
            .participants
            .get(&participant)
            .is_some_and(Participant::is_attached)
        {
            self.send(vec![participant], message);
        }
    }

    pub(crate) fn send_to_all(&mut self, message: Message) {
        let to = self.attached_except(None);
        self.send(to, message);
    }

    pub(crate) fn attached_except(&self, except: Option<ParticipantSid>) -> Vec<ParticipantSid> {
        self.participants
            .iter()
            .filter(|(sid, participant)| participant.is_attached() && Some(**sid) != except)
            .map(|(&sid, _)| sid)
            .collect()
    }

    /// Tells the others, and the participant itself if asked, what it is now.
    pub(crate) fn announce(&mut self, now: Instant, sid: ParticipantSid, with_itself: bool) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        participant.version = self.clock.version_after(participant.version, now);
        let hidden = participant.permission.hidden || participant.restoring;
        let Some(info) = self.participant(sid) else {
            return;
        };
        let mut to = if hidden {
            Vec::new()
        } else {
            self.attached_except(Some(sid))
        };
        if with_itself && self.participants[&sid].is_attached() {
            to.push(sid);
        }
        self.send(to, Message::Participants(vec![Arc::new(info)]));
    }

    /// What is told about a participant now.
    #[must_use]
    pub fn participant(&self, sid: ParticipantSid) -> Option<ParticipantInfo> {
        let participant = self.participants.get(&sid)?;
        let tracks = participant.published.iter();
        let tracks = tracks.filter_map(|track| self.tracks.get(track));
        let tracks = tracks.map(|publication| publication.info.clone());
        let restored = participant.pending.iter();
        let restored = restored.filter_map(|pending| pending.restored.as_deref().cloned());
        Some(ParticipantInfo {
            sid,
            identity: participant.identity.clone(),
            name: participant.name.clone(),
            metadata: participant.metadata.clone(),
            attributes: participant.attributes.clone(),
            state: if participant.active {
                ParticipantState::Active
            } else {
                ParticipantState::Joined
            },
            tracks: tracks.chain(restored).collect(),
            joined_at_ms: participant.joined_at_ms,
            version: participant.version,
            permission: participant.permission.clone(),
            client: participant.client.clone(),
        })
    }

    /// Everybody that `viewer` may know of, itself left out.
    pub(crate) fn others(&self, viewer: ParticipantSid) -> Vec<Arc<ParticipantInfo>> {
        self.participants
            .iter()
            .filter(|(sid, participant)| {
                **sid != viewer && !participant.permission.hidden && !participant.restoring
            })
            .filter_map(|(&sid, _)| self.participant(sid))
            .map(Arc::new)
            .collect()
    }

    pub(crate) fn room_info(&self) -> RoomInfo {
        let visible = || {
            let all = self.participants.values();
            all.filter(|participant| !participant.permission.hidden)
        };
        let publishers = visible().filter(|participant| !participant.published.is_empty());
        RoomInfo {
            sid: self.sid,
            name: self.config.name.clone(),
            metadata: self.config.metadata.clone(),
            opened_at_ms: self.config.opened_at_ms,
            empty_timeout_s: saturating_u32(self.config.empty_timeout.as_secs()),
            departure_timeout_s: saturating_u32(self.config.departure_timeout.as_secs()),
            max_participants: saturating_u32(self.config.max_participants),
            num_participants: saturating_u32(visible().count()),
            num_publishers: saturating_u32(publishers.count()),
        }
    }
}

fn saturating_u32(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

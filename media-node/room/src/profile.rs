//! What a participant may change about itself.

use std::time::Instant;

use crate::input::ProfileChange;
use crate::output::{Answered, Message, Outcome, Output};
use crate::room::{Participant, Room};
use crate::sid::ParticipantSid;

/// As in the control plane: names are short.
const MAX_NAME: usize = 256;
/// LiveKit's limit is 512 KiB. Metadata is sent whole with every update, so ours is smaller.
pub(crate) const MAX_METADATA: usize = 64 * 1024;
/// LiveKit's limit of all keys and values together.
const MAX_ATTRIBUTES: usize = 64 * 1024;

impl Room {
    pub(crate) fn handle_change_profile(
        &mut self,
        now: Instant,
        sid: ParticipantSid,
        change: ProfileChange,
    ) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        let name = participant.name.clone();
        let outcome = if participant.permission.can_update_metadata {
            apply(participant, &change)
        } else {
            Outcome::NotAllowed
        };
        let renamed = participant.name != name;
        if outcome == Outcome::Done {
            self.announce(now, sid, true);
        }
        if renamed {
            self.outputs.push_back(Output::RosterChanged);
        }
        let answered = Message::Answered {
            request_id: change.request_id,
            outcome,
            request: Answered::ChangeProfile(Box::new(change)),
        };
        self.tell(sid, answered);
    }
}

/// Changes everything that is named, or nothing if it would be too much.
pub(crate) fn apply(participant: &mut Participant, change: &ProfileChange) -> Outcome {
    let mut attributes = participant.attributes.clone();
    for (key, value) in &change.attributes {
        if value.is_empty() {
            attributes.remove(key);
        } else {
            attributes.insert(key.clone(), value.clone());
        }
    }
    let size: usize = attributes.iter().map(|(k, v)| k.len() + v.len()).sum();
    if change.name.chars().count() > MAX_NAME
        || change.metadata.len() > MAX_METADATA
        || size > MAX_ATTRIBUTES
    {
        return Outcome::LimitExceeded;
    }
    participant.attributes = attributes;
    if !change.name.is_empty() {
        participant.name.clone_from(&change.name);
    }
    if !change.metadata.is_empty() {
        participant.metadata.clone_from(&change.metadata);
    }
    Outcome::Done
}

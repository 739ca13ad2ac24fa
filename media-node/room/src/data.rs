//! Data that participants send each other: whether it is passed on, and to whom.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::output::{Answered, Message, Outcome, Output};
use crate::room::Room;
use crate::sid::ParticipantSid;

/// A sender that goes on past its limits is told so this often.
const REFUSAL_INTERVAL: Duration = Duration::from_secs(1);
/// A burst may be as much as so many seconds of the rate.
const BURST_S: u32 = 4;

/// How data travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// In order, repeated until it arrives.
    Reliable,
    /// At once or not at all.
    Lossy,
}

/// Something a participant sends to others. What it says is not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// How it came and how it goes on.
    pub delivery: Delivery,
    /// The sender's number of it, rising; 0 if it gave none, and on lossy data.
    pub sequence: u32,
    /// Whom it is for, by identity.
    pub identities: Vec<String>,
    /// Whom it is for, by sid. Everybody if there are neither.
    pub sids: Vec<String>,
    /// It is of a kind that clients may not send.
    pub forbidden: bool,
    /// The message as it came.
    pub message: Arc<[u8]>,
}

/// How much data one participant may send. A burst may be four seconds' worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataLimits {
    /// Bytes of one message.
    pub message_bytes: usize,
    /// Bytes in a second.
    pub bytes_per_second: u32,
    /// Messages in a second.
    pub messages_per_second: u32,
}

impl Default for DataLimits {
    /// 64 KiB a message, which is what LiveKit's clients send at most; 2 MiB and 500 messages a
    /// second.
    fn default() -> Self {
        Self {
            message_bytes: 64 * 1024,
            bytes_per_second: 2 * 1024 * 1024,
            messages_per_second: 500,
        }
    }
}

/// What one participant has sent.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    last_sequence: u32,
    bytes: Allowance,
    messages: Allowance,
    refused_at: Option<Instant>,
}

impl Sending {
    pub(crate) fn new(now: Instant, limits: DataLimits) -> Self {
        Self {
            last_sequence: 0,
            bytes: Allowance::new(now, limits.bytes_per_second),
            messages: Allowance::new(now, limits.messages_per_second),
            refused_at: None,
        }
    }

    pub(crate) const fn last_sequence(&self) -> u32 {
        self.last_sequence
    }

    /// Whether this is a repetition of what already came.
    fn repeats(&mut self, data: &Data) -> bool {
        if data.delivery == Delivery::Lossy || data.sequence == 0 {
            return false;
        }
        let repeats = data.sequence <= self.last_sequence;
        self.last_sequence = self.last_sequence.max(data.sequence);
        repeats
    }

    fn affords(&mut self, now: Instant, bytes: usize) -> bool {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.messages.take(now, 1) && self.bytes.take(now, bytes)
    }

    fn may_be_told(&mut self, now: Instant) -> bool {
        let due = self
            .refused_at
            .is_none_or(|at| now.saturating_duration_since(at) >= REFUSAL_INTERVAL);
        if due {
            self.refused_at = Some(now);
        }
        due
    }
}

/// So much a second, a burst saved up.
#[derive(Clone, Debug)]
struct Allowance {
    per_second: u32,
    left: f64,
    at: Instant,
}

impl Allowance {
    fn new(now: Instant, per_second: u32) -> Self {
        Self {
            per_second,
            left: Self::most(per_second),
            at: now,
        }
    }

    fn most(per_second: u32) -> f64 {
        f64::from(per_second) * f64::from(BURST_S)
    }

    fn take(&mut self, now: Instant, amount: u32) -> bool {
        let elapsed = now.saturating_duration_since(self.at).as_secs_f64();
        let saved = self.left + elapsed * f64::from(self.per_second);
        self.left = saved.min(Self::most(self.per_second));
        self.at = now;
        let enough = self.left >= f64::from(amount);
        if enough {
            self.left -= f64::from(amount);
        }
        enough
    }
}

impl Room {
    pub(crate) fn handle_data(&mut self, now: Instant, from: ParticipantSid, data: Box<Data>) {
        let limit = self.config.data.message_bytes;
        let Some(sender) = self.participants.get_mut(&from) else {
            return;
        };
        if sender.data.repeats(&data) {
            return;
        }
        let refusal = if !sender.permission.can_publish_data || data.forbidden {
            Some(Outcome::NotAllowed)
        } else if data.message.len() > limit || !sender.data.affords(now, data.message.len()) {
            Some(Outcome::LimitExceeded)
        } else {
            None
        };
        if let Some(outcome) = refusal {
            if sender.data.may_be_told(now) {
                let answered = Message::Answered {
                    request_id: 0,
                    outcome,
                    request: Answered::Data,
                };
                self.tell(from, answered);
            }
            return;
        }
        let identity = if sender.permission.hidden {
            String::new()
        } else {
            sender.identity.clone()
        };
        let to_everybody = data.identities.is_empty() && data.sids.is_empty();
        let to: Vec<_> = self
            .participants
            .iter()
            .filter(|(sid, participant)| {
                **sid != from
                    && (to_everybody
                        || data.identities.contains(&participant.identity)
                        || data.sids.iter().any(|named| *named == sid.to_string()))
            })
            .map(|(&sid, _)| sid)
            .collect();
        if !to.is_empty() {
            self.outputs.push_back(Output::Data {
                to,
                from,
                identity,
                data,
            });
        }
    }
}

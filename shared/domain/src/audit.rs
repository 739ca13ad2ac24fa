//! The audit log: what is kept of every change, linked so that nothing of it can go unnoticed.
//!
//! An entry carries identifiers and never a person's name, address or secret: it outlives people.
//! Entries of a workspace are numbered from 1, and each holds the hash of the one before. The hash
//! is SHA-256 over a writing of the entry of which there is exactly one, see
//! [`AuditEntry::canonical`]; so whoever has the entries can check them without us.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use data_encoding::HEXLOWER;
use hmac_sha256::Hash;
use serde::{Deserialize, Serialize};

use crate::{Moment, UserId, WorkspaceId};

/// The hash of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChainHash([u8; 32]);

impl ChainHash {
    /// What the first entry holds in place of a hash before it.
    pub const START: Self = Self([0; 32]);
}

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text is no hash of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 digits of lower-case hexadecimal")]
pub struct ChainHashError;

impl FromStr for ChainHash {
    type Err = ChainHashError;

    fn from_str(text: &str) -> Result<Self, ChainHashError> {
        HEXLOWER
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or(ChainHashError)
    }
}

impl TryFrom<String> for ChainHash {
    type Error = ChainHashError;

    fn try_from(text: String) -> Result<Self, ChainHashError> {
        text.parse()
    }
}

impl From<ChainHash> for String {
    fn from(hash: ChainHash) -> Self {
        hash.to_string()
    }
}

/// Whether what was tried was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was.
    Done,
    /// It was refused.
    Refused,
}

impl AuditOutcome {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// What something was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditSubject {
    /// The kind of thing, such as `room`.
    pub kind: String,
    /// Which.
    pub id: String,
}

/// An attribute that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditChange {
    /// Which attribute.
    pub field: String,
    /// What it was; none when there was none.
    pub before: Option<String>,
    /// What it is; none when there is none.
    pub after: Option<String>,
}

/// What happened, before it has its place in a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// When, to the millisecond.
    pub at: Moment,
    /// What was done, such as `room.renamed`.
    pub action: String,
    /// Whether it was.
    pub outcome: AuditOutcome,
    /// Who did it; none for somebody who was not signed in, or for time itself.
    pub actor: Option<UserId>,
    /// To what.
    pub subject: Option<AuditSubject>,
    /// From which network.
    pub network: Option<String>,
    /// In which request.
    pub request: Option<String>,
    /// What became different.
    pub changes: Vec<AuditChange>,
}

/// How far a chain reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// The number of the last entry; 0 before there is one.
    pub seq: u64,
    /// Its hash.
    pub hash: ChainHash,
}

impl AuditHead {
    /// The head of an empty chain.
    pub const START: Self = Self {
        seq: 0,
        hash: ChainHash::START,
    };
}

/// An entry in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Whose chain it is in.
    pub workspace: WorkspaceId,
    /// Its number, counted from 1.
    pub seq: u64,
    /// What happened.
    pub event: AuditEvent,
    /// The hash of the entry before.
    pub prev_hash: ChainHash,
    /// Its own.
    pub hash: ChainHash,
}

impl AuditEntry {
    /// Puts an event after the last entry of a chain.
    #[must_use]
    pub fn after(workspace: WorkspaceId, head: AuditHead, event: AuditEvent) -> Self {
        let at = event.at.truncate_to_millisecond();
        let mut entry = Self {
            workspace,
            seq: head.seq + 1,
            event: AuditEvent { at, ..event },
            prev_hash: head.hash,
            hash: ChainHash::START,
        };
        entry.hash = entry.computed_hash();
        entry
    }

    /// The head of the chain that ends with this entry.
    #[must_use]
    pub const fn head(&self) -> AuditHead {
        AuditHead {
            seq: self.seq,
            hash: self.hash,
        }
    }

    /// Whether the entry is as it was when its hash was made.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.computed_hash() == self.hash
    }

    fn computed_hash(&self) -> ChainHash {
        ChainHash(Hash::hash(self.canonical().as_bytes()))
    }

    /// What the hash is made of: every value in a fixed order, a text as its length in bytes, a
    /// colon, itself and a semicolon, and an absent one as `-;`. No two entries are written alike.
    ///
    /// The order: `koeba-audit-1`, workspace, number, milliseconds since 1970, action, outcome,
    /// actor, kind and identifier of the subject, network, request, how many changes, of each its
    /// field, before and after; the hash before.
    #[must_use]
    pub fn canonical(&self) -> String {
        let event = &self.event;
        let millis = event.at.unix_timestamp_nanos() / 1_000_000;
        let subject = event.subject.as_ref();
        let mut text = String::new();
        let mut put = |value: Option<&str>| {
            let written = match value {
                Some(value) => write!(text, "{}:{value};", value.len()),
                None => write!(text, "-;"),
            };
            written.expect("a string takes everything");
        };
        put(Some("koeba-audit-1"));
        put(Some(&self.workspace.to_string()));
        put(Some(&self.seq.to_string()));
        put(Some(&millis.to_string()));
        put(Some(&event.action));
        put(Some(event.outcome.as_str()));
        put(event.actor.map(|actor| actor.to_string()).as_deref());
        put(subject.map(|subject| subject.kind.as_str()));
        put(subject.map(|subject| subject.id.as_str()));
        put(event.network.as_deref());
        put(event.request.as_deref());
        put(Some(&event.changes.len().to_string()));
        for change in &event.changes {
            put(Some(&change.field));
            put(change.before.as_deref());
            put(change.after.as_deref());
        }
        put(Some(&self.prev_hash.to_string()));
        text
    }
}

/// Where a chain stood at some moment, kept in another place than the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditAnchor {
    /// Whose chain.
    pub workspace_id: WorkspaceId,
    /// The number of its last entry then.
    pub seq: u64,
    /// That entry's hash.
    pub hash: ChainHash,
    /// When it was anchored.
    #[serde(with = "time::serde::rfc3339")]
    pub at: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn event(action: &str) -> AuditEvent {
        AuditEvent {
            at: datetime!(2026-04-01 09:00:00.123456 UTC),
            action: action.to_owned(),
            outcome: AuditOutcome::Done,
            actor: Some(UserId::from_random([1; 16])),
            subject: Some(AuditSubject {
                kind: "room".to_owned(),
                id: "rm_1".to_owned(),
            }),
            network: None,
            request: Some("ab".repeat(16)),
            changes: vec![AuditChange {
                field: "name".to_owned(),
                before: None,
                after: Some("声".to_owned()),
            }],
        }
    }

    fn entry(event: AuditEvent) -> AuditEntry {
        AuditEntry::after(WorkspaceId::from_random([2; 16]), AuditHead::START, event)
    }

    #[test]
    fn an_entry_is_written_as_the_page_on_the_log_says() {
        let actor = UserId::from_random([1; 16]);
        let workspace = WorkspaceId::from_random([2; 16]);
        let expected = format!(
            "13:koeba-audit-1;29:{workspace};1:1;13:1775034000123;12:room.renamed;4:done;\
             29:{actor};4:room;4:rm_1;-;32:{};1:1;4:name;-;3:声;64:{};",
            "ab".repeat(16),
            "0".repeat(64),
        );
        let entry = entry(event("room.renamed"));
        assert_eq!(entry.canonical(), expected);
        assert!(entry.is_sound());
    }

    #[test]
    fn whatever_is_changed_of_an_entry_its_hash_does_not_fit_any_more() {
        let sound = entry(event("room.renamed"));
        let changes: [fn(&mut AuditEntry); 9] = [
            |entry| entry.seq = 2,
            |entry| entry.workspace = WorkspaceId::from_random([3; 16]),
            |entry| entry.event.at += time::Duration::milliseconds(1),
            |entry| entry.event.action.push('x'),
            |entry| entry.event.outcome = AuditOutcome::Refused,
            |entry| entry.event.actor = None,
            |entry| entry.event.network = Some(String::new()),
            |entry| entry.event.changes[0].before = Some(String::new()),
            |entry| entry.prev_hash = entry.hash,
        ];
        for change in changes {
            let mut changed = sound.clone();
            change(&mut changed);
            assert!(!changed.is_sound(), "{changed:?}");
        }
    }

    #[test]
    fn a_hash_reads_back_as_written_and_nothing_else_does() {
        let hash = entry(event("a")).hash;
        assert_eq!(hash.to_string().parse(), Ok(hash));
        for text in ["", "0", &"g".repeat(64), &"A".repeat(64), &"0".repeat(63)] {
            assert_eq!(text.parse::<ChainHash>(), Err(ChainHashError), "{text}");
        }
    }
}

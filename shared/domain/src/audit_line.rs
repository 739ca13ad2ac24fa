//! An audit entry as one line of JSON: in the table, in exports, in front of whoever checks them.

use serde::{Deserialize, Serialize};

use crate::{
    AuditChange, AuditEntry, AuditEvent, AuditOutcome, AuditSubject, ChainHash, Moment, UserId,
    WorkspaceId,
};

/// An entry, with names beside identifiers where somebody has looked them up. Names are not part of
/// what is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditLine {
    /// Whose chain it is in.
    pub workspace_id: WorkspaceId,
    /// Its number.
    pub seq: u64,
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    pub at: Moment,
    /// What was done.
    pub action: String,
    /// Whether it was.
    pub outcome: AuditOutcome,
    /// Who did it.
    pub actor: AuditActorPart,
    /// To what.
    pub subject: Option<AuditSubjectPart>,
    /// From which network.
    pub network: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// What became different.
    pub changes: Vec<AuditChange>,
    /// The hash of the entry before.
    pub prev_hash: ChainHash,
    /// Its own.
    pub hash: ChainHash,
}

/// Who did something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditActorPart {
    /// Which user; none for somebody who was not signed in.
    pub id: Option<UserId>,
    /// What they go by in the workspace now; none if they are not in it any more.
    #[serde(default)]
    pub name: Option<String>,
}

/// To what something was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditSubjectPart {
    /// The kind of thing.
    pub kind: String,
    /// Which.
    pub id: String,
    /// What it is called now; none if it has gone.
    #[serde(default)]
    pub name: Option<String>,
}

impl From<AuditEntry> for AuditLine {
    fn from(entry: AuditEntry) -> Self {
        let event = entry.event;
        Self {
            workspace_id: entry.workspace,
            seq: entry.seq,
            at: event.at,
            action: event.action,
            outcome: event.outcome,
            actor: AuditActorPart {
                id: event.actor,
                name: None,
            },
            subject: event.subject.map(|subject| AuditSubjectPart {
                kind: subject.kind,
                id: subject.id,
                name: None,
            }),
            network: event.network,
            request_id: event.request,
            changes: event.changes,
            prev_hash: entry.prev_hash,
            hash: entry.hash,
        }
    }
}

impl From<AuditLine> for AuditEntry {
    fn from(line: AuditLine) -> Self {
        Self {
            workspace: line.workspace_id,
            seq: line.seq,
            event: AuditEvent {
                at: line.at,
                action: line.action,
                outcome: line.outcome,
                actor: line.actor.id,
                subject: line.subject.map(|subject| AuditSubject {
                    kind: subject.kind,
                    id: subject.id,
                }),
                network: line.network,
                request: line.request_id,
                changes: line.changes,
            },
            prev_hash: line.prev_hash,
            hash: line.hash,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AuditHead;
    use time::macros::datetime;

    #[test]
    fn a_line_of_json_gives_back_an_entry_whose_hash_fits() {
        let event = AuditEvent {
            at: datetime!(2026-04-01 09:00:00.120 UTC),
            action: "room.created".to_owned(),
            outcome: AuditOutcome::Done,
            actor: Some(UserId::from_random([1; 16])),
            subject: None,
            network: Some("203.0.113.0/24".to_owned()),
            request: None,
            changes: Vec::new(),
        };
        let entry = AuditEntry::after(WorkspaceId::from_random([1; 16]), AuditHead::START, event);
        let mut line = AuditLine::from(entry.clone());
        line.actor.name = Some("愛子".to_owned());
        let text = serde_json::to_string(&line).expect("JSON");
        let read: AuditLine = serde_json::from_str(&text).expect("a line");
        let read = AuditEntry::from(read);
        assert_eq!(read, entry);
        assert!(read.is_sound());
    }
}

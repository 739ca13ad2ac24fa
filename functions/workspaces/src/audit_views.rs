//! What the API shows of the audit log, and which entries somebody asks for.

use koeba_domain::{AuditChange, AuditEntry, AuditLine, AuditOutcome, Moment, UserId};
use koeba_edge::Problem;
use koeba_storage::{AuditState, WorkspaceTable};
use serde::{Deserialize, Serialize};
use time::Duration;
use time::serde::rfc3339;
use utoipa::ToSchema;

use crate::audit_names::Names;

/// Whether what was tried was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditOutcome)]
pub(crate) enum OutcomeName {
    /// It was.
    Done,
    /// It was refused.
    Refused,
}

impl From<AuditOutcome> for OutcomeName {
    fn from(outcome: AuditOutcome) -> Self {
        match outcome {
            AuditOutcome::Done => Self::Done,
            AuditOutcome::Refused => Self::Refused,
        }
    }
}

/// Which entries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    pub(crate) from: Option<Moment>,
    pub(crate) to: Option<Moment>,
    pub(crate) actor: Option<UserId>,
    pub(crate) subject: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) outcome: Option<OutcomeName>,
    /// In lower case.
    pub(crate) text: Option<String>,
}

/// How far the order in which things happened may differ from the order in which they were
/// recorded: as long as the stream keeps its records (AWS, "Change data capture for DynamoDB
/// Streams").
const DISORDER: Duration = Duration::days(1);

impl Wish {
    /// Where the newest entry that may be asked for stands; none for the end of the log.
    pub(crate) async fn start(&self, table: &WorkspaceTable) -> Result<Option<String>, Problem> {
        match self.to {
            Some(to) => Ok(table.audit_cursor_at(to.saturating_add(DISORDER)).await?),
            None => Ok(None),
        }
    }

    /// Whether nothing that was recorded before this entry can be asked for.
    pub(crate) fn ends_with(&self, entry: &AuditEntry) -> bool {
        let at = entry.event.at.saturating_add(DISORDER);
        self.from.is_some_and(|from| at < from)
    }

    /// Whether the entry is asked for. `names` counts for the text only.
    pub(crate) fn wants(&self, entry: &AuditEntry, names: &Names) -> bool {
        let event = &entry.event;
        let subject = event.subject.as_ref();
        self.from.is_none_or(|from| event.at >= from)
            && self.to.is_none_or(|to| event.at < to)
            && self.actor.is_none_or(|actor| event.actor == Some(actor))
            && (self.subject.as_ref())
                .is_none_or(|id| subject.is_some_and(|subject| subject.id == *id))
            && (self.action.as_ref()).is_none_or(|action| event.action == *action)
            && (self.outcome).is_none_or(|outcome| outcome == event.outcome.into())
            && (self.text.as_ref()).is_none_or(|text| says(entry, names, text))
    }
}

/// Whether anything that an entry tells has the text in it.
fn says(entry: &AuditEntry, names: &Names, text: &str) -> bool {
    let event = &entry.event;
    let actor = event.actor.map(|actor| actor.to_string());
    let subject = event.subject.as_ref().map(|subject| subject.id.as_str());
    let ids = [actor.as_deref(), subject];
    let named = ids.into_iter().flatten().filter_map(|id| names.of(id));
    let changed = event.changes.iter().flat_map(|change| {
        let values = [change.before.as_deref(), change.after.as_deref()];
        values.into_iter().flatten().chain([change.field.as_str()])
    });
    let told = [
        Some(event.action.as_str()),
        event.network.as_deref(),
        event.request.as_deref(),
    ];
    (ids.into_iter().chain(told).flatten())
        .chain(named)
        .chain(changed)
        .any(|value| value.to_lowercase().contains(text))
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditActor)]
pub(crate) struct ActorView {
    /// Which user; none for somebody who was not signed in, or for time itself.
    id: Option<String>,
    /// What they go by now; none if they belong no more.
    name: Option<String>,
}

/// To what something was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditSubject)]
pub(crate) struct SubjectView {
    /// The kind of thing.
    #[schema(example = "room")]
    kind: String,
    /// Which.
    id: String,
    /// What it is called now; none if it has gone.
    name: Option<String>,
}

/// An attribute that is not what it was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditChange)]
pub(crate) struct ChangeView {
    /// Which attribute.
    field: String,
    /// What it was; none when there was none.
    before: Option<String>,
    /// What it is; none when there is none.
    after: Option<String>,
}

impl From<AuditChange> for ChangeView {
    fn from(change: AuditChange) -> Self {
        Self {
            field: change.field,
            before: change.before,
            after: change.after,
        }
    }
}

/// An entry of the audit log. Names are what those are called now, and no part of what is hashed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct EntryView {
    /// Whose log it is in.
    workspace_id: String,
    /// Its number, counted from 1 without gaps.
    #[schema(minimum = 1)]
    seq: u64,
    /// When it happened.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: Moment,
    /// What was done.
    #[schema(example = "room.renamed")]
    action: String,
    /// Whether it was.
    outcome: OutcomeName,
    /// Who did it.
    actor: ActorView,
    /// To what.
    subject: Option<SubjectView>,
    /// From which network.
    #[schema(example = "203.0.113.0/24")]
    network: Option<String>,
    /// In which request: the `request_id` of a problem, and of the access log.
    request_id: Option<String>,
    /// What became different, without secrets.
    changes: Vec<ChangeView>,
    /// The hash of the entry before: SHA-256 in hexadecimal.
    prev_hash: String,
    /// Its own.
    hash: String,
}

impl From<AuditLine> for EntryView {
    fn from(line: AuditLine) -> Self {
        Self {
            workspace_id: line.workspace_id.to_string(),
            seq: line.seq,
            at: line.at,
            action: line.action,
            outcome: line.outcome.into(),
            actor: ActorView {
                id: line.actor.id.map(|id| id.to_string()),
                name: line.actor.name,
            },
            subject: line.subject.map(|subject| SubjectView {
                kind: subject.kind,
                id: subject.id,
                name: subject.name,
            }),
            network: line.network,
            request_id: line.request_id,
            changes: line.changes.into_iter().map(Into::into).collect(),
            prev_hash: line.prev_hash.to_string(),
            hash: line.hash.to_string(),
        }
    }
}

/// A page of entries, the newest first. It may hold fewer than asked for and not be the last.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntryList)]
pub(crate) struct EntryList {
    /// The entries on this page.
    pub(crate) items: Vec<EntryView>,
    /// Where the next page begins; none on the last.
    pub(crate) next_cursor: Option<String>,
}

/// The last entry.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditHead)]
pub(crate) struct HeadView {
    /// Its number; 0 before there is one.
    seq: u64,
    /// Its hash.
    hash: String,
}

/// The last entry that is written down in another store.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditAnchor)]
pub(crate) struct AnchoredView {
    /// Its number.
    seq: u64,
    /// When that was.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: Moment,
}

/// A time in which something may have happened that was not recorded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditGap)]
pub(crate) struct GapView {
    /// From when.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    from: Moment,
    /// To when.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    to: Moment,
}

/// How far the log reaches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditState)]
pub(crate) struct StateView {
    /// The last entry.
    head: HeadView,
    /// The last that is anchored; none before the first was.
    anchored: Option<AnchoredView>,
    /// When recording had stopped; empty if it never did.
    gaps: Vec<GapView>,
}

impl From<AuditState> for StateView {
    fn from(state: AuditState) -> Self {
        Self {
            head: HeadView {
                seq: state.head.seq,
                hash: state.head.hash.to_string(),
            },
            anchored: state.anchored.map(|(seq, at)| AnchoredView { seq, at }),
            gaps: (state.gaps.into_iter())
                .map(|gap| GapView {
                    from: gap.from,
                    to: gap.to,
                })
                .collect(),
        }
    }
}

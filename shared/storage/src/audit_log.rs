//! Writing the audit log: for the one function that reads the table's stream.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Update};
use koeba_domain::{
    AuditAnchor, AuditEntry, AuditEvent, AuditHead, AuditLine, ChainHash, Moment, WorkspaceId,
};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Access, Stored, millis, moment};
use crate::keys::{Key, PK};
use crate::transaction::{Refusal, Transaction};
use crate::{Result, StorageError, Table};

/// How often an entry that another came before is tried again.
const TRIES: u32 = 40;
/// How long a record is known to have been recorded; the stream keeps its records for a day.
pub(crate) const KNOWN_FOR: Duration = Duration::days(3);

/// What became of something that was to be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is the entry of this number now.
    As(u64),
    /// It was recorded before.
    Before,
    /// There is no such workspace any more, and so no log.
    NoWorkspace,
}

/// A time in which something may have happened that was not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditGap {
    /// From when.
    #[serde(with = "millis")]
    pub from: Moment,
    /// To when.
    #[serde(with = "millis")]
    pub to: Moment,
}

/// How far a workspace's log reaches, and how far that is anchored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditState {
    /// The last entry.
    pub head: AuditHead,
    /// The last entry that is anchored, and since when.
    pub anchored: Option<(u64, Moment)>,
    /// When recording had stopped.
    pub gaps: Vec<AuditGap>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EntryItem {
    #[serde(flatten)]
    pub(crate) key: Key,
    pub(crate) entry: AuditLine,
}

impl Stored for EntryItem {
    const KIND: &'static str = "audit entry";
}

#[derive(Serialize, Deserialize)]
struct HeadItem {
    #[serde(flatten)]
    key: Key,
    seq: u64,
    hash: ChainHash,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anchored_seq: Option<u64>,
    /// In milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anchored_at: Option<i64>,
    #[serde(default)]
    gaps: Vec<AuditGap>,
}

impl Stored for HeadItem {
    const KIND: &'static str = "audit head";
}

/// That a stream record was recorded. It is written with the entry, so there is never one alone.
#[derive(Serialize, Deserialize)]
struct SeenItem {
    #[serde(flatten)]
    key: Key,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for SeenItem {
    const KIND: &'static str = "audited record";
}

/// The audit logs of all workspaces, for the one function that writes them.
#[derive(Clone, Debug)]
pub struct AuditLog {
    table: Table,
}

/// Reads how far a log reaches.
pub(crate) async fn state(access: &Access, workspace: WorkspaceId) -> Result<Option<AuditState>> {
    let found: Option<HeadItem> = access.get(&Key::audit_head(workspace)).await?;
    Ok(found.map(|item| AuditState {
        head: AuditHead {
            seq: item.seq,
            hash: item.hash,
        },
        anchored: item
            .anchored_seq
            .zip(item.anchored_at.and_then(millis::read)),
        gaps: item.gaps,
    }))
}

impl AuditLog {
    pub(crate) const fn new(table: Table) -> Self {
        Self { table }
    }

    pub(crate) const fn table(&self) -> &Table {
        &self.table
    }

    /// How far a workspace's log reaches; `None` before anything was recorded.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn state(&self, workspace: WorkspaceId) -> Result<Option<AuditState>> {
        state(&self.table.tenant(workspace).await?, workspace).await
    }

    /// Puts an event at the end of a workspace's log, once for each `record`, whoever else does
    /// the same or writes something else there at this moment. For a gap, `gap` says which.
    ///
    /// # Errors
    /// [`StorageError`] when it is not certain that the event is recorded; it may be offered again.
    pub async fn record(
        &self,
        workspace: WorkspaceId,
        record: &str,
        event: &AuditEvent,
        gap: Option<AuditGap>,
        now: Moment,
    ) -> Result<Recorded> {
        let access = self.table.tenant(workspace).await?;
        let seen = Key::audited_record(workspace, record);
        for attempt in 1..=TRIES {
            if access.get::<SeenItem>(&seen).await?.is_some() {
                return Ok(Recorded::Before);
            }
            let before = state(&access, workspace).await?;
            let head = before.as_ref().map_or(AuditHead::START, |state| state.head);
            let entry = AuditEntry::after(workspace, head, event.clone());
            let seq = entry.seq;
            let marker = SeenItem {
                key: seen.clone(),
                expires_at: (now + KNOWN_FOR).unix_timestamp(),
            };
            match append(&access, before, entry, &marker, gap).await {
                Ok(()) => return Ok(Recorded::As(seq)),
                Err(StorageError::AlreadyExists) => return Ok(Recorded::Before),
                Err(StorageError::NotFound) => return Ok(Recorded::NoWorkspace),
                Err(StorageError::Conflict) => {
                    let pause = 2 * u64::from(attempt) + seq % 7;
                    tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
                }
                Err(error) => return Err(error),
            }
        }
        Err(StorageError::Busy("the end of an audit log".to_owned()))
    }

    /// Notes that a head is anchored.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn note_anchored(&self, anchor: &AuditAnchor) -> Result<()> {
        let access = self.table.tenant(anchor.workspace_id).await?;
        let seq = AttributeValue::N(anchor.seq.to_string());
        let update = Update::builder()
            .update_expression("SET anchored_seq = :seq, anchored_at = :at")
            .condition_expression(
                "attribute_exists(#pk) AND \
                 (attribute_not_exists(anchored_seq) OR anchored_seq < :seq)",
            )
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":seq", seq)
            .expression_attribute_values(":at", moment(anchor.at));
        let noted = Transaction::default()
            .update(
                &access,
                &Key::audit_head(anchor.workspace_id),
                update,
                Refusal::Is(StorageError::Conflict),
            )?
            .commit(&access)
            .await;
        match noted {
            // A later one was noted, or the workspace has gone.
            Ok(()) | Err(StorageError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The entry, the marker of its record and the head, all or none; and only while there is the
/// workspace.
async fn append(
    access: &Access,
    before: Option<AuditState>,
    entry: AuditEntry,
    marker: &SeenItem,
    gap: Option<AuditGap>,
) -> Result<()> {
    let workspace = entry.workspace;
    let head = entry.head();
    let item = EntryItem {
        key: Key::audit_entry(workspace, head.seq),
        entry: entry.into(),
    };
    let there = ConditionCheck::builder()
        .condition_expression("attribute_exists(#pk)")
        .expression_attribute_names("#pk", PK);
    let change = Transaction::default()
        .create(access, marker, StorageError::AlreadyExists)?
        .check(
            access,
            &Key::workspace(workspace),
            there,
            Refusal::Is(StorageError::NotFound),
        )?
        .create(access, &item, StorageError::Conflict)?;
    let change = match before {
        None => {
            let head = HeadItem {
                key: Key::audit_head(workspace),
                seq: head.seq,
                hash: head.hash,
                anchored_seq: None,
                anchored_at: None,
                gaps: gap.into_iter().collect(),
            };
            change.create(access, &head, StorageError::Conflict)?
        }
        Some(before) => change.update(
            access,
            &Key::audit_head(workspace),
            moved(before, head, gap)?,
            Refusal::Is(StorageError::Conflict),
        )?,
    };
    change.commit(access).await
}

fn moved(
    before: AuditState,
    head: AuditHead,
    gap: Option<AuditGap>,
) -> Result<aws_sdk_dynamodb::types::builders::UpdateBuilder> {
    let number = |n: u64| AttributeValue::N(n.to_string());
    let gaps: Vec<AuditGap> = before.gaps.into_iter().chain(gap).collect();
    let gaps = serde_dynamo::to_attribute_value(gaps)
        .map_err(|_| StorageError::Corrupt(HeadItem::KIND))?;
    Ok(Update::builder()
        .update_expression("SET seq = :next, #hash = :hash, gaps = :gaps")
        .condition_expression("seq = :seq AND #hash = :before")
        .expression_attribute_names("#hash", "hash")
        .expression_attribute_values(":next", number(head.seq))
        .expression_attribute_values(":seq", number(before.head.seq))
        .expression_attribute_values(":hash", AttributeValue::S(head.hash.to_string()))
        .expression_attribute_values(":before", AttributeValue::S(before.head.hash.to_string()))
        .expression_attribute_values(":gaps", gaps))
}

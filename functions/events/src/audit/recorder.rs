//! Puts what the stream brings at the end of the audit logs, once, and anchors them.

use std::collections::BTreeSet;

use aws_lambda_events::event::dynamodb::EventRecord;
use koeba_domain::{AuditAnchor, AuditChange, AuditEvent, AuditOutcome, Moment, WorkspaceId};
use koeba_edge::Clock;
use koeba_storage::{
    AuditGap, AuditLog, Directory, Owner, Recorded, StorageError, StreamPosition, TableChange,
};
use time::Duration;

use super::table::translate;
use crate::archive::{Archive, ArchiveError};

/// The stream keeps its records for a day; an hour less is old enough to fear for those before.
const NEARLY_LOST: Duration = Duration::hours(23);

/// Records what happens.
pub(crate) struct Recorder {
    log: AuditLog,
    directory: Directory,
    archive: Archive,
    clock: Clock,
}

/// One batch, while it is dealt with.
pub(crate) struct Batch {
    position: StreamPosition,
    touched: BTreeSet<WorkspaceId>,
    latest: Option<Moment>,
    whole: bool,
}

/// Why something must be offered again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unrecorded {
    #[error(transparent)]
    Store(#[from] StorageError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl Recorder {
    pub(crate) const fn new(
        log: AuditLog,
        directory: Directory,
        archive: Archive,
        clock: Clock,
    ) -> Self {
        Self {
            log,
            directory,
            archive,
            clock,
        }
    }

    /// Looks at when the batch happened. If it is so late that the stream may have lost what came
    /// before, that is noted, and told in each log before its next entry.
    pub(crate) async fn begin(&self, records: &[EventRecord]) -> Result<Batch, Unrecorded> {
        let mut position = self.log.position().await?;
        let now = self.clock.now();
        if let Some(first) = records.iter().map(happened_at).min()
            && first < now - NEARLY_LOST
            && let Some(from) = position.dealt_to.filter(|dealt_to| *dealt_to < first)
        {
            tracing::error!(%from, to = %first, "the stream may have lost records");
            position.gap = Some(AuditGap { from, to: first });
            self.log.note_position(position).await?;
        }
        Ok(Batch {
            position,
            touched: BTreeSet::new(),
            latest: None,
            whole: true,
        })
    }

    /// Records what one record says, in every log that it concerns.
    pub(crate) async fn record(
        &self,
        batch: &mut Batch,
        record: &EventRecord,
    ) -> Result<(), Unrecorded> {
        let at = happened_at(record);
        if batch.position.is_long_past(at, self.clock.now()) {
            return Ok(());
        }
        let recorded = self.try_record(batch, record, at).await;
        match &recorded {
            Ok(()) => batch.latest = batch.latest.max(Some(at)),
            Err(_) => batch.whole = false,
        }
        recorded
    }

    async fn try_record(
        &self,
        batch: &mut Batch,
        record: &EventRecord,
        at: Moment,
    ) -> Result<(), Unrecorded> {
        let parts = &record.change;
        let read = TableChange::read(
            &record.event_name,
            &parts.keys,
            &parts.old_image,
            &parts.new_image,
        );
        let Ok(read) = read else {
            return self.not_understood(batch, record, at).await;
        };
        let Some(change) = read else { return Ok(()) };
        let draft = match translate(&change) {
            Ok(Some(draft)) => draft,
            Ok(None) => return Ok(()),
            Err(kind) => {
                tracing::error!(kind, "nobody has decided what a change of this means");
                return self.not_understood(batch, record, at).await;
            }
        };
        let name = draft.once.clone().unwrap_or_else(|| name(record));
        let event = draft.event(&change, at);
        match change.owner {
            Owner::Workspace(workspace) => self.append(batch, workspace, &name, &event).await,
            Owner::User(user) => {
                let theirs = self.directory.workspaces_of(user).await?;
                // What somebody did before they came is none of a workspace's business.
                for of_user in theirs.iter().filter(|of| of.joined_at <= event.at) {
                    let workspace = of_user.workspace.id;
                    self.append(batch, workspace, &name, &event).await?;
                }
                Ok(())
            }
            Owner::Nobody => Ok(()),
        }
    }

    async fn append(
        &self,
        batch: &mut Batch,
        workspace: WorkspaceId,
        name: &str,
        event: &AuditEvent,
    ) -> Result<(), Unrecorded> {
        let now = self.clock.now();
        if let Some(gap) = batch.position.gap
            && let Some(state) = self.log.state(workspace).await?
            && !state.gaps.contains(&gap)
        {
            let told = gap_event(gap);
            let name = format!("gap-{}", gap.to.unix_timestamp());
            let log = &self.log;
            log.record(workspace, &name, &told, Some(gap), now).await?;
        }
        let recorded = self.log.record(workspace, name, event, None, now).await?;
        if recorded != Recorded::NoWorkspace {
            batch.touched.insert(workspace);
        }
        Ok(())
    }

    /// Something happened that cannot be read: the log says that it does not know what.
    async fn not_understood(
        &self,
        batch: &mut Batch,
        record: &EventRecord,
        at: Moment,
    ) -> Result<(), Unrecorded> {
        tracing::error!(
            record = record.event_id,
            "a stream record is not understood"
        );
        let pk = match record.change.keys.get("pk") {
            Some(serde_dynamo::AttributeValue::S(pk)) => pk.as_str(),
            _ => "",
        };
        let workspace = pk
            .strip_prefix("WS#")
            .and_then(|rest| rest.split('#').next())
            .and_then(|id| id.parse().ok());
        let Some(workspace) = workspace else {
            return Ok(());
        };
        let gap = AuditGap { from: at, to: at };
        let (name, told) = (name(record), gap_event(gap));
        let now = self.clock.now();
        let recorded = self.log.record(workspace, &name, &told, Some(gap), now);
        if recorded.await? != Recorded::NoWorkspace {
            batch.touched.insert(workspace);
        }
        Ok(())
    }

    /// Anchors every log that the batch touched, and notes how far the stream is dealt with.
    pub(crate) async fn end(&self, batch: Batch) -> Result<(), Unrecorded> {
        for workspace in &batch.touched {
            self.anchor(*workspace).await?;
        }
        let dealt_to = batch.position.dealt_to.max(batch.latest);
        if batch.whole && dealt_to != batch.position.dealt_to && !batch.touched.is_empty() {
            let position = StreamPosition {
                dealt_to,
                ..batch.position
            };
            self.log.note_position(position).await?;
        }
        Ok(())
    }

    async fn anchor(&self, workspace: WorkspaceId) -> Result<(), Unrecorded> {
        let Some(state) = self.log.state(workspace).await? else {
            return Ok(());
        };
        if state.anchored.is_some_and(|(seq, _)| seq >= state.head.seq) {
            return Ok(());
        }
        let anchor = AuditAnchor {
            workspace_id: workspace,
            seq: state.head.seq,
            hash: state.head.hash,
            at: self.clock.now(),
        };
        match self.archive.anchor(&anchor).await {
            Ok(()) => Ok(self.log.note_anchored(&anchor).await?),
            Err(error @ ArchiveError::Differs) => {
                // Nothing to be mended here, and no reason to stop recording.
                tracing::error!(%workspace, seq = anchor.seq, %error, "an audit log was rewritten");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn happened_at(record: &EventRecord) -> Moment {
    let at = record.change.approximate_creation_date_time.timestamp();
    Moment::from_unix_timestamp(at).unwrap_or(Moment::UNIX_EPOCH)
}

fn name(record: &EventRecord) -> String {
    record.event_id.clone()
}

fn gap_event(gap: AuditGap) -> AuditEvent {
    let moment = |field: &str, at: Moment| AuditChange {
        field: field.to_owned(),
        before: None,
        after: at
            .format(&time::format_description::well_known::Rfc3339)
            .ok(),
    };
    AuditEvent {
        at: gap.to,
        action: "audit.gap".to_owned(),
        outcome: AuditOutcome::Done,
        actor: None,
        subject: None,
        network: None,
        request: None,
        changes: vec![moment("from", gap.from), moment("to", gap.to)],
    }
}

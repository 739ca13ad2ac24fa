//! Reading a workspace's audit log.

use aws_sdk_dynamodb::types::AttributeValue;
use koeba_domain::{AuditEntry, AuditHead, Moment};

use crate::access::Stored;
use crate::audit_log::{self, AuditState, EntryItem};
use crate::keys::{Key, Listing, PK, SK};
use crate::{Listed, PageRequest, Result, WorkspaceTable};

/// How many entries one request looks at, at most, for those it wants.
const LOOKED_AT: usize = 2_000;
/// How many entries are read at a time.
const AT_A_TIME: i32 = 200;

impl WorkspaceTable {
    /// How far the log reaches.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn audit_state(&self) -> Result<AuditState> {
        let access = self.access().await?;
        let state = audit_log::state(&access, self.workspace).await?;
        Ok(state.unwrap_or(AuditState {
            head: AuditHead::START,
            anchored: None,
            gaps: Vec::new(),
        }))
    }

    /// One entry.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn audit_entry(&self, seq: u64) -> Result<Option<AuditEntry>> {
        let access = self.access().await?;
        let found: Option<EntryItem> = access.get(&Key::audit_entry(self.workspace, seq)).await?;
        Ok(found.map(|item| item.entry.into()))
    }

    /// A page of the entries of which `wanted` holds, the newest first. A page may hold fewer than
    /// asked for, even none, and yet not be the last.
    ///
    /// # Errors
    /// [`crate::StorageError::BadCursor`] for a cursor that this list did not give out.
    pub async fn audit_entries(
        &self,
        page: &PageRequest,
        wanted: impl Fn(&AuditEntry) -> bool,
    ) -> Result<Listed<AuditEntry>> {
        let access = self.access().await?;
        let seal = self.table.seal();
        let partition = Listing::Audit.partition(self.workspace);
        let mut after = page
            .cursor
            .as_deref()
            .map(|cursor| seal.open(self.workspace, Listing::Audit, cursor))
            .transpose()?;
        let limit = usize::from(page.limit.max(1));
        let (mut items, mut looked_at) = (Vec::new(), 0);
        loop {
            let start = after.take().map(|sk| {
                let pk = partition.clone();
                Key { pk, sk }.attributes()
            });
            let found = access
                .query(partition.clone())
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :entries)")
                .expression_attribute_names("#pk", PK)
                .expression_attribute_names("#sk", SK)
                .expression_attribute_values(
                    ":entries",
                    AttributeValue::S(Key::AUDIT_ENTRIES.to_owned()),
                )
                .scan_index_forward(false)
                .set_exclusive_start_key(start)
                .limit(AT_A_TIME)
                .send()
                .await?;
            let more = found.last_evaluated_key.is_some();
            let read = found.items.unwrap_or_default();
            let count = read.len();
            for (place, item) in read.into_iter().enumerate() {
                let item = EntryItem::from_item(item)?;
                let sk = item.key.sk;
                let entry = AuditEntry::from(item.entry);
                looked_at += 1;
                if wanted(&entry) {
                    items.push(entry);
                }
                let full = items.len() == limit || looked_at == LOOKED_AT;
                if full && (more || place + 1 < count) {
                    let next = seal.seal(self.workspace, Listing::Audit, &sk);
                    let next_cursor = Some(next);
                    return Ok(Listed { items, next_cursor });
                }
                after = Some(sk);
            }
            if !more || count == 0 {
                let next_cursor = None;
                return Ok(Listed { items, next_cursor });
            }
        }
    }

    /// Where a list of entries begins whose first is the last that happened before `moment`, of
    /// entries that stand in the order in which they happened; none if it begins at the end.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn audit_cursor_at(&self, moment: Moment) -> Result<Option<String>> {
        let end = self.audit_state().await?.head.seq + 1;
        // What is below `low` happened before, what is from `high` on did not.
        let (mut low, mut high) = (1, end);
        while low < high {
            let middle = low + (high - low) / 2;
            let entry = self.audit_entry(middle).await?;
            if entry.is_some_and(|entry| entry.event.at < moment) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let first_left_out = Key::audit_entry(self.workspace, high);
        let seal = self.table.seal();
        Ok((high < end).then(|| seal.seal(self.workspace, Listing::Audit, &first_left_out.sk)))
    }
}

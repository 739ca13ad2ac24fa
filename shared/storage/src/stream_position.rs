//! How far the table's stream has been dealt with: what tells that recording had stopped for longer
//! than the stream keeps its records.

use koeba_domain::Moment;
use serde::{Deserialize, Serialize};

use crate::access::{Stored, millis};
use crate::audit_log::KNOWN_FOR;
use crate::keys::Key;
use crate::transaction::Transaction;
use crate::{AuditGap, AuditLog, Result};

/// How far the stream has been dealt with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamPosition {
    /// The latest moment up to which it has.
    pub dealt_to: Option<Moment>,
    /// The last time in which it may have lost records before they were dealt with.
    pub gap: Option<AuditGap>,
}

impl StreamPosition {
    /// Whether a record of this moment was dealt with so long ago that it is not known one by one
    /// any more. A stream of AWS never brings one again.
    #[must_use]
    pub fn is_long_past(&self, at: Moment, now: Moment) -> bool {
        at < now - KNOWN_FOR && self.dealt_to.is_some_and(|dealt_to| at <= dealt_to)
    }
}

#[derive(Serialize, Deserialize)]
struct PositionItem {
    #[serde(flatten)]
    key: Key,
    /// In milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dealt_to: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gap: Option<AuditGap>,
}

impl Stored for PositionItem {
    const KIND: &'static str = "stream position";
}

impl AuditLog {
    /// How far the stream has been dealt with.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn position(&self) -> Result<StreamPosition> {
        let own = self.table().own();
        let found: Option<PositionItem> = own.get(&Key::stream_position()).await?;
        Ok(
            found.map_or_else(StreamPosition::default, |item| StreamPosition {
                dealt_to: item.dealt_to.and_then(millis::read),
                gap: item.gap,
            }),
        )
    }

    /// Notes how far the stream has been dealt with. Of two who do so at a time the last one
    /// counts: what is lost is exactness about a moment, and only towards reporting too much.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn note_position(&self, position: StreamPosition) -> Result<()> {
        let own = self.table().own();
        let item = PositionItem {
            key: Key::stream_position(),
            dealt_to: position.dealt_to.map(millis::of),
            gap: position.gap,
        };
        Transaction::default()
            .replace(own, &item)?
            .commit(own)
            .await
    }
}

//! What the function is called with: a batch of the table's stream, an event of
//! the account's guards, or the hour that has struck.

use koeba_storage::StorageError;
use serde_json::Value;

use crate::{Delivery, UnknownEvent, findings};

/// Why a call is to be repeated.
#[derive(Debug, thiserror::Error)]
pub enum InvocationError {
    /// It is no batch of a stream.
    #[error("the event is not understood: {0}")]
    Event(#[from] serde_json::Error),
    /// It is no event of a guard.
    #[error(transparent)]
    Finding(#[from] UnknownEvent),
    /// The calendar could not be worked through; what is left comes with the next hour.
    #[error(transparent)]
    Store(#[from] StorageError),
}

impl Delivery {
    /// Answers a call of the function: a batch of records with those that must be offered again,
    /// an event of a guard and a schedule, which have no records, with nothing.
    ///
    /// # Errors
    /// [`InvocationError`] when nothing at all could be done.
    pub async fn answer(&self, payload: Value) -> Result<Value, InvocationError> {
        if payload.get("detail-type").is_some() {
            for heard in findings::read(payload)? {
                self.note(&heard).await?;
                tracing::info!(finding = ?heard.finding, "a finding is noted");
            }
            return Ok(Value::Null);
        }
        if payload.get("Records").is_none() {
            let count = self.remind().await?;
            tracing::info!(count, "reminders are owed");
            return Ok(Value::Null);
        }
        let answer = self.handle(serde_json::from_value(payload)?).await;
        Ok(serde_json::to_value(answer)?)
    }
}

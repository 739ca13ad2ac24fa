//! What the function is called with: a batch of the table's stream, or the hour that has struck.

use koeba_storage::StorageError;
use serde_json::Value;

use crate::Delivery;

/// Why a call is to be repeated.
#[derive(Debug, thiserror::Error)]
pub enum InvocationError {
    /// It is no batch of a stream.
    #[error("the event is not understood: {0}")]
    Event(#[from] serde_json::Error),
    /// The calendar could not be worked through; what is left comes with the next hour.
    #[error(transparent)]
    Store(#[from] StorageError),
}

impl Delivery {
    /// Answers a call of the function: a batch of records with those that must be offered again,
    /// and a schedule, which has no records, with nothing.
    ///
    /// # Errors
    /// [`InvocationError`] when nothing at all could be done.
    pub async fn answer(&self, payload: Value) -> Result<Value, InvocationError> {
        if payload.get("Records").is_none() {
            let count = self.remind().await?;
            tracing::info!(count, "reminders are owed");
            return Ok(Value::Null);
        }
        let answer = self.handle(serde_json::from_value(payload)?).await;
        Ok(serde_json::to_value(answer)?)
    }
}

//! What the store's refusals are to whoever asked.

use koeba_storage::StorageError;

use crate::{Problem, Slug};

/// The problem that a refusal of the store is unless a route knows better.
///
/// What went wrong on our side is logged here, once, and told to nobody.
impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::NotFound => Slug::NotFound.into(),
            StorageError::AlreadyExists | StorageError::Conflict => Slug::ChangedMeanwhile.into(),
            StorageError::QuotaReached => Slug::LimitReached.into(),
            StorageError::BadCursor => Slug::CursorInvalid.into(),
            StorageError::Busy(_) => {
                tracing::warn!(%error, "the store is busy");
                Slug::Busy.into()
            }
            other => Self::internal(other),
        }
    }
}

//! Deletions that were written down, carried out to their end.
//!
//! The function that was asked does the work itself. Should it die over it, or should something
//! have come in between, the record of the ledger leads here, where it is done again: what is gone
//! already is not found, and what was left is.

use aws_lambda_events::event::dynamodb::EventRecord;
use koeba_domain::Moment;
use koeba_storage::{Directory, StorageError, deletion_of_image};

/// Goes on with deletions.
pub(crate) struct Deletions {
    directory: Directory,
}

impl Deletions {
    pub(crate) const fn new(directory: Directory) -> Self {
        Self { directory }
    }

    /// Carries out the deletion that a record is about, if it is about one.
    pub(crate) async fn go_on(
        &self,
        record: &EventRecord,
        now: Moment,
    ) -> Result<(), StorageError> {
        let image = record.change.new_image.clone();
        if let Some(deletion) = deletion_of_image(&record.change.keys, image) {
            self.directory.carry_out(&deletion, now).await?;
            tracing::info!(deletion = %deletion.id, "a deletion was carried out");
        }
        Ok(())
    }
}

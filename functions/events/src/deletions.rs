//! Deletions that were written down, carried out to their end.
//!
//! The function that was asked does the work itself. Should it die over it, or should something
//! have come in between, the record of the ledger leads here, where it is done again: what is gone
//! already is not found, and what was left is. Before that, the ledger's line is kept in the archive:
//! a backup of the table that is restored must not bring back who has gone.

use aws_lambda_events::event::dynamodb::EventRecord;
use koeba_domain::Moment;
use koeba_storage::{Directory, StorageError, deletion_of_image};

use crate::archive::{Archive, ArchiveError};

/// Goes on with deletions.
pub(crate) struct Deletions {
    directory: Directory,
    archive: Archive,
}

/// Why a deletion must be offered again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfinished {
    #[error(transparent)]
    Store(#[from] StorageError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl Deletions {
    pub(crate) const fn new(directory: Directory, archive: Archive) -> Self {
        Self { directory, archive }
    }

    /// Carries out the deletion that a record is about, if it is about one.
    pub(crate) async fn go_on(&self, record: &EventRecord, now: Moment) -> Result<(), Unfinished> {
        let image = record.change.new_image.clone();
        if let Some(deletion) = deletion_of_image(&record.change.keys, image) {
            self.archive.deletion(&deletion).await?;
            self.directory.carry_out(&deletion, now).await?;
            tracing::info!(deletion = %deletion.id, "a deletion was carried out");
        }
        Ok(())
    }
}

//! Copies of what an account says, brought up to it from the table's stream.
//!
//! A member item repeats the name and the address of its member, so that a list of members is one
//! query of the workspace. The account changes first, with the credentials of the directory; what
//! repeats it follows here, with those of each workspace.

use aws_lambda_events::event::dynamodb::EventRecord;
use koeba_storage::{AccountChange, Directory, StorageError};

/// Brings copies up to date.
pub(crate) struct Copies {
    directory: Directory,
}

impl Copies {
    pub(crate) const fn new(directory: Directory) -> Self {
        Self { directory }
    }

    /// Does what a record makes necessary. Doing it again does no harm.
    pub(crate) async fn follow(&self, record: &EventRecord) -> Result<(), StorageError> {
        match AccountChange::from_record(&record.event_name, &record.change.keys) {
            Some(change) => self.directory.repeat_account(change.user).await,
            None => Ok(()),
        }
    }
}

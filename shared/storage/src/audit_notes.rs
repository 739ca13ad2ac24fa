//! What leaves no trace by itself, and is noted so that the audit log can tell of it: what was
//! refused, and what was taken out.

use koeba_domain::{Moment, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Access, Stored};
use crate::keys::Key;
use crate::transaction::Transaction;
use crate::{Directory, Result, StorageError, WorkspaceTable};

/// How long a note is kept: the stream has brought it to the audit log by then.
const KEPT_FOR: Duration = Duration::days(1);

/// Somebody was refused something. One note stands for all of the same within a minute, so that
/// nobody fills the log by insisting.
#[derive(Serialize, Deserialize)]
struct RefusalItem {
    #[serde(flatten)]
    key: Key,
    user: UserId,
    /// What was refused and why, as one word.
    why: String,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for RefusalItem {
    const KIND: &'static str = "refusal";
}

/// Somebody tried to sign in as somebody, and was refused.
#[derive(Serialize, Deserialize)]
struct RefusedSignInItem {
    #[serde(flatten)]
    key: Key,
    why: String,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for RefusedSignInItem {
    const KIND: &'static str = "refused sign-in";
}

/// Somebody took a copy of something.
#[derive(Serialize, Deserialize)]
struct ExportItem {
    #[serde(flatten)]
    key: Key,
    what: String,
    format: String,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for ExportItem {
    const KIND: &'static str = "export";
}

impl Directory {
    /// Notes that a member was refused something: `why` is a word such as `manage_rooms`.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn note_refusal(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        why: &str,
        now: Moment,
    ) -> Result<()> {
        let access = self.tenant(workspace).await?;
        let item = RefusalItem {
            key: Key::refusal(workspace, user, why, minute(now)),
            user,
            why: why.to_owned(),
            expires_at: (now + KEPT_FOR).unix_timestamp(),
        };
        once(&access, &item).await
    }

    /// Notes that a sign-in as `user` was refused: `why` is a word such as `password`. For nobody's
    /// account it costs the same, and nothing follows from it.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn note_refused_sign_in(
        &self,
        user: Option<UserId>,
        why: &str,
        now: Moment,
    ) -> Result<()> {
        let user = user.unwrap_or(UserId::from_random([0; 16]));
        let item = RefusedSignInItem {
            key: Key::refused_sign_in(user, why, minute(now)),
            why: why.to_owned(),
            expires_at: (now + KEPT_FOR).unix_timestamp(),
        };
        once(&self.own(), &item).await
    }
}

impl WorkspaceTable {
    /// Notes that a copy was taken of `what`, such as `members`, as `format`, such as `csv`. It is
    /// noted before the copy is given: one that is not noted is not given.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn note_export(&self, what: &str, format: &str, now: Moment) -> Result<()> {
        let access = self.access().await?;
        let request = access.trace.map_or_else(
            || now.unix_timestamp_nanos().to_string(),
            |trace| trace.request.to_string(),
        );
        let item = ExportItem {
            key: Key::export(self.workspace, &request),
            what: what.to_owned(),
            format: format.to_owned(),
            expires_at: (now + KEPT_FOR).unix_timestamp(),
        };
        once(&access, &item).await
    }
}

fn minute(now: Moment) -> i64 {
    now.unix_timestamp().div_euclid(60)
}

async fn once<T: Stored>(access: &Access, item: &T) -> Result<()> {
    let noted = Transaction::default()
        .create(access, item, StorageError::AlreadyExists)?
        .commit(access)
        .await;
    match noted {
        Ok(()) | Err(StorageError::AlreadyExists) => Ok(()),
        Err(error) => Err(error),
    }
}

//! Signed-in browsers. A session is named by the SHA-256 of its secret; the secret is not stored.

use koeba_domain::{Moment, Session, SessionLimits, UserId};
use serde::{Deserialize, Serialize};

use crate::access::{Stored, millis, moment};
use crate::keys::{Key, PK};
use crate::transaction::Transaction;
use crate::{Directory, Result, StorageError};

#[derive(Serialize, Deserialize)]
pub(crate) struct SessionItem {
    #[serde(flatten)]
    key: Key,
    user: UserId,
    #[serde(with = "millis")]
    created_at: Moment,
    #[serde(with = "millis")]
    last_used_at: Moment,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for SessionItem {
    const KIND: &'static str = "session";
}

impl SessionItem {
    pub(crate) fn new(secret_hash: &str, session: &Session) -> Self {
        Self {
            key: Key::session(secret_hash),
            user: session.user,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: (session.created_at + SessionLimits::DEFAULT.absolute).unix_timestamp(),
        }
    }
}

impl Directory {
    /// The session whose secret has this SHA-256. Whether it still counts is for
    /// [`Session::check`] to say.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn session(&self, secret_hash: &str) -> Result<Option<Session>> {
        let found: Option<SessionItem> = self.table.own().get(&Key::session(secret_hash)).await?;
        Ok(found.map(|item| Session {
            user: item.user,
            created_at: item.created_at,
            last_used_at: item.last_used_at,
        }))
    }

    /// Writes a new session and, in the same transaction, ends the one it takes the place of.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when the secret was used before.
    pub async fn create_session(
        &self,
        secret_hash: &str,
        session: &Session,
        replaces: Option<&str>,
    ) -> Result<()> {
        let own = self.table.own();
        let item = SessionItem::new(secret_hash, session);
        let mut change = Transaction::default().create(own, &item, StorageError::AlreadyExists)?;
        if let Some(old) = replaces.filter(|old| *old != secret_hash) {
            change = change.remove(own, &Key::session(old))?;
        }
        change.commit(own).await
    }

    /// Notes that a session was used. One that has ended meanwhile stays ended.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn touch_session(&self, secret_hash: &str, now: Moment) -> Result<()> {
        let own = self.table.own();
        let touched = own
            .client
            .update_item()
            .table_name(&own.table)
            .set_key(Some(Key::session(secret_hash).attributes()))
            .update_expression("SET last_used_at = :now")
            .condition_expression("attribute_exists(#pk)")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":now", moment(now))
            .send()
            .await;
        match touched.map_err(StorageError::from) {
            Ok(_) | Err(StorageError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Ends a session at once.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn delete_session(&self, secret_hash: &str) -> Result<()> {
        let own = self.table.own();
        own.client
            .delete_item()
            .table_name(&own.table)
            .set_key(Some(Key::session(secret_hash).attributes()))
            .send()
            .await?;
        Ok(())
    }
}

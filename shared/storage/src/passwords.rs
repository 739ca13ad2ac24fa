//! Changing a password, and replacing one that was forgotten.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Update};
use koeba_domain::{MailIntent, Moment, PasswordResetId, UserId};
use serde::{Deserialize, Serialize};

use crate::access::{Access, Stored, millis, moment};
use crate::keys::Key;
use crate::outbox::MailItem;
use crate::sessions::SessionItem;
use crate::transaction::{Refusal, Transaction};
use crate::{Directory, Renewal, Result, SessionName, StorageError};

/// A reset that waits for its link to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordReset {
    /// Which.
    pub id: PasswordResetId,
    /// Whose password; nobody's for an address without an account.
    pub user: Option<UserId>,
    /// SHA-256 of the secret in the link, in hexadecimal.
    pub secret_hash: String,
    /// When the link stops working.
    pub expires_at: Moment,
}

#[derive(Serialize, Deserialize)]
struct ResetItem {
    #[serde(flatten)]
    key: Key,
    id: PasswordResetId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    secret_hash: String,
    #[serde(with = "millis")]
    valid_until: Moment,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for ResetItem {
    const KIND: &'static str = "password reset";
}

impl Directory {
    /// Changes a password: the session that did it goes on under another secret, `ended` are
    /// over, and the notice is owed, all in one transaction.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when the password was changed since it was read, or when the
    /// session has ended.
    pub async fn change_password(
        &self,
        user: UserId,
        from_hash: &str,
        to_hash: &str,
        renewal: Renewal<'_>,
        ended: &[SessionName],
        notice: (&MailIntent, Moment),
    ) -> Result<()> {
        let own = &self.own();
        Transaction::default()
            .set_password(own, user, Some(from_hash), to_hash, notice.1)?
            .end_session(own, renewal.old)?
            .create(
                own,
                &SessionItem::new(renewal.new, renewal.session),
                StorageError::AlreadyExists,
            )?
            .end_sessions(own, ended)?
            .owe(own, notice.0, notice.1)?
            .commit(own)
            .await
    }

    /// Keeps a reset, with the mail that carries its link if somebody gets one. If nobody does, an
    /// item that nobody reads takes the mail's place, so that writing takes as long.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn create_password_reset(
        &self,
        reset: &PasswordReset,
        mail: Option<&MailIntent>,
    ) -> Result<()> {
        let own = &self.own();
        let item = ResetItem {
            key: Key::password_reset(reset.id),
            id: reset.id,
            user: reset.user,
            secret_hash: reset.secret_hash.clone(),
            valid_until: reset.expires_at,
            expires_at: reset.expires_at.unix_timestamp(),
        };
        let change = Transaction::default().create(own, &item, StorageError::AlreadyExists)?;
        let change = match mail {
            Some(mail) => {
                let mail = MailItem::new(Key::directory_mail(mail.id), mail, reset.expires_at);
                change.create(own, &mail, StorageError::AlreadyExists)?
            }
            None => {
                let key = Key::password_reset_of_nobody(reset.id);
                let item = ResetItem { key, ..item };
                change.create(own, &item, StorageError::AlreadyExists)?
            }
        };
        change.commit(own).await
    }

    /// A reset that a link names. Its secret and its time are for the caller to check.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn password_reset(&self, id: PasswordResetId) -> Result<Option<PasswordReset>> {
        let found: Option<ResetItem> = self.own().get(&Key::password_reset(id)).await?;
        Ok(found.map(|item| PasswordReset {
            id: item.id,
            user: item.user,
            secret_hash: item.secret_hash,
            expires_at: item.valid_until,
        }))
    }

    /// Replaces a password, once: the reset is used up, every session ends, and the notice is
    /// owed, all in one transaction.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when the reset was used before.
    pub async fn complete_password_reset(
        &self,
        reset: &PasswordReset,
        user: UserId,
        to_hash: &str,
        notice: (&MailIntent, Moment),
    ) -> Result<()> {
        let sessions = self.sessions_of(user).await?;
        let ended: Vec<SessionName> = sessions.into_iter().map(|(name, _)| name).collect();
        let own = &self.own();
        let used = Delete::builder()
            .condition_expression("secret_hash = :hash")
            .expression_attribute_values(":hash", text(&reset.secret_hash));
        Transaction::default()
            .delete(
                own,
                &Key::password_reset(reset.id),
                used,
                Refusal::Is(StorageError::Conflict),
            )?
            .set_password(own, user, None, to_hash, notice.1)?
            .end_sessions(own, &ended)?
            .owe(own, notice.0, notice.1)?
            .commit(own)
            .await
    }
}

impl Transaction {
    fn set_password(
        self,
        own: &Access,
        user: UserId,
        from: Option<&str>,
        to: &str,
        at: Moment,
    ) -> Result<Self> {
        let update = Update::builder()
            .update_expression("SET password_hash = :to, password_changed_at = :now")
            .expression_attribute_values(":to", text(to))
            .expression_attribute_values(":now", moment(at));
        let update = match from {
            Some(from) => update
                .condition_expression("password_hash = :from")
                .expression_attribute_values(":from", text(from)),
            None => update.condition_expression("attribute_exists(password_hash)"),
        };
        self.update(
            own,
            &Key::user(user),
            update,
            Refusal::Is(StorageError::Conflict),
        )
    }

    /// Ends sessions, whether they are still there or not.
    fn end_sessions(self, own: &Access, ended: &[SessionName]) -> Result<Self> {
        ended
            .iter()
            .try_fold(self, |change, name| change.remove(own, &name.key()))
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

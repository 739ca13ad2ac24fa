//! Changes of address that wait for their token, and the one transaction that moves an account
//! from one address to another.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, ReturnValue, ReturnValuesOnConditionCheckFailure, Update,
};
use koeba_domain::{
    EMAIL_CHANGE_TRIES, EmailAddress, EmailChange, EmailChangeId, MailIntent, Moment, User, UserId,
};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Stored, millis, moment};
use crate::keys::Key;
use crate::outbox::MailItem;
use crate::transaction::{Refusal, Transaction};
use crate::users::EmailItem;
use crate::{Directory, Result, StorageError};

/// How long a change is kept after its token stopped working, so that a late one is told so.
const KEPT_AFTER: Duration = Duration::hours(1);

#[derive(Serialize, Deserialize)]
struct EmailChangeItem {
    #[serde(flatten)]
    key: Key,
    id: EmailChangeId,
    user: UserId,
    to: EmailAddress,
    token_hash: String,
    tries: u8,
    #[serde(with = "millis")]
    valid_until: Moment,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for EmailChangeItem {
    const KIND: &'static str = "change of address";
}

impl EmailChangeItem {
    fn new(change: &EmailChange) -> Self {
        Self {
            key: Key::email_change(change.user, change.id),
            id: change.id,
            user: change.user,
            to: change.to.clone(),
            token_hash: change.token_hash.clone(),
            tries: change.tries,
            valid_until: change.expires_at,
            expires_at: (change.expires_at + KEPT_AFTER).unix_timestamp(),
        }
    }

    fn into_change(self) -> EmailChange {
        EmailChange {
            id: self.id,
            user: self.user,
            to: self.to,
            token_hash: self.token_hash,
            tries: self.tries,
            expires_at: self.valid_until,
        }
    }
}

impl Directory {
    /// Keeps a change of address together with the mail that carries its token to the new address
    /// and the notice to the present one.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when the identifier was used before.
    pub async fn create_email_change(
        &self,
        change: &EmailChange,
        token: &MailIntent,
        notice: (&MailIntent, Moment),
    ) -> Result<()> {
        let own = &self.own();
        let taken = || StorageError::AlreadyExists;
        let token = MailItem::new(Key::directory_mail(token.id), token, change.expires_at);
        Transaction::default()
            .create(own, &EmailChangeItem::new(change), taken())?
            .create(own, &token, taken())?
            .owe(own, notice.0, notice.1)?
            .commit(own)
            .await
    }

    /// Counts one try at a change's token and gives the change as it stood before that try;
    /// counting comes before comparing, so parallel guesses are counted like any other. `None`
    /// means that this user has no such change.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn spend_email_change_try(
        &self,
        user: UserId,
        change: EmailChangeId,
    ) -> Result<Option<EmailChange>> {
        let own = &self.own();
        let number = |n: u8| AttributeValue::N(n.to_string());
        let spent = own
            .client
            .update_item()
            .table_name(&own.table)
            .set_key(Some(Key::email_change(user, change).attributes()))
            .update_expression("ADD tries :one")
            .condition_expression("tries < :most")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":most", number(EMAIL_CHANGE_TRIES))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let item = match spent {
            Ok(output) => output.attributes,
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    failed.item.clone()
                }
                _ => return Err(error.into()),
            },
        };
        item.filter(|item| !item.is_empty())
            .map(|item| EmailChangeItem::from_item(item).map(EmailChangeItem::into_change))
            .transpose()
    }

    /// Moves an account to its new address, once: the lock on the old address goes, the lock on
    /// the new one comes, and both are owed a notice, all in one transaction.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when the new address has an account by now,
    /// [`StorageError::Conflict`] when the change was completed, or the address changed, meanwhile.
    pub async fn complete_email_change(
        &self,
        change: &EmailChange,
        user: &User,
        notices: &[MailIntent; 2],
        now: Moment,
    ) -> Result<User> {
        let own = &self.own();
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let conflict = || Refusal::Is(StorageError::Conflict);
        let key = self.table.keys().of_present(user.id).await?;
        let moved = User {
            email: change.to.clone(),
            ..user.clone()
        };
        let used = Delete::builder()
            .condition_expression("token_hash = :hash")
            .expression_attribute_values(":hash", text(&change.token_hash));
        let released = Delete::builder()
            .condition_expression("#user = :user")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":user", text(&user.id.to_string()));
        let readdressed = Update::builder()
            .update_expression("SET email = :new, email_changed_at = :now")
            .condition_expression("email = :old")
            .expression_attribute_values(":now", moment(now))
            .expression_attribute_values(":new", key.seal_email(&moved.email).attribute())
            .expression_attribute_values(":old", key.seal_email(&user.email).attribute());
        let key = Key::email_change(user.id, change.id);
        Transaction::default()
            .delete(own, &key, used, conflict())?
            .delete(own, &Key::email(&user.email), released, conflict())?
            .create(own, &EmailItem::new(&moved), StorageError::AlreadyExists)?
            .update(own, &Key::user(user.id), readdressed, conflict())?
            .owe(own, &notices[0], now)?
            .owe(own, &notices[1], now)?
            .commit(own)
            .await?;
        Ok(moved)
    }
}

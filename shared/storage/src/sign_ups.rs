//! Sign-ups that wait for their token, and the one transaction that makes an account of one.

use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure, Update,
};
use koeba_domain::{
    DisplayName, EmailAddress, Locale, MailIntent, Moment, SIGN_UP_TRIES, Session, SignUp,
    SignUpId, User,
};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Stored, millis};
use crate::keys::Key;
use crate::outbox::MailItem;
use crate::sessions::{SessionItem, SessionName};
use crate::subject_keys::KeyItem;
use crate::transaction::{Refusal, Transaction};
use crate::users::{EmailItem, UserItem};
use crate::{Directory, Result, StorageError};

/// How long a sign-up is kept after its token stopped working, so that a late or second
/// confirmation is told what happened.
const KEPT_AFTER: Duration = Duration::hours(1);

/// A sign-up as the store has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredSignUp {
    /// It waits for its token, or its time or tries are over: [`SignUp::check`] tells.
    Waiting(Box<SignUp>),
    /// It has become an account; nothing else is kept of it.
    Used,
}

/// A sign-up; all but its key and its end is taken away once it is used.
#[derive(Serialize, Deserialize)]
struct SignUpItem {
    #[serde(flatten)]
    key: Key,
    id: SignUpId,
    #[serde(default)]
    used: bool,
    #[serde(flatten)]
    wish: Option<Wish>,
    /// Time to live, in seconds.
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct Wish {
    email: EmailAddress,
    display_name: DisplayName,
    locale: Locale,
    password_hash: String,
    token_hash: String,
    tries: u8,
    #[serde(with = "millis")]
    valid_until: Moment,
}

impl Stored for SignUpItem {
    const KIND: &'static str = "sign-up";
}

impl SignUpItem {
    fn new(sign_up: &SignUp) -> Self {
        Self {
            key: Key::sign_up(sign_up.id),
            id: sign_up.id,
            used: false,
            wish: Some(Wish {
                email: sign_up.email.clone(),
                display_name: sign_up.display_name.clone(),
                locale: sign_up.locale,
                password_hash: sign_up.password_hash.clone(),
                token_hash: sign_up.token_hash.clone(),
                tries: sign_up.tries,
                valid_until: sign_up.expires_at,
            }),
            expires_at: (sign_up.expires_at + KEPT_AFTER).unix_timestamp(),
        }
    }

    fn read(self) -> Result<StoredSignUp> {
        match self.wish {
            _ if self.used => Ok(StoredSignUp::Used),
            Some(wish) => Ok(StoredSignUp::Waiting(Box::new(SignUp {
                id: self.id,
                email: wish.email,
                display_name: wish.display_name,
                locale: wish.locale,
                password_hash: wish.password_hash,
                token_hash: wish.token_hash,
                tries: wish.tries,
                expires_at: wish.valid_until,
            }))),
            None => Err(StorageError::Corrupt(Self::KIND)),
        }
    }
}

impl Directory {
    /// Writes a sign-up together with the mail that carries its token.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when the identifier was used before.
    pub async fn create_sign_up(&self, sign_up: &SignUp, mail: &MailIntent) -> Result<()> {
        let own = &self.own();
        let mail = MailItem::new(Key::directory_mail(mail.id), mail, sign_up.expires_at);
        Transaction::default()
            .create(own, &SignUpItem::new(sign_up), StorageError::AlreadyExists)?
            .create(own, &mail, StorageError::AlreadyExists)?
            .commit(own)
            .await
    }

    /// Counts one try at a sign-up's token and gives the sign-up as it stood before that try.
    ///
    /// Counting comes before comparing, so however many tokens are tried at the same moment, no
    /// more than [`SIGN_UP_TRIES`] are compared: who gets a spent sign-up is refused by
    /// [`SignUp::check`]. `None` means that there is no such sign-up.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn spend_sign_up_try(&self, sign_up: SignUpId) -> Result<Option<StoredSignUp>> {
        let own = &self.own();
        let spent = own
            .client
            .update_item()
            .table_name(&own.table)
            .set_key(Some(Key::sign_up(sign_up).attributes()))
            .update_expression("ADD tries :one")
            .condition_expression("tries < :most")
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":most", AttributeValue::N(SIGN_UP_TRIES.to_string()))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let item = match spent {
            Ok(output) => output.attributes,
            Err(error) => match error.as_service_error() {
                Some(aws_sdk_dynamodb::operation::update_item::UpdateItemError::
                    ConditionalCheckFailedException(failed)) => failed.item.clone(),
                _ => return Err(error.into()),
            },
        };
        item.filter(|item| !item.is_empty())
            .map(|item| SignUpItem::from_item(item)?.read())
            .transpose()
    }

    /// Makes an account of a sign-up and signs its owner in, all in one transaction.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when the address has an account by now,
    /// [`StorageError::Conflict`] when the sign-up was completed by another request.
    pub async fn complete_sign_up(
        &self,
        sign_up: &SignUp,
        user: &User,
        name: &SessionName,
        session: &Session,
    ) -> Result<()> {
        let own = &self.own();
        let keys = self.table.keys();
        let drawn = KeyItem::draw(user.id)?;
        let key = drawn.open()?;
        let used = Update::builder()
            .update_expression(
                "SET used = :yes REMOVE email, display_name, locale, password_hash, token_hash, \
                 tries, valid_until",
            )
            .condition_expression("token_hash = :token_hash")
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .expression_attribute_values(
                ":token_hash",
                AttributeValue::S(sign_up.token_hash.clone()),
            );
        let change = Transaction::default()
            .update(
                own,
                &Key::sign_up(sign_up.id),
                used,
                Refusal::Is(StorageError::Conflict),
            )?
            .create(own, &EmailItem::new(user), StorageError::AlreadyExists)?
            .create(
                own,
                &UserItem::new(user, &sign_up.password_hash, &key),
                StorageError::AlreadyExists,
            )?
            .create(
                own,
                &SessionItem::new(name, session),
                StorageError::AlreadyExists,
            )?;
        keys.keep(change, &drawn)?.commit(own).await
    }
}

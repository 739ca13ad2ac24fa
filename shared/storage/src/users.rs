//! Accounts.

use std::fmt;

use koeba_domain::{CertificateId, EmailAddress, Locale, Moment, Session, User, UserId};
use serde::{Deserialize, Serialize};

use crate::access::{Stored, millis};
use crate::keys::Key;
use crate::sessions::{SessionItem, SessionName};
use crate::subject_keys::{KeyItem, Sealed, SubjectKey};
use crate::transaction::Transaction;
use crate::{Directory, Result, StorageError};

/// An account and what proves that somebody is its owner.
#[derive(Clone)]
pub struct Credentials {
    /// The account.
    pub user: User,
    /// The Argon2id hash of its password, as a PHC string.
    pub password_hash: String,
    /// When that password was chosen.
    pub password_changed_at: Moment,
}

/// Shows no hash.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &self.user.id)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct UserItem {
    #[serde(flatten)]
    key: Key,
    id: UserId,
    email: Sealed,
    display_name: Sealed,
    locale: Locale,
    #[serde(with = "millis")]
    created_at: Moment,
    password_hash: String,
    /// In milliseconds; an account that never changed its password has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_changed_at: Option<i64>,
    /// The deletion that this account is going by: for everybody it is gone already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leaving: Option<CertificateId>,
}

impl Stored for UserItem {
    const KIND: &'static str = "user";
}

impl UserItem {
    pub(crate) fn new(user: &User, password_hash: &str, key: &SubjectKey) -> Self {
        Self {
            key: Key::user(user.id),
            id: user.id,
            email: key.seal_email(&user.email),
            display_name: key.seal_name(&user.display_name),
            locale: user.locale,
            created_at: user.created_at,
            password_hash: password_hash.to_owned(),
            password_changed_at: None,
            leaving: None,
        }
    }

    /// The sealed name and address, as others repeat them.
    pub(crate) const fn sealed(&self) -> (&Sealed, &Sealed) {
        (&self.display_name, &self.email)
    }

    /// When the password was chosen: with the account, unless it was changed since.
    pub(crate) fn password_changed_at(&self) -> Moment {
        self.password_changed_at
            .and_then(millis::read)
            .unwrap_or(self.created_at)
    }

    fn into_credentials(self, key: &SubjectKey) -> Result<Credentials> {
        Ok(Credentials {
            password_hash: self.password_hash.clone(),
            password_changed_at: self.password_changed_at(),
            user: self.into_user(key)?,
        })
    }

    fn into_user(self, key: &SubjectKey) -> Result<User> {
        Ok(User {
            id: self.id,
            email: key.email(&self.email)?,
            display_name: key.name(&self.display_name)?,
            locale: self.locale,
            created_at: self.created_at,
        })
    }
}

/// The lock on an address: whose it is.
#[derive(Serialize, Deserialize)]
pub(crate) struct EmailItem {
    #[serde(flatten)]
    key: Key,
    user: UserId,
}

impl Stored for EmailItem {
    const KIND: &'static str = "address";
}

impl EmailItem {
    pub(crate) fn new(user: &User) -> Self {
        Self {
            key: Key::email(&user.email),
            user: user.id,
        }
    }
}

impl Directory {
    /// Makes an account whose address is proven, and signs its owner in, in one transaction.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when the address has an account by now.
    pub async fn create_account(
        &self,
        user: &User,
        password_hash: &str,
        name: &SessionName,
        session: &Session,
    ) -> Result<()> {
        let own = &self.own();
        let keys = self.table.keys();
        let drawn = KeyItem::draw(user.id)?;
        let item = UserItem::new(user, password_hash, &drawn.open()?);
        let taken = || StorageError::AlreadyExists;
        let change = Transaction::default()
            .create(own, &EmailItem::new(user), taken())?
            .create(own, &item, taken())?
            .create(own, &SessionItem::new(name, session), taken())?;
        keys.keep(change, &drawn)?.commit(own).await
    }

    /// The account of a user; none once their key was destroyed.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn user(&self, user: UserId) -> Result<Option<User>> {
        let found = self.account(user).await?;
        found.map(|(item, key)| item.into_user(&key)).transpose()
    }

    /// Whether an address has an account. For mails that differ by it, never for an answer.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn has_account(&self, email: &EmailAddress) -> Result<bool> {
        let lock: Option<EmailItem> = self.own().get(&Key::email(email)).await?;
        Ok(lock.is_some())
    }

    /// The account that an address belongs to, with its password's hash. The only way by which a
    /// hash leaves the store besides [`Self::credentials_of`].
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn credentials(&self, email: &EmailAddress) -> Result<Option<Credentials>> {
        let own = &self.own();
        let lock = own.get::<EmailItem>(&Key::email(email)).await?;
        // An address without an account costs as many reads as one with, so the time tells nothing.
        let nobody = UserId::from_random([0; 16]);
        let owner = lock.map_or(nobody, |lock| lock.user);
        let found = self.account(owner).await?;
        found
            .map(|(item, key)| item.into_credentials(&key))
            .transpose()
    }

    /// The account of a user who is signed in, with its password's hash, for asking them again.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn credentials_of(&self, user: UserId) -> Result<Option<Credentials>> {
        let found = self.account(user).await?;
        found
            .map(|(item, key)| item.into_credentials(&key))
            .transpose()
    }

    /// An account and what opens it. Both are read, whether there is the other or not.
    async fn account(&self, user: UserId) -> Result<Option<(UserItem, SubjectKey)>> {
        let own = self.own();
        let profile = Key::user(user);
        let (item, key) = tokio::join!(own.get(&profile), self.table.keys().of(user));
        let item: Option<UserItem> = item?;
        let item = item.filter(|item| item.leaving.is_none());
        Ok(item.zip(key?))
    }

    /// The address of an account, also of one that is going.
    pub(crate) async fn address_of(&self, user: UserId) -> Result<Option<EmailAddress>> {
        let own = self.own();
        let profile = Key::user(user);
        let (item, key) = tokio::join!(own.get::<UserItem>(&profile), self.table.keys().of(user));
        let known = item?.zip(key?);
        known.map(|(item, key)| key.email(&item.email)).transpose()
    }
}

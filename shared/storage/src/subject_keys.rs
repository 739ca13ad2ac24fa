//! Names and addresses are sealed, each person's under a key of their own.
//!
//! The keys stand in a table by themselves that no backup holds. Whoever destroys a key makes
//! every copy of that person's name and address unreadable at once, in backups too.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use koeba_domain::{DisplayName, EmailAddress, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::access::{Access, Stored};
use crate::keys::Key;
use crate::transaction::Transaction;
use crate::{Result, StorageError};

const NONCE_LEN: usize = 24;
/// Keys that one `BatchGetItem` may name.
const AT_ONCE: usize = 100;

/// A text that only the key of its person opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Sealed(String);

impl Sealed {
    pub(crate) fn attribute(&self) -> AttributeValue {
        AttributeValue::S(self.0.clone())
    }
}

/// What of a person is sealed.
#[derive(Clone, Copy, Debug)]
enum Part {
    Email,
    DisplayName,
}

/// The key of one person.
pub(crate) struct SubjectKey {
    user: UserId,
    cipher: XChaCha20Poly1305,
    nonce_key: [u8; 32],
}

/// How a person's key stands in the table of keys.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeyItem {
    #[serde(flatten)]
    key: Key,
    user: UserId,
    secret: String,
}

impl Stored for KeyItem {
    const KIND: &'static str = "subject key";
}

impl KeyItem {
    /// A new key from the operating system's randomness.
    pub(crate) fn draw(user: UserId) -> Result<Self> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)
            .map_err(|_| StorageError::Unavailable("the system gives no randomness".to_owned()))?;
        Ok(Self {
            key: Key::subject(user),
            user,
            secret: BASE64_STANDARD_NO_PAD.encode(secret),
        })
    }

    pub(crate) fn open(&self) -> Result<SubjectKey> {
        let corrupt = || StorageError::Corrupt(Self::KIND);
        let secret = BASE64_STANDARD_NO_PAD
            .decode(&self.secret)
            .map_err(|_| corrupt())?;
        let secret: [u8; 32] = secret.try_into().map_err(|_| corrupt())?;
        Ok(SubjectKey::new(self.user, &secret))
    }
}

impl SubjectKey {
    fn new(user: UserId, secret: &[u8; 32]) -> Self {
        let derive = |purpose: &[u8]| -> [u8; 32] {
            Sha256::new()
                .chain_update(purpose)
                .chain_update(secret)
                .finalize()
                .into()
        };
        Self {
            user,
            cipher: XChaCha20Poly1305::new(&derive(b"koeba subject cipher").into()),
            nonce_key: derive(b"koeba subject nonce"),
        }
    }

    pub(crate) fn seal_email(&self, email: &EmailAddress) -> Sealed {
        self.seal(Part::Email, email.as_str())
    }

    pub(crate) fn seal_name(&self, name: &DisplayName) -> Sealed {
        self.seal(Part::DisplayName, name.as_str())
    }

    pub(crate) fn email(&self, sealed: &Sealed) -> Result<EmailAddress> {
        EmailAddress::new(&self.open(Part::Email, sealed)?).map_err(|_| unreadable())
    }

    pub(crate) fn name(&self, sealed: &Sealed) -> Result<DisplayName> {
        DisplayName::new(&self.open(Part::DisplayName, sealed)?).map_err(|_| unreadable())
    }

    fn binding(&self, part: Part) -> String {
        format!("{}/{part:?}", self.user)
    }

    fn seal(&self, part: Part, text: &str) -> Sealed {
        let bound = self.binding(part);
        // A nonce made from the text repeats only for the same text of the same person, so that
        // copies are equal and can be compared where they stand.
        let digest = Sha256::new()
            .chain_update(self.nonce_key)
            .chain_update(&bound)
            .chain_update([0])
            .chain_update(text)
            .finalize();
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&digest[..NONCE_LEN]);
        let payload = Payload {
            msg: text.as_bytes(),
            aad: bound.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a name is shorter than the cipher's limit");
        Sealed(BASE64_STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    fn open(&self, part: Part, sealed: &Sealed) -> Result<String> {
        let bytes = BASE64_STANDARD_NO_PAD
            .decode(&sealed.0)
            .map_err(|_| unreadable())?;
        let (nonce, sealed) = bytes
            .split_first_chunk::<NONCE_LEN>()
            .ok_or_else(unreadable)?;
        let bound = self.binding(part);
        let payload = Payload {
            msg: sealed,
            aad: bound.as_bytes(),
        };
        let opened = self
            .cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| unreadable())?;
        String::from_utf8(opened).map_err(|_| unreadable())
    }
}

/// Shows no key.
impl std::fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SubjectKey").field(&self.user).finish()
    }
}

const fn unreadable() -> StorageError {
    StorageError::Corrupt("sealed text")
}

/// The table of keys.
#[derive(Clone, Debug)]
pub(crate) struct SubjectKeys {
    access: Access,
}

impl SubjectKeys {
    /// The keys that belong to the table of `own`: in the table beside it.
    pub(crate) fn beside(own: &Access) -> Self {
        Self {
            access: Access {
                table: format!("{}-keys", own.table),
                trace: None,
                client: own.client.clone(),
            },
        }
    }

    /// The same change, with a new person's key in it.
    pub(crate) fn keep(&self, change: Transaction, key: &KeyItem) -> Result<Transaction> {
        change.create(&self.access, key, StorageError::AlreadyExists)
    }

    /// A person's key; `None` once it was destroyed.
    pub(crate) async fn of(&self, user: UserId) -> Result<Option<SubjectKey>> {
        let found: Option<KeyItem> = self.access.get(&Key::subject(user)).await?;
        found.map(|item| item.open()).transpose()
    }

    /// The key of somebody who must have one.
    pub(crate) async fn of_present(&self, user: UserId) -> Result<SubjectKey> {
        self.of(user).await?.ok_or(StorageError::NotFound)
    }

    /// The keys of many; those that were destroyed are left out.
    pub(crate) async fn of_all(
        &self,
        users: impl IntoIterator<Item = UserId>,
    ) -> Result<HashMap<UserId, SubjectKey>> {
        let mut wanted: Vec<UserId> = users.into_iter().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = HashMap::new();
        for some in wanted.chunks(AT_ONCE) {
            let keys = some.iter().map(|user| Key::subject(*user).attributes());
            let mut asked = Some(
                KeysAndAttributes::builder()
                    .set_keys(Some(keys.collect()))
                    .consistent_read(true)
                    .build()
                    .map_err(|_| StorageError::Corrupt(KeyItem::KIND))?,
            );
            while let Some(request) = asked.take() {
                let answer = self
                    .access
                    .client
                    .batch_get_item()
                    .request_items(&self.access.table, request)
                    .send()
                    .await?;
                let items = answer.responses.unwrap_or_default().into_values().flatten();
                for item in items {
                    let item = KeyItem::from_item(item)?;
                    found.insert(item.user, item.open()?);
                }
                asked = answer
                    .unprocessed_keys
                    .and_then(|mut left| left.remove(&self.access.table));
            }
        }
        Ok(found)
    }

    /// Destroys a person's key. From now on nobody can read their name and address anywhere.
    pub(crate) async fn destroy(&self, user: UserId) -> Result<()> {
        self.access.delete(&Key::subject(user)).await
    }
}

/// What is shown of somebody whose key was destroyed.
pub(crate) fn nobody() -> (DisplayName, EmailAddress) {
    (
        DisplayName::new("削除されたユーザー (deleted user)").expect("a line"),
        EmailAddress::new("deleted@deleted.invalid").expect("an address"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(user: u8, secret: u8) -> SubjectKey {
        SubjectKey::new(UserId::from_random([user; 16]), &[secret; 32])
    }

    #[test]
    fn a_sealed_name_shows_nothing_and_opens_for_its_person_only() {
        let name = DisplayName::new("Aiko").expect("a line");
        let sealed = key(1, 1).seal_name(&name);
        assert_eq!(key(1, 1).name(&sealed), Ok(name.clone()));
        assert_eq!(key(1, 1).seal_name(&name), sealed);
        for other in [key(2, 1), key(1, 2)] {
            assert_eq!(other.name(&sealed), Err(unreadable()));
            assert_ne!(other.seal_name(&name), sealed);
        }
        assert_eq!(key(1, 1).email(&sealed), Err(unreadable()), "another part");
        assert_eq!(
            key(1, 1).name(&Sealed("AAAA".to_owned())),
            Err(unreadable())
        );
    }

    #[test]
    fn a_key_never_shows_itself_and_what_is_shown_of_nobody_is_well_formed() {
        assert!(!format!("{:?}", key(1, 0x41)).contains("AAAA"));
        assert!(nobody().1.as_str().ends_with(".invalid"));
    }
}

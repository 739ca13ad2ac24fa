//! Devices that somebody has signed in on.
//!
//! Each has a random secret in a cookie of its own, which outlives sessions. It opens nothing: it
//! only keeps what others do to an account from locking its owner out, and tells a new device
//! from a known one.

use aws_sdk_dynamodb::types::AttributeValue;
use koeba_domain::{DeviceName, MailIntent, Moment, UserId};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Stored, millis, moment};
use crate::keys::{Key, PK};
use crate::transaction::Transaction;
use crate::{Directory, Result, StorageError};

/// How long a device stays known after its last sign-in.
const KNOWN_FOR: Duration = Duration::days(400);

#[derive(Serialize, Deserialize)]
struct DeviceItem {
    #[serde(flatten)]
    key: Key,
    device: DeviceName,
    #[serde(with = "millis")]
    first_sign_in_at: Moment,
    #[serde(with = "millis")]
    last_sign_in_at: Moment,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for DeviceItem {
    const KIND: &'static str = "device";
}

impl Directory {
    /// Whether a user has signed in on the device whose secret has this hash. Without a user, as
    /// for an address that has no account, it costs the same and is `false`.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn knows_device(
        &self,
        user: Option<UserId>,
        secret_hash: &str,
        now: Moment,
    ) -> Result<bool> {
        let nobody = UserId::from_random([0; 16]);
        let key = Key::device(user.unwrap_or(nobody), secret_hash);
        let found: Option<DeviceItem> = self.own().get(&key).await?;
        Ok(user.is_some() && found.is_some_and(|device| now.unix_timestamp() < device.expires_at))
    }

    /// Notes that a user signed in on a device; answers whether it was for the first time. Then
    /// `notice` is owed, in the same transaction.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn remember_device(
        &self,
        user: UserId,
        secret_hash: &str,
        name: &DeviceName,
        notice: Option<&MailIntent>,
        now: Moment,
    ) -> Result<bool> {
        if self.sign_in_on_known_device(user, secret_hash, now).await? {
            return Ok(false);
        }
        let own = &self.own();
        let item = DeviceItem {
            key: Key::device(user, secret_hash),
            device: name.clone(),
            first_sign_in_at: now,
            last_sign_in_at: now,
            expires_at: (now + KNOWN_FOR).unix_timestamp(),
        };
        let mut change = Transaction::default().create(own, &item, StorageError::AlreadyExists)?;
        if let Some(notice) = notice {
            change = change.owe(own, notice, now)?;
        }
        match change.commit(own).await {
            Ok(()) => Ok(true),
            // Of two sign-ins at one moment the other was first, and owes the notice.
            Err(StorageError::AlreadyExists) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn sign_in_on_known_device(
        &self,
        user: UserId,
        secret_hash: &str,
        now: Moment,
    ) -> Result<bool> {
        let own = &self.own();
        let expires_at = (now + KNOWN_FOR).unix_timestamp();
        let noted = own
            .client
            .update_item()
            .table_name(&own.table)
            .set_key(Some(Key::device(user, secret_hash).attributes()))
            .update_expression("SET last_sign_in_at = :now, expires_at = :end")
            .condition_expression("attribute_exists(#pk)")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":now", moment(now))
            .expression_attribute_values(":end", AttributeValue::N(expires_at.to_string()))
            .send()
            .await;
        match noted.map_err(StorageError::from) {
            Ok(_) => Ok(true),
            Err(StorageError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

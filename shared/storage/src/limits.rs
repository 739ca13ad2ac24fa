//! Counting what is limited. A count is kept under a keyed hash of whom it is for, in one small
//! item for each window, and forgets itself.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use koeba_domain::{Bucket, Moment};
use sha2::Sha256;
use time::Duration;

use crate::keys::{Key, PK};
use crate::{Directory, Result, StorageError};

/// How long a count outlives its window, so that giving back finds it.
const KEPT_AFTER: Duration = Duration::hours(1);

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// It was counted and is allowed.
    Allowed,
    /// It was not counted: the window is used up.
    UsedUp {
        /// When the next window begins.
        until: Moment,
    },
}

/// Hashes whom a limit is for.
///
/// Keyed, because addresses and networks are few enough to be guessed from a plain hash.
#[derive(Clone)]
pub(crate) struct LimitHash(Hmac<Sha256>);

impl LimitHash {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        // Not the key itself, which seals cursors.
        let mut derived = Hmac::<Sha256>::new_from_slice(key).expect("any key is long enough");
        derived.update(b"koeba limits");
        let derived = derived.finalize().into_bytes();
        Self(Hmac::new_from_slice(&derived).expect("any key is long enough"))
    }

    fn of(&self, bucket: &Bucket) -> String {
        let mut hash = self.0.clone();
        hash.update(bucket.limit().name().as_bytes());
        hash.update(b"\0");
        hash.update(bucket.whom().as_bytes());
        HEXLOWER.encode(&hash.finalize().into_bytes())
    }
}

impl Directory {
    /// Counts `amount` more in a bucket if its window has room for that, in one write.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn count(&self, bucket: &Bucket, amount: u32, now: Moment) -> Result<Counted> {
        let allowance = bucket.limit().allowance();
        let (window, ends_at) = allowance.window_at(now);
        let used_up = Counted::UsedUp { until: ends_at };
        let Some(room) = allowance.room_for(amount) else {
            return Ok(used_up);
        };
        let own = &self.own();
        let counted = own
            .client
            .update_item()
            .table_name(&own.table)
            .set_key(Some(self.limit_key(bucket, window).attributes()))
            .update_expression("SET expires_at = :end ADD used :amount")
            .condition_expression("attribute_not_exists(used) OR used <= :room")
            .expression_attribute_values(":amount", number(&amount))
            .expression_attribute_values(":room", number(&room))
            .expression_attribute_values(":end", number(&(ends_at + KEPT_AFTER).unix_timestamp()))
            .send()
            .await;
        match counted {
            Ok(_) => Ok(Counted::Allowed),
            Err(error) if is_used_up(&error) => Ok(used_up),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives back one that was counted at `then`, because it turned out to be none of those that
    /// are limited.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn uncount(&self, bucket: &Bucket, then: Moment) -> Result<()> {
        let (window, _) = bucket.limit().allowance().window_at(then);
        let own = &self.own();
        let given_back = own
            .client
            .update_item()
            .table_name(&own.table)
            .set_key(Some(self.limit_key(bucket, window).attributes()))
            .update_expression("ADD used :less")
            .condition_expression("attribute_exists(#pk) AND used > :none")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":less", AttributeValue::N("-1".to_owned()))
            .expression_attribute_values(":none", number(&0))
            .send()
            .await;
        match given_back.map_err(StorageError::from) {
            Ok(_) | Err(StorageError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn limit_key(&self, bucket: &Bucket, window: i64) -> Key {
        let hash = self.table.limit_hash().of(bucket);
        Key::limit(bucket.limit().name(), &hash, window)
    }
}

fn number(value: &impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn is_used_up<R>(error: &aws_sdk_dynamodb::error::SdkError<UpdateItemError, R>) -> bool {
    error
        .as_service_error()
        .is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

#[cfg(test)]
mod tests {
    use super::*;
    use koeba_domain::{EmailAddress, Limit};

    #[test]
    fn a_count_names_neither_the_address_nor_anything_that_could_be_guessed() {
        let email = EmailAddress::new("aiko@example.test").expect("an address");
        let bucket = Bucket::of_address(Limit::MailToAddress, &email);
        let hash = |key: u8| LimitHash::new(&[key; 32]).of(&bucket);
        assert_eq!(hash(1), hash(1));
        assert_ne!(hash(1), hash(2));
        let other = Bucket::of_address(Limit::SignInsToAccount, &email);
        assert_ne!(hash(1), LimitHash::new(&[1; 32]).of(&other));
    }
}

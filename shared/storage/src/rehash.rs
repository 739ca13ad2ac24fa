//! A password's hash made anew, when hashing has become dearer.

use aws_sdk_dynamodb::types::AttributeValue;
use koeba_domain::UserId;

use crate::keys::Key;
use crate::{Directory, Result, StorageError};

impl Directory {
    /// Puts another hash of the same password in the place of `old`. If the password was changed
    /// meanwhile, it stays as it was changed.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn rehash_password(&self, user: UserId, old: &str, new: &str) -> Result<()> {
        let own = &self.own();
        let replaced = own
            .client
            .update_item()
            .table_name(&own.table)
            .set_key(Some(Key::user(user).attributes()))
            .update_expression("SET password_hash = :new")
            .condition_expression("password_hash = :old")
            .expression_attribute_values(":new", AttributeValue::S(new.to_owned()))
            .expression_attribute_values(":old", AttributeValue::S(old.to_owned()))
            .send()
            .await;
        match replaced.map_err(StorageError::from) {
            Ok(_) | Err(StorageError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

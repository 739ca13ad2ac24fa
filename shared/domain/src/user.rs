//! Somebody who signs in.

use serde::{Deserialize, Serialize};

use crate::{DisplayName, EmailAddress, Moment, UserId};

/// The language that mails and pages use with a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// 日本語.
    #[default]
    Ja,
    /// English.
    En,
}

/// A person with an account. The password's hash is not part of it: only sign-in reads that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Where mail reaches them; verified before the user exists.
    pub email: EmailAddress,
    /// What others see.
    pub display_name: DisplayName,
    /// Their language.
    pub locale: Locale,
    /// When the account was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: Moment,
}

//! A sign-up that waits for the token sent to its address.

use std::fmt;

use time::Duration;

use crate::{DisplayName, EmailAddress, Locale, Moment, SignUpId};

/// How long an e-mail token lasts (check sheet row 10: ten minutes at most).
pub const SIGN_UP_LIFETIME: Duration = Duration::minutes(10);
/// How many wrong tokens a sign-up survives.
pub const SIGN_UP_TRIES: u8 = 5;

/// What somebody asked for before their address was verified.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SignUp {
    /// Which sign-up.
    pub id: SignUpId,
    /// The address that the token went to.
    pub email: EmailAddress,
    /// What others will see.
    pub display_name: DisplayName,
    /// Their language.
    pub locale: Locale,
    /// The Argon2id hash of the chosen password, as a PHC string.
    pub password_hash: String,
    /// SHA-256 of the token, in hexadecimal.
    pub token_hash: String,
    /// Wrong tokens so far.
    pub tries: u8,
    /// When the token stops working.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub expires_at: Moment,
}

/// Why a token does not complete a sign-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignUpError {
    /// Past [`SIGN_UP_LIFETIME`].
    #[error("the token has expired")]
    Expired,
    /// [`SIGN_UP_TRIES`] wrong tokens were given.
    #[error("too many wrong tokens")]
    TooManyTries,
    /// Another token than the one that was sent.
    #[error("the token is wrong")]
    WrongToken,
}

impl SignUp {
    /// Decides whether a token, compared in constant time by the caller, completes this sign-up.
    ///
    /// # Errors
    /// [`SignUpError`]; on [`SignUpError::WrongToken`] the caller counts the try.
    pub fn check(&self, token_matches: bool, now: Moment) -> Result<(), SignUpError> {
        if now >= self.expires_at {
            Err(SignUpError::Expired)
        } else if self.tries >= SIGN_UP_TRIES {
            Err(SignUpError::TooManyTries)
        } else if !token_matches {
            Err(SignUpError::WrongToken)
        } else {
            Ok(())
        }
    }
}

/// Shows no address and no hash.
impl fmt::Debug for SignUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignUp")
            .field("id", &self.id)
            .field("tries", &self.tries)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: Moment = datetime!(2026-04-01 09:00 UTC);

    fn sign_up() -> SignUp {
        SignUp {
            id: SignUpId::from_random([1; 16]),
            email: EmailAddress::new("aiko@example.test").expect("an address"),
            display_name: DisplayName::new("愛子").expect("a line"),
            locale: Locale::Ja,
            password_hash: String::new(),
            token_hash: String::new(),
            tries: 0,
            expires_at: NOW + SIGN_UP_LIFETIME,
        }
    }

    #[test]
    fn the_right_token_works_until_it_expires() {
        let sign_up = sign_up();
        assert_eq!(sign_up.check(true, NOW), Ok(()));
        assert_eq!(
            sign_up.check(true, NOW + SIGN_UP_LIFETIME),
            Err(SignUpError::Expired)
        );
    }

    #[test]
    fn after_five_wrong_tokens_even_the_right_one_is_refused() {
        let spent = SignUp {
            tries: SIGN_UP_TRIES,
            ..sign_up()
        };
        assert_eq!(sign_up().check(false, NOW), Err(SignUpError::WrongToken));
        assert_eq!(spent.check(true, NOW), Err(SignUpError::TooManyTries));
    }
}

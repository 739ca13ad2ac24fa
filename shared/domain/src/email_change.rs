//! A change of address that waits for the token sent to the new one.

use std::fmt;

use time::Duration;

use crate::{EmailAddress, EmailChangeId, Moment, UserId};

/// How long the token lasts (check sheet row 10: ten minutes at most).
pub const EMAIL_CHANGE_LIFETIME: Duration = Duration::minutes(10);
/// How many wrong tokens a change survives.
pub const EMAIL_CHANGE_TRIES: u8 = 5;

/// The wish of somebody signed in to be reached elsewhere.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailChange {
    /// Which.
    pub id: EmailChangeId,
    /// Whose.
    pub user: UserId,
    /// Where the token went.
    pub to: EmailAddress,
    /// SHA-256 of the token, in hexadecimal.
    pub token_hash: String,
    /// Wrong tokens so far.
    pub tries: u8,
    /// When the token stops working.
    pub expires_at: Moment,
}

/// Why a token does not complete a change of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailChangeError {
    /// Past [`EMAIL_CHANGE_LIFETIME`].
    #[error("the token has expired")]
    Expired,
    /// [`EMAIL_CHANGE_TRIES`] wrong tokens were given.
    #[error("too many wrong tokens")]
    TooManyTries,
    /// Another token than the one that was sent.
    #[error("the token is wrong")]
    WrongToken,
}

impl EmailChange {
    /// Decides whether a token, compared in constant time by the caller, completes this change.
    ///
    /// # Errors
    /// [`EmailChangeError`] says why not.
    pub fn check(&self, token_matches: bool, now: Moment) -> Result<(), EmailChangeError> {
        if now >= self.expires_at {
            Err(EmailChangeError::Expired)
        } else if self.tries >= EMAIL_CHANGE_TRIES {
            Err(EmailChangeError::TooManyTries)
        } else if !token_matches {
            Err(EmailChangeError::WrongToken)
        } else {
            Ok(())
        }
    }
}

/// Shows no address and no hash.
impl fmt::Debug for EmailChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailChange")
            .field("id", &self.id)
            .field("user", &self.user)
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

    fn change(tries: u8) -> EmailChange {
        EmailChange {
            id: EmailChangeId::from_random([1; 16]),
            user: UserId::from_random([2; 16]),
            to: EmailAddress::new("aiko@example.test").expect("an address"),
            token_hash: "hash".to_owned(),
            tries,
            expires_at: NOW + EMAIL_CHANGE_LIFETIME,
        }
    }

    #[test]
    fn the_right_token_works_until_it_expires_or_five_wrong_ones_were_given() {
        let too_late = NOW + EMAIL_CHANGE_LIFETIME;
        assert_eq!(change(4).check(true, NOW), Ok(()));
        assert_eq!(
            change(0).check(true, too_late),
            Err(EmailChangeError::Expired)
        );
        assert_eq!(
            change(EMAIL_CHANGE_TRIES).check(true, NOW),
            Err(EmailChangeError::TooManyTries)
        );
        assert_eq!(
            change(0).check(false, NOW),
            Err(EmailChangeError::WrongToken)
        );
    }

    #[test]
    fn debug_output_shows_neither_the_address_nor_the_hash() {
        let shown = format!("{:?}", change(0));
        assert!(!shown.contains("aiko") && !shown.contains("hash"));
    }
}

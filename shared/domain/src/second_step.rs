//! The second step of signing in: what somebody has set up, and an attempt with a mailed token.

use time::Duration;

use crate::{Moment, PasskeyId, Role, SecondStepMethod};

/// How long a mailed token, a pending set-up or a passkey's challenge lasts (check sheet row 10).
pub const SECOND_STEP_LIFETIME: Duration = Duration::minutes(10);
/// How many wrong tokens an attempt survives.
pub const SECOND_STEP_TRIES: u8 = 5;
/// How many recovery codes are made at a time.
pub const RECOVERY_CODES: usize = 10;
/// How many passkeys an account may have.
pub const MAX_PASSKEYS: usize = 10;

/// What an account has set up, without its secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondSteps {
    /// Since when tokens by mail are a second step.
    pub email_token: Option<Moment>,
    /// Since when there is an authenticator app.
    pub totp: Option<Moment>,
    /// The passkeys.
    pub passkeys: Vec<PasskeyFacts>,
    /// How many recovery codes are left.
    pub recovery_codes: usize,
}

/// What is known of a passkey by its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyFacts {
    /// Which.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: crate::Line<64>,
    /// When it was set up.
    pub created_at: Moment,
    /// When it was last used.
    pub last_used_at: Option<Moment>,
}

/// The last second step of somebody who must have one cannot be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a second step is needed")]
pub struct StillNeeded;

impl SecondSteps {
    /// What can be used to sign in. Recovery codes stand in for another method, so they are none
    /// by themselves.
    #[must_use]
    pub fn methods(&self) -> Vec<SecondStepMethod> {
        let mut methods = Vec::new();
        if self.email_token.is_some() {
            methods.push(SecondStepMethod::EmailToken);
        }
        if self.totp.is_some() {
            methods.push(SecondStepMethod::Totp);
        }
        if !self.passkeys.is_empty() {
            methods.push(SecondStepMethod::Passkey);
        }
        if !methods.is_empty() && self.recovery_codes > 0 {
            methods.push(SecondStepMethod::RecoveryCode);
        }
        methods
    }

    /// Whether anything is set up.
    #[must_use]
    pub fn any(&self) -> bool {
        !self.methods().is_empty()
    }

    /// Decides whether somebody with `roles`, in whatever workspaces, may remove one of `method`.
    ///
    /// # Errors
    /// [`StillNeeded`] when it is the last one of somebody who runs a workspace.
    pub fn may_remove(
        &self,
        method: SecondStepMethod,
        roles: impl IntoIterator<Item = Role>,
    ) -> Result<(), StillNeeded> {
        let left = usize::from(self.email_token.is_some())
            + usize::from(self.totp.is_some())
            + self.passkeys.len();
        let counts = method != SecondStepMethod::RecoveryCode;
        if counts && left <= 1 && roles.into_iter().any(Role::runs_the_workspace) {
            Err(StillNeeded)
        } else {
            Ok(())
        }
    }
}

/// What a mailed token is for. One for signing in sets nothing up, and the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenPurpose {
    /// Going on with signing in.
    SignIn,
    /// Making tokens by mail a second step.
    SetUp,
}

/// A token that was mailed for one session, as it stood before the present try.
#[derive(Clone, PartialEq, Eq)]
pub struct MailedToken {
    /// What it is for.
    pub purpose: TokenPurpose,
    /// SHA-256 of the token, in hexadecimal.
    pub token_hash: String,
    /// Wrong tokens so far.
    pub tries: u8,
    /// When it stops working.
    pub expires_at: Moment,
}

/// Why a token is no second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailedTokenError {
    /// Past [`SECOND_STEP_LIFETIME`].
    #[error("the token has expired")]
    Expired,
    /// [`SECOND_STEP_TRIES`] wrong tokens were given.
    #[error("too many wrong tokens")]
    TooManyTries,
    /// Another token than the one that was sent, or one for something else.
    #[error("the token is wrong")]
    WrongToken,
}

impl MailedToken {
    /// Decides whether a token, compared in constant time by the caller, is the one that was sent
    /// for `purpose`.
    ///
    /// # Errors
    /// [`MailedTokenError`] says why not.
    pub fn check(
        &self,
        purpose: TokenPurpose,
        token_matches: bool,
        now: Moment,
    ) -> Result<(), MailedTokenError> {
        if now >= self.expires_at {
            Err(MailedTokenError::Expired)
        } else if self.tries >= SECOND_STEP_TRIES {
            Err(MailedTokenError::TooManyTries)
        } else if self.purpose != purpose || !token_matches {
            Err(MailedTokenError::WrongToken)
        } else {
            Ok(())
        }
    }
}

/// Shows no hash.
impl std::fmt::Debug for MailedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailedToken")
            .field("purpose", &self.purpose)
            .field("tries", &self.tries)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: Moment = datetime!(2026-04-01 09:00 UTC);

    #[test]
    fn recovery_codes_alone_are_no_second_step() {
        let codes = SecondSteps {
            recovery_codes: RECOVERY_CODES,
            ..SecondSteps::default()
        };
        assert!(!codes.any());
        let with_app = SecondSteps {
            totp: Some(NOW),
            ..codes
        };
        assert_eq!(
            with_app.methods(),
            [SecondStepMethod::Totp, SecondStepMethod::RecoveryCode]
        );
    }

    #[test]
    fn a_manager_keeps_one_second_step_and_a_member_need_not() {
        let one = SecondSteps {
            totp: Some(NOW),
            ..SecondSteps::default()
        };
        let totp = SecondStepMethod::Totp;
        assert_eq!(
            one.may_remove(totp, [Role::Guest, Role::Manager]),
            Err(StillNeeded)
        );
        assert_eq!(one.may_remove(totp, [Role::Member]), Ok(()));
        let two = SecondSteps {
            email_token: Some(NOW),
            ..one
        };
        assert_eq!(two.may_remove(totp, [Role::Owner]), Ok(()));
    }

    #[test]
    fn a_token_is_good_for_what_it_was_sent_for() {
        let sent = MailedToken {
            purpose: TokenPurpose::SetUp,
            token_hash: String::new(),
            tries: 0,
            expires_at: NOW + SECOND_STEP_LIFETIME,
        };
        let check = |purpose, matches, at| sent.check(purpose, matches, at);
        assert_eq!(check(TokenPurpose::SetUp, true, NOW), Ok(()));
        assert_eq!(
            check(TokenPurpose::SignIn, true, NOW),
            Err(MailedTokenError::WrongToken)
        );
        assert_eq!(
            check(TokenPurpose::SetUp, true, NOW + SECOND_STEP_LIFETIME),
            Err(MailedTokenError::Expired)
        );
        let spent = MailedToken {
            tries: SECOND_STEP_TRIES,
            ..sent
        };
        assert_eq!(
            spent.check(TokenPurpose::SetUp, true, NOW),
            Err(MailedTokenError::TooManyTries)
        );
    }
}

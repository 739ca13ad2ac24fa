//! Tokens by mail: eight digits, for one session, for ten minutes, for five tries.

use koeba_domain::{
    Mail, MailIntent, MailedToken, MailedTokenError, Moment, SECOND_STEP_LIFETIME, TokenPurpose,
};
use koeba_edge::digest::{same, sha256_hex};
use koeba_edge::{AnySession, Problem, Slug};

use crate::state::Accounts;
use crate::typed_token::as_sent;

/// Digits of a token.
const DIGITS: u32 = 8;

/// Mails a token for this session; it takes the place of one that was mailed before.
pub(crate) async fn mail_token(
    accounts: &Accounts,
    session: &AnySession,
    purpose: TokenPurpose,
) -> Result<Moment, Problem> {
    let context = &accounts.context;
    context
        .limits_anywhere()
        .mail_to_owner(session.user)
        .await?;
    let directory = accounts.directory(session.trace);
    let user = directory
        .user(session.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let token = context.entropy.digits(DIGITS);
    let expires_at = context.clock.now() + SECOND_STEP_LIFETIME;
    let kept = MailedToken {
        purpose,
        token_hash: sha256_hex(&token),
        tries: 0,
        expires_at,
    };
    let mail = MailIntent {
        id: context.entropy.id(),
        to: user.email,
        locale: user.locale,
        mail: Mail::SecondStepToken { token },
    };
    directory
        .mail_token(session.user, session.session.id, &kept, &mail)
        .await?;
    Ok(expires_at)
}

/// Checks a token for this session and gives its hash, by which it is used up.
pub(super) async fn check(
    accounts: &Accounts,
    session: &AnySession,
    purpose: TokenPurpose,
    typed: &str,
) -> Result<String, Problem> {
    let directory = accounts.directory(session.trace);
    let kept = directory
        .spend_token_try(session.user, session.session.id)
        .await?
        .ok_or(Slug::TokenUsed)?;
    let matches = same(&kept.token_hash, &sha256_hex(&as_sent(typed)));
    kept.check(purpose, matches, accounts.context.clock.now())
        .map_err(|error| match error {
            MailedTokenError::Expired => Slug::TokenExpired,
            MailedTokenError::TooManyTries => Slug::TooManyTries,
            MailedTokenError::WrongToken => Slug::TokenWrong,
        })?;
    Ok(kept.token_hash)
}

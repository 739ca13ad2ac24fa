//! Makes the account that a sign-up asked for, once its token is shown.

use koeba_domain::{Session, SignUpError, SignUpId, User};
use koeba_edge::digest::{same, sha256_hex};
use koeba_edge::{Problem, Slug, new_session_secret};
use koeba_storage::{StorageError, StoredSignUp};
use unicode_normalization::UnicodeNormalization as _;

use crate::sign_in::Entered;
use crate::state::Accounts;

pub(crate) async fn confirm(
    accounts: &Accounts,
    id: SignUpId,
    token: &str,
) -> Result<Entered, Problem> {
    let context = &accounts.context;
    let directory = context.table.directory();
    // The try is counted before the token is looked at, so that parallel guesses are counted too.
    let sign_up = match directory.spend_sign_up_try(id).await? {
        None => return Err(Slug::SignUpNotFound.into()),
        Some(StoredSignUp::Used) => return Err(Slug::TokenUsed.into()),
        Some(StoredSignUp::Waiting(sign_up)) => *sign_up,
    };
    let now = context.clock.now();
    let matches = same(&sign_up.token_hash, &sha256_hex(&as_sent(token)));
    sign_up.check(matches, now).map_err(|error| match error {
        SignUpError::Expired => Slug::TokenExpired,
        SignUpError::TooManyTries => Slug::TooManyTries,
        SignUpError::WrongToken => Slug::TokenWrong,
    })?;
    let user = User {
        id: context.entropy.id(),
        email: sign_up.email.clone(),
        display_name: sign_up.display_name.clone(),
        locale: sign_up.locale,
        created_at: now,
    };
    let session = Session {
        user: user.id,
        created_at: now,
        last_used_at: now,
    };
    let secret = new_session_secret(&context.entropy);
    directory
        .complete_sign_up(&sign_up, &user, &sha256_hex(secret.expose()), &session)
        .await
        .map_err(|error| match error {
            StorageError::AlreadyExists => Slug::AddressTaken.into(),
            StorageError::Conflict => Slug::TokenUsed.into(),
            other => Problem::from(other),
        })?;
    Ok(Entered { user, secret })
}

/// A token as typed, in the form in which it was sent: full-width digits and spaces between them
/// are how keyboards and mail programs change it.
fn as_sent(typed: &str) -> String {
    typed
        .nfkc()
        .filter(|letter| !letter.is_whitespace())
        .collect()
}

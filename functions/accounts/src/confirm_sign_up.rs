//! Makes the account that a sign-up asked for, once its token is shown.

use http::HeaderMap;
use koeba_domain::{
    SecondStepMethod, SecondSteps, Session, SessionLimits, SessionStage, SignUpError, SignUpId,
    Trace, User,
};
use koeba_edge::digest::{same, sha256_hex};
use koeba_edge::{Device, Problem, Slug};
use koeba_storage::{StorageError, StoredSignUp};

use crate::entering::{self, Entered};
use crate::state::Accounts;
use crate::typed_token::as_sent;

pub(crate) async fn confirm(
    accounts: &Accounts,
    id: SignUpId,
    token: &str,
    headers: &HeaderMap,
    trace: Trace,
) -> Result<Entered, Problem> {
    let context = &accounts.context;
    let directory = accounts.directory(trace);
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
    // Password and mailbox were both proven just now.
    let (session, secret, name) = entering::begin(
        context,
        user.id,
        headers,
        SessionStage::Full,
        SessionLimits::DEFAULT,
        trace,
    );
    let session = Session {
        proof: Some(SecondStepMethod::EmailToken),
        ..session
    };
    directory
        .complete_sign_up(&sign_up, &user, &name, &session)
        .await
        .map_err(|error| match error {
            StorageError::AlreadyExists => Slug::AddressTaken.into(),
            StorageError::Conflict => Slug::TokenUsed.into(),
            other => Problem::from(other),
        })?;
    let entered = Entered {
        user,
        secret,
        session,
        steps: SecondSteps::default(),
        device: None,
    };
    entering::on_device(accounts, entered, &Device::of(headers), false).await
}

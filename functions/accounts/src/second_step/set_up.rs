//! Sets second steps up, and takes them away.

use koeba_domain::{
    Notice, Role, SECOND_STEP_LIFETIME, SecondStepMethod, SessionStage, TokenPurpose,
};
use koeba_edge::{AnySession, Problem, Slug};
use koeba_storage::{Pending, StepChange, StepName, StorageError};

use super::{email_token, recovery, totp};
use crate::entering::{self, Entered};
use crate::state::Accounts;
use crate::typed_token::as_sent;

/// Makes tokens by mail a second step, once one was shown.
pub(crate) async fn add_email_token(
    accounts: &Accounts,
    session: &AnySession,
    code: &str,
) -> Result<Entered, Problem> {
    let token_hash = email_token::check(accounts, session, TokenPurpose::SetUp, code).await?;
    let change = StepChange::AddEmailToken {
        session: session.session.id,
        token_hash,
        at: accounts.context.clock.now(),
    };
    add(accounts, session, SecondStepMethod::EmailToken, change).await
}

/// Draws the secret for an authenticator app: its letters, and all of it as a URI.
pub(crate) async fn begin_totp(
    accounts: &Accounts,
    session: &AnySession,
) -> Result<(String, String), Problem> {
    let context = &accounts.context;
    let directory = accounts.directory(session.trace);
    let user = directory
        .user(session.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let secret = context.entropy.bytes::<{ totp::SECRET_BYTES }>();
    let key = &context.settings.account_key;
    let sealed = totp::seal(key, session.user, &secret, context.entropy.bytes());
    let until = context.clock.now() + SECOND_STEP_LIFETIME;
    directory
        .keep_pending(session.user, Pending::Totp, sealed, until)
        .await?;
    totp::invitation(&secret, &user.email)
}

/// Makes the authenticator app a second step, once it has shown a code; gives the recovery codes
/// that go with it.
pub(crate) async fn add_totp(
    accounts: &Accounts,
    session: &AnySession,
    code: &str,
) -> Result<(Vec<String>, Entered), Problem> {
    let context = &accounts.context;
    let now = context.clock.now();
    let directory = accounts.directory(session.trace);
    let sealed = directory
        .pending(session.user, Pending::Totp, now)
        .await?
        .ok_or(Slug::TokenExpired)?;
    let secret = totp::open(&context.settings.account_key, session.user, &sealed)?;
    let step = totp::step(&secret, &as_sent(code), now)?.ok_or(Slug::TokenWrong)?;
    let (codes, recovery_codes) = recovery::draw(&context.entropy);
    let change = StepChange::AddTotp {
        secret: sealed,
        step,
        recovery_codes,
        at: now,
    };
    let entered = add(accounts, session, SecondStepMethod::Totp, change).await?;
    Ok((codes, entered))
}

/// Makes new recovery codes; the old ones are worth nothing from then on.
pub(crate) async fn new_recovery_codes(
    accounts: &Accounts,
    signed_in: &AnySession,
) -> Result<Vec<String>, Problem> {
    let (codes, hashes) = recovery::draw(&accounts.context.entropy);
    let at = accounts.context.clock.now();
    let change = StepChange::NewRecoveryCodes { hashes, at };
    told(accounts, signed_in, change, Notice::RecoveryCodesMade).await?;
    Ok(codes)
}

/// Writes a method down. It was proven just now, so a session that waited for it goes all the
/// way, and any session gets a new secret.
pub(super) async fn add(
    accounts: &Accounts,
    session: &AnySession,
    method: SecondStepMethod,
    change: StepChange,
) -> Result<Entered, Problem> {
    let context = &accounts.context;
    let directory = accounts.directory(session.trace);
    let user = directory
        .user(session.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let notice = accounts.notice(&user, Notice::SecondStepAdded { method });
    let now = context.clock.now();
    let completed = session.session.completed(method, now);
    let (secret, name) = entering::new_secret(&context.entropy, session.user);
    let old = session.name();
    directory
        .change_second_steps(
            session.user,
            change,
            Some(entering::renewal(&old, &name, &completed)),
            Some((&notice, now)),
        )
        .await
        .map_err(|error| match error {
            StorageError::Conflict => Slug::TokenUsed.into(),
            other => Problem::from(other),
        })?;
    entering::entered(&directory, completed, secret).await
}

/// Takes a method away, unless it is the last one of somebody who must have one.
pub(crate) async fn remove(
    accounts: &Accounts,
    signed_in: &AnySession,
    step: StepName,
) -> Result<(), Problem> {
    let directory = accounts.directory(signed_in.trace);
    let steps = directory.second_steps(signed_in.user).await?.facts;
    let roles = directory.workspaces_of(signed_in.user).await?;
    let roles = roles.iter().map(|of_user| of_user.role);
    let all = StepName::all_of(&steps);
    let method = match step {
        StepName::Passkey(_) if !all.contains(&step) => return Err(Slug::NotFound.into()),
        StepName::Passkey(_) => SecondStepMethod::Passkey,
        StepName::EmailToken => SecondStepMethod::EmailToken,
        StepName::Totp => SecondStepMethod::Totp,
    };
    steps
        .may_remove(method, roles.clone())
        .map_err(|_| Slug::SecondStepNeeded)?;
    if !all.contains(&step) {
        return Ok(());
    }
    let keeping = roles
        .into_iter()
        .any(Role::runs_the_workspace)
        .then(|| all.into_iter().find(|other| *other != step))
        .flatten();
    let change = StepChange::Remove { step, keeping };
    let notice = Notice::SecondStepRemoved { method };
    told(accounts, signed_in, change, notice).await
}

async fn told(
    accounts: &Accounts,
    signed_in: &AnySession,
    change: StepChange,
    notice: Notice,
) -> Result<(), Problem> {
    let directory = accounts.directory(signed_in.trace);
    let user = directory
        .user(signed_in.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let notice = accounts.notice(&user, notice);
    let now = accounts.context.clock.now();
    directory
        .change_second_steps(signed_in.user, change, None, Some((&notice, now)))
        .await
        .map_err(entering::ended)
}

/// Whether a session may set a method up: one that was sent to do so may while there is none, any
/// other must have proven just now that its owner is there.
pub(crate) async fn may_set_up(accounts: &Accounts, session: &AnySession) -> Result<(), Problem> {
    match session.session.stage {
        SessionStage::Full => session.demand_step_up(accounts.context.clock.now()),
        SessionStage::SecondStepDue => session.demand_full(),
        SessionStage::SetUpDue => {
            let directory = accounts.directory(session.trace);
            let steps = directory.second_steps(session.user).await?.facts;
            // Whoever knew the password before the owner set a method up must not set up theirs
            // beside it.
            if steps.any() {
                return Err(Slug::SecondStepRequired.into());
            }
            Ok(())
        }
    }
}

/// Demands that this session has a second step before it.
pub(crate) fn demand_due(session: &AnySession) -> Result<(), Problem> {
    match session.session.stage {
        SessionStage::Full => Err(Slug::SecondStepNotDue.into()),
        SessionStage::SecondStepDue | SessionStage::SetUpDue => Ok(()),
    }
}

//! Takes the second step: the session goes on, all the way signed in, under another secret.

use koeba_domain::{Notice, SecondStepMethod, TokenPurpose};
use koeba_edge::{AnySession, Device, Problem, Slug};
use koeba_storage::{SecondStepsOnFile, StepChange, StorageError};
use serde_json::Value;

use super::set_up::demand_due;
use super::{email_token, passkey, recovery, totp};
use crate::entering::{self, Entered};
use crate::state::Accounts;
use crate::typed_token::as_sent;

/// What is shown as a second step.
pub(crate) enum Shown {
    /// Digits or letters of a method other than a passkey.
    Code(SecondStepMethod, String),
    /// What a passkey answered.
    Passkey(Value),
}

impl Shown {
    const fn method(&self) -> SecondStepMethod {
        match self {
            Self::Code(method, _) => *method,
            Self::Passkey(_) => SecondStepMethod::Passkey,
        }
    }
}

/// Checks what is shown, within the limits, and completes signing in.
pub(crate) async fn take(
    accounts: &Accounts,
    session: &AnySession,
    device: &Device,
    shown: Shown,
) -> Result<Entered, Problem> {
    demand_due(session)?;
    let context = &accounts.context;
    let known = device.known_to(context, Some(session.user)).await?;
    let spent = context
        .limits_anywhere()
        .second_step(session.user, known.as_ref())
        .await?;
    let entered = complete(accounts, session, shown).await?;
    spent.give_back().await;
    entering::on_device(accounts, entered, device, true).await
}

async fn complete(
    accounts: &Accounts,
    session: &AnySession,
    shown: Shown,
) -> Result<Entered, Problem> {
    let method = shown.method();
    let directory = accounts.directory(session.trace);
    let on_file = directory.second_steps(session.user).await?;
    if !on_file.facts.methods().contains(&method) {
        return Err(Slug::TokenWrong.into());
    }
    let context = &accounts.context;
    let now = context.clock.now();
    let change = match shown {
        Shown::Passkey(credential) => {
            passkey::check(accounts, session, &on_file, credential).await?
        }
        Shown::Code(method, code) => {
            let step = Step {
                accounts,
                session,
                on_file: &on_file,
            };
            step.check(method, &code).await?
        }
    };
    let notice = match method {
        SecondStepMethod::RecoveryCode => {
            let user = directory
                .user(session.user)
                .await?
                .ok_or(Slug::NotSignedIn)?;
            Some(accounts.notice(&user, Notice::RecoveryCodeUsed))
        }
        _ => None,
    };
    let (secret, name) = entering::new_secret(&context.entropy, session.user);
    let completed = session.session.completed(method, now);
    let old = session.name();
    directory
        .change_second_steps(
            session.user,
            change,
            Some(entering::renewal(&old, &name, &completed)),
            notice.as_ref().map(|notice| (notice, now)),
        )
        .await
        .map_err(|error| match error {
            // Used before, or never one of ours.
            StorageError::Conflict => Slug::TokenWrong.into(),
            other => Problem::from(other),
        })?;
    entering::entered(&directory, completed, secret).await
}

struct Step<'a> {
    accounts: &'a Accounts,
    session: &'a AnySession,
    on_file: &'a SecondStepsOnFile,
}

impl Step<'_> {
    /// Checks a code, and gives the use of it to be written down.
    async fn check(&self, method: SecondStepMethod, code: &str) -> Result<StepChange, Problem> {
        let context = &self.accounts.context;
        let session = self.session;
        match method {
            SecondStepMethod::EmailToken => {
                let purpose = TokenPurpose::SignIn;
                Ok(StepChange::UseToken {
                    session: session.session.id,
                    token_hash: email_token::check(self.accounts, session, purpose, code).await?,
                })
            }
            SecondStepMethod::Totp => {
                let sealed = self.on_file.totp_secret.as_deref().unwrap_or_default();
                let secret = totp::open(&context.settings.account_key, session.user, sealed)?;
                let now = context.clock.now();
                let step = totp::step(&secret, &as_sent(code), now)?.ok_or(Slug::TokenWrong)?;
                Ok(StepChange::UseTotp { step })
            }
            SecondStepMethod::RecoveryCode => Ok(StepChange::UseRecoveryCode {
                hash: recovery::hash(code),
            }),
            SecondStepMethod::Passkey => Err(Slug::PasskeyRefused.into()),
        }
    }
}

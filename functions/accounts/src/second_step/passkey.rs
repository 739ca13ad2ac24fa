//! Passkeys (W3C Web Authentication): bound to this site, opened by the person's own gesture.
//!
//! A challenge is kept with the account, never in the browser, for one session, and is answered
//! once. User verification is demanded always, so that a passkey alone is as good as a password
//! for proving that its owner is there.

use koeba_domain::{
    Line, MAX_PASSKEYS, PasskeyFacts, PasskeyId, SECOND_STEP_LIFETIME, SecondStepMethod,
};
use koeba_edge::{AnySession, FieldProblem, Problem, Settings, Slug, Text};
use koeba_storage::{Pending, SecondStepsOnFile, StepChange, StepName};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};

use super::set_up;
use crate::entering::Entered;
use crate::state::Accounts;

/// The relying party: the host that the pages come from.
fn relying_party(settings: &Settings) -> Result<Webauthn, Problem> {
    let origin = Url::parse(&settings.app_origin).map_err(Problem::internal)?;
    let host = origin.host_str().unwrap_or_default();
    WebauthnBuilder::new(host, &origin)
        .map(|builder| builder.rp_name("Koeba"))
        .and_then(WebauthnBuilder::build)
        .map_err(Problem::internal)
}

/// Begins to set a passkey up: what the browser hands to `navigator.credentials.create`.
pub(crate) async fn begin(accounts: &Accounts, session: &AnySession) -> Result<Value, Problem> {
    let directory = accounts.directory(session.trace);
    let user = directory
        .user(session.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let on_file = directory.second_steps(session.user).await?;
    if on_file.credentials.len() >= MAX_PASSKEYS {
        return Err(Slug::LimitReached.into());
    }
    let known = passkeys(&on_file)?
        .into_iter()
        .map(|(_, passkey)| passkey.cred_id().clone())
        .collect();
    let (options, state) = relying_party(&accounts.context.settings)?
        .start_passkey_registration(
            Uuid::from_bytes(session.user.bytes()),
            user.email.as_str(),
            user.display_name.as_str(),
            Some(known),
        )
        .map_err(Problem::internal)?;
    keep(accounts, session, &state).await?;
    shown(&options.public_key)
}

/// Makes a passkey a second step.
pub(crate) async fn add(
    accounts: &Accounts,
    session: &AnySession,
    name: Line<64>,
    credential: Value,
) -> Result<(PasskeyFacts, Entered), Problem> {
    let credential: RegisterPublicKeyCredential = credential_of(credential)?;
    let (kept, state): (_, PasskeyRegistration) = waiting(accounts, session).await?;
    let passkey = relying_party(&accounts.context.settings)?
        .finish_passkey_registration(&credential, &state)
        .map_err(|error| refused(&error))?;
    let facts = PasskeyFacts {
        id: accounts.context.entropy.id(),
        name,
        created_at: accounts.context.clock.now(),
        last_used_at: None,
    };
    let change = StepChange::AddPasskey {
        facts: facts.clone(),
        credential: text(&passkey)?,
        session: session.session.id,
        state: kept,
    };
    let entered = set_up::add(accounts, session, SecondStepMethod::Passkey, change).await?;
    Ok((facts, entered))
}

/// Takes a passkey away.
pub(crate) async fn remove(
    accounts: &Accounts,
    session: &AnySession,
    passkey: PasskeyId,
) -> Result<(), Problem> {
    set_up::remove(accounts, session, StepName::Passkey(passkey)).await
}

/// Asks for one of the account's passkeys: what the browser hands to
/// `navigator.credentials.get`.
pub(crate) async fn challenge(accounts: &Accounts, session: &AnySession) -> Result<Value, Problem> {
    let directory = accounts.directory(session.trace);
    let on_file = directory.second_steps(session.user).await?;
    let known: Vec<Passkey> = passkeys(&on_file)?
        .into_iter()
        .map(|(_, passkey)| passkey)
        .collect();
    if known.is_empty() {
        return Err(Slug::NoPasskey.into());
    }
    let (options, state) = relying_party(&accounts.context.settings)?
        .start_passkey_authentication(&known)
        .map_err(Problem::internal)?;
    keep(accounts, session, &state).await?;
    shown(&options.public_key)
}

/// Checks what a passkey answered, and gives the use of it to be written down.
pub(crate) async fn check(
    accounts: &Accounts,
    session: &AnySession,
    on_file: &SecondStepsOnFile,
    credential: Value,
) -> Result<StepChange, Problem> {
    let credential: PublicKeyCredential = credential_of(credential)?;
    let (kept, state): (_, PasskeyAuthentication) = waiting(accounts, session).await?;
    // A signature counter that went backwards, as of a copied passkey, is refused here as well.
    let result = relying_party(&accounts.context.settings)?
        .finish_passkey_authentication(&credential, &state)
        .map_err(|error| refused(&error))?;
    let (id, mut passkey) = passkeys(on_file)?
        .into_iter()
        .find(|(_, passkey)| passkey.cred_id() == result.cred_id())
        .ok_or(Slug::PasskeyRefused)?;
    passkey.update_credential(&result);
    Ok(StepChange::UsePasskey {
        passkey: id,
        credential: text(&passkey)?,
        session: session.session.id,
        state: kept,
        at: accounts.context.clock.now(),
    })
}

fn passkeys(on_file: &SecondStepsOnFile) -> Result<Vec<(PasskeyId, Passkey)>, Problem> {
    on_file
        .credentials
        .iter()
        .map(|(id, credential)| {
            let passkey = serde_json::from_str(credential).map_err(Problem::internal)?;
            Ok((*id, passkey))
        })
        .collect()
}

async fn keep(
    accounts: &Accounts,
    session: &AnySession,
    state: &impl Serialize,
) -> Result<(), Problem> {
    let until = accounts.context.clock.now() + SECOND_STEP_LIFETIME;
    let pending = Pending::Passkey(session.session.id);
    accounts
        .directory(session.trace)
        .keep_pending(session.user, pending, text(state)?, until)
        .await?;
    Ok(())
}

/// The challenge of this session that waits for its answer: as it was kept, and what it means.
async fn waiting<T: DeserializeOwned>(
    accounts: &Accounts,
    session: &AnySession,
) -> Result<(String, T), Problem> {
    let pending = Pending::Passkey(session.session.id);
    let now = accounts.context.clock.now();
    let state = accounts
        .directory(session.trace)
        .pending(session.user, pending, now)
        .await?
        .ok_or(Slug::TokenExpired)?;
    // A challenge for setting up answers none for signing in, and the other way round.
    let read = serde_json::from_str(&state).map_err(|_| Slug::PasskeyRefused)?;
    Ok((state, read))
}

fn credential_of<T: DeserializeOwned>(credential: Value) -> Result<T, Problem> {
    serde_json::from_value(credential).map_err(|_| {
        let text = Text::fixed(
            "ブラウザーが返した値をそのまま送ってください。",
            "Send what the browser returned, as it is.",
        );
        FieldProblem::new("credential", text).into()
    })
}

fn refused(error: &impl std::fmt::Display) -> Problem {
    tracing::info!(%error, "a passkey was refused");
    Slug::PasskeyRefused.into()
}

fn text(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(Problem::internal)
}

fn shown(options: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(options).map_err(Problem::internal)
}

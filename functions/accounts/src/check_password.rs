//! Checks a password: within the limits, and for as long whether or not there is an account.

use koeba_domain::{EmailAddress, Trace, UserId};
use koeba_edge::{ClientIp, Device, Problem, Slug};
use koeba_storage::Credentials;

use crate::password_rules::typed_password;
use crate::state::Accounts;

/// The account whose address and password these are.
///
/// A wrong password and an unknown address are answered alike and cost the same: as many reads,
/// as many counts, one note for the audit log, one hash.
pub(crate) async fn of_address(
    accounts: &Accounts,
    client: ClientIp,
    trace: Trace,
    device: &Device,
    email: &EmailAddress,
    password: &str,
) -> Result<Credentials, Problem> {
    let context = &accounts.context;
    let known = context.table.directory().credentials(email).await?;
    let user = known.as_ref().map(|known| known.user.id);
    let device = device.known_to(context, user).await?;
    let spent = context
        .limits(client)
        .sign_in(email, device.as_ref())
        .await?;
    match verified(accounts, known, password).await? {
        Some(known) => {
            spent.give_back().await;
            Ok(known)
        }
        None => {
            spent.stays();
            let directory = accounts.directory(trace);
            let now = context.clock.now();
            directory
                .note_refused_sign_in(user, "password", now)
                .await?;
            Err(Slug::CredentialsWrong.into())
        }
    }
}

/// The account of somebody who is signed in and is asked for their password again.
pub(crate) async fn of_user(
    accounts: &Accounts,
    client: ClientIp,
    user: UserId,
    known: Option<Credentials>,
    password: &str,
) -> Result<Credentials, Problem> {
    let limits = accounts.context.limits(client);
    let spent = limits.password_in_session(user).await?;
    match verified(accounts, known, password).await? {
        Some(known) => {
            spent.give_back().await;
            Ok(known)
        }
        None => {
            spent.stays();
            Err(Slug::PasswordWrong.into())
        }
    }
}

async fn verified(
    accounts: &Accounts,
    known: Option<Credentials>,
    password: &str,
) -> Result<Option<Credentials>, Problem> {
    let Some(password) = typed_password(password) else {
        return Ok(None);
    };
    let stored = known.as_ref().map(|known| known.password_hash.as_str());
    let matches = accounts.passwords.verify(password.clone(), stored).await?;
    let Some(known) = known.filter(|_| matches) else {
        return Ok(None);
    };
    if accounts.passwords.is_outdated(&known.password_hash) {
        let context = &accounts.context;
        let salt = context.entropy.bytes::<16>();
        let hash = accounts.passwords.hash(password, salt).await?;
        context
            .table
            .directory()
            .rehash_password(known.user.id, &known.password_hash, &hash)
            .await?;
    }
    Ok(Some(known))
}

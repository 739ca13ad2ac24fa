//! Asks somebody who is signed in to prove that it is still them.

use koeba_edge::{AnySession, ClientIp, Problem};
use koeba_storage::Credentials;
use serde_json::Value;

use crate::check_password;
use crate::entering::{self, Entered};
use crate::second_step::passkey;
use crate::state::Accounts;

/// By their password. A wrong one is answered in words; the session stays as it is.
pub(crate) async fn by_password(
    accounts: &Accounts,
    signed_in: &AnySession,
    client: ClientIp,
    password: &str,
) -> Result<Entered, Problem> {
    prove_password(accounts, signed_in, client, password).await?;
    let now = accounts.context.clock.now();
    entering::renew(accounts, signed_in, signed_in.session.stepped_up(now)).await
}

/// By one of their passkeys.
pub(crate) async fn by_passkey(
    accounts: &Accounts,
    signed_in: &AnySession,
    credential: Value,
) -> Result<Entered, Problem> {
    let directory = accounts.directory(signed_in.trace);
    let on_file = directory.second_steps(signed_in.user).await?;
    let change = passkey::check(accounts, signed_in, &on_file, credential).await?;
    let context = &accounts.context;
    let session = signed_in.session.stepped_up(context.clock.now());
    let (secret, name) = entering::new_secret(&context.entropy, signed_in.user);
    let old = signed_in.name();
    directory
        .change_second_steps(
            signed_in.user,
            change,
            Some(entering::renewal(&old, &name, &session)),
            None,
        )
        .await
        .map_err(entering::ended)?;
    entering::entered(&directory, session, secret).await
}

/// The account of whoever is signed in, if this is its password.
pub(crate) async fn prove_password(
    accounts: &Accounts,
    signed_in: &AnySession,
    client: ClientIp,
    password: &str,
) -> Result<Credentials, Problem> {
    let directory = accounts.context.table.directory();
    let known = directory.credentials_of(signed_in.user).await?;
    check_password::of_user(accounts, client, signed_in.user, known, password).await
}

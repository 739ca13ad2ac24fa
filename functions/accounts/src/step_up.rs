//! Asks somebody who is signed in to prove that it is still them.

use koeba_edge::{AnySession, ClientIp, Problem};
use koeba_storage::Credentials;

use crate::check_password;
use crate::entering::{self, Entered};
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

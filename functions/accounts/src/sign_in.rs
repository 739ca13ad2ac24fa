//! Signs somebody in, always with a new session.

use http::HeaderMap;
use koeba_domain::{EmailAddress, Trace};
use koeba_edge::{ClientIp, Device, Problem, Secret, session_name};

use crate::check_password;
use crate::entering::{self, Entered};
use crate::state::Accounts;

/// Checks the credentials. A wrong password and an unknown address are answered alike and take as
/// long; the session that the browser had before ends. The new one leads as far as the password
/// alone does.
pub(crate) async fn sign_in(
    accounts: &Accounts,
    email: &EmailAddress,
    password: &str,
    client: ClientIp,
    before: Option<&Secret>,
    headers: &HeaderMap,
    trace: Trace,
) -> Result<Entered, Problem> {
    let browser = Device::of(headers);
    let user = check_password::of_address(accounts, client, trace, &browser, email, password)
        .await?
        .user;
    let directory = accounts.directory(Trace {
        actor: Some(user.id),
        ..trace
    });
    let steps = directory.second_steps(user.id).await?.facts;
    let demands = entering::demands(&directory, user.id).await?;
    entering::make_room(&directory, user.id).await?;
    let stage = entering::stage(&steps, &demands);
    let context = &accounts.context;
    let (session, secret, name) =
        entering::begin(context, user.id, headers, stage, demands.limits, trace);
    let replaces = before.and_then(session_name);
    directory
        .create_session(&name, &session, replaces.as_ref())
        .await?;
    let entered = Entered {
        user,
        secret,
        session,
        steps,
        device: None,
    };
    entering::on_device(accounts, entered, &browser, true).await
}

//! Signs somebody in, always with a new session.

use http::HeaderMap;
use koeba_domain::{EmailAddress, Session, SessionLimits, SessionStage, User, UserId};
use koeba_edge::csrf::csrf_token;
use koeba_edge::{ClientIp, Device, Entropy, Problem, Secret, new_session_secret, session_name};
use koeba_storage::SessionName;

use crate::check_password;
use crate::device;
use crate::state::Accounts;
use crate::views::SignedInView;

/// Somebody who has just been let in.
pub(crate) struct Entered {
    pub(crate) user: User,
    pub(crate) secret: Secret,
}

impl From<Entered> for SignedInView {
    fn from(entered: Entered) -> Self {
        Self {
            csrf_token: csrf_token(&entered.secret),
            user: entered.user.into(),
        }
    }
}

/// The secret of a new session, and under what the store keeps it.
pub(crate) fn new_session(entropy: &Entropy, user: UserId) -> (Secret, SessionName) {
    let secret = new_session_secret(entropy, user);
    let name = session_name(&secret).expect("our own secrets name somebody");
    (secret, name)
}

/// Checks the credentials. A wrong password and an unknown address are answered alike and take as
/// long; the session that the browser had before ends.
pub(crate) async fn sign_in(
    accounts: &Accounts,
    email: &EmailAddress,
    password: &str,
    client: ClientIp,
    before: Option<&Secret>,
    headers: &HeaderMap,
) -> Result<Entered, Problem> {
    let browser = Device::of(headers);
    let user = check_password::of_address(accounts, client, &browser, email, password)
        .await?
        .user;
    let context = &accounts.context;
    let directory = context.table.directory();
    let now = context.clock.now();
    let session = Session::begin(
        context.entropy.id(),
        user.id,
        device::name(headers),
        SessionStage::Full,
        SessionLimits::DEFAULT,
        now,
    );
    let (secret, name) = new_session(&context.entropy, user.id);
    let replaces = before.and_then(session_name);
    directory
        .create_session(&name, &session, replaces.as_ref())
        .await?;
    Ok(Entered { user, secret })
}

//! Signs somebody in, always with a new session.

use koeba_domain::{EmailAddress, Session, User};
use koeba_edge::csrf::csrf_token;
use koeba_edge::digest::sha256_hex;
use koeba_edge::{Problem, Secret, Slug, new_session_secret};

use crate::password_rules::typed_password;
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

/// Checks the credentials. A wrong password and an unknown address are answered alike and take as
/// long; the session that the browser had before ends.
pub(crate) async fn sign_in(
    accounts: &Accounts,
    email: &EmailAddress,
    password: &str,
    before: Option<&Secret>,
) -> Result<Entered, Problem> {
    let password = typed_password(password).ok_or(Slug::CredentialsWrong)?;
    let context = &accounts.context;
    let directory = context.table.directory();
    let known = directory.credentials(email).await?;
    let stored = known.as_ref().map(|known| known.password_hash.as_str());
    let matches = accounts.passwords.verify(password, stored).await?;
    let user = known
        .filter(|_| matches)
        .ok_or(Slug::CredentialsWrong)?
        .user;
    let now = context.clock.now();
    let session = Session {
        user: user.id,
        created_at: now,
        last_used_at: now,
    };
    let secret = new_session_secret(&context.entropy);
    let replaces = before.map(|before| sha256_hex(before.expose()));
    directory
        .create_session(&sha256_hex(secret.expose()), &session, replaces.as_deref())
        .await?;
    Ok(Entered { user, secret })
}

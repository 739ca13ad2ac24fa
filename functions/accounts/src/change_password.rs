//! Changes a password, with the present one, and replaces a forgotten one by a mailed link.

use http::HeaderValue;
use koeba_domain::{EmailAddress, Mail, MailIntent, Notice, PasswordResetId, User};
use koeba_edge::digest::{base64url, same, sha256_hex};
use koeba_edge::{AnySession, ClientIp, Device, Problem, Slug, field};
use koeba_storage::{PasswordReset, StorageError};
use time::Duration;

use crate::asking::Asking;
use crate::device;
use crate::entering::{self, Entered};
use crate::password_rules::new_password;
use crate::state::Accounts;
use crate::step_up::prove_password;

/// How long a reset's link works.
const RESET_LIFETIME: Duration = Duration::minutes(30);

/// Changes the password of whoever is signed in. Every other session ends.
pub(crate) async fn change(
    accounts: &Accounts,
    signed_in: &AnySession,
    client: ClientIp,
    current: &str,
    new: &str,
) -> Result<Entered, Problem> {
    let directory = accounts.directory(signed_in.trace);
    // It may have been hashed anew just now.
    prove_password(accounts, signed_in, client, current).await?;
    let known = directory
        .credentials_of(signed_in.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let (user, from_hash) = (known.user, known.password_hash);
    let to_hash = hash(accounts, new, &user).await?;
    let context = &accounts.context;
    let now = context.clock.now();
    let old = signed_in.name();
    let ended: Vec<_> = directory
        .sessions_of(signed_in.user)
        .await?
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| *name != old)
        .collect();
    let (secret, name) = entering::new_secret(&context.entropy, signed_in.user);
    let session = signed_in.session.stepped_up(now);
    let notice = accounts.notice(&user, Notice::PasswordChanged);
    directory
        .change_password(
            signed_in.user,
            &from_hash,
            &to_hash,
            entering::renewal(&old, &name, &session),
            &ended,
            (&notice, now),
        )
        .await
        .map_err(entering::ended)?;
    entering::entered(&directory, session, secret).await
}

/// Takes in that somebody has forgotten their password. Every address is answered alike; only one
/// with an account gets a mail.
pub(crate) async fn ask_for_reset(
    accounts: &Accounts,
    email: &EmailAddress,
    asking: &Asking,
) -> Result<(), Problem> {
    let context = &accounts.context;
    let directory = accounts.directory(asking.trace);
    let known = directory.credentials(email).await?.map(|known| known.user);
    let user = known.as_ref().map(|user| user.id);
    let device = Device::of(&asking.headers).known_to(context, user).await?;
    context
        .limits(asking.client)
        .password_reset(email, device.as_ref())
        .await?;
    let secret = base64url(&context.entropy.bytes::<32>());
    let reset = PasswordReset {
        id: context.entropy.id(),
        user,
        secret_hash: reset_hash(&secret, email),
        expires_at: context.clock.now() + RESET_LIFETIME,
    };
    let mail = known.map(|user| MailIntent {
        id: context.entropy.id(),
        to: user.email,
        locale: user.locale,
        mail: Mail::PasswordReset {
            // A fragment never leaves the browser, so the token is in no server's log.
            link: format!(
                "{}/reset#{}.{secret}",
                context.settings.app_origin, reset.id
            ),
        },
    });
    directory
        .create_password_reset(&reset, mail.as_ref())
        .await?;
    Ok(())
}

/// Replaces the password that a mailed link names. It signs nobody in: whoever reads the mail has
/// still to know the new password and to take the second step. But the device is known from then
/// on, by the value of `Set-Cookie` that is answered.
pub(crate) async fn complete_reset(
    accounts: &Accounts,
    token: &str,
    new: &str,
    asking: &Asking,
) -> Result<HeaderValue, Problem> {
    accounts.context.limits(asking.client).token().await?;
    let (id, secret) = token.trim().split_once('.').ok_or(Slug::ResetUnusable)?;
    let id: PasswordResetId = id.parse().map_err(|_| Slug::ResetUnusable)?;
    let directory = accounts.directory(asking.trace);
    let now = accounts.context.clock.now();
    let reset = directory
        .password_reset(id)
        .await?
        .filter(|reset| now < reset.expires_at)
        .ok_or(Slug::ResetUnusable)?;
    let user = match reset.user {
        Some(user) => directory.user(user).await?,
        None => None,
    };
    let user = user
        .filter(|user| same(&reset.secret_hash, &reset_hash(secret, &user.email)))
        .ok_or(Slug::ResetUnusable)?;
    let to_hash = hash(accounts, new, &user).await?;
    let notice = accounts.notice(&user, Notice::PasswordReset);
    directory
        .complete_password_reset(&reset, user.id, &to_hash, (&notice, now))
        .await
        .map_err(|error| match error {
            StorageError::Conflict => Slug::ResetUnusable.into(),
            other => Problem::from(other),
        })?;
    // Whoever floods the account with wrong passwords cannot keep out who reads its mail.
    let name = device::name(&asking.headers);
    Device::of(&asking.headers)
        .remember(&accounts.context, user.id, &name, None)
        .await
}

/// Bound to the address that the link went to: once the account has another one, it is worth
/// nothing.
fn reset_hash(secret: &str, email: &EmailAddress) -> String {
    sha256_hex(&format!("{secret}\n{}", email.normalized()))
}

async fn hash(accounts: &Accounts, new: &str, user: &User) -> Result<String, Problem> {
    let new = field(
        "new_password",
        new_password(new, Some(&user.email), Some(&user.display_name)),
    )?;
    let salt = accounts.context.entropy.bytes::<16>();
    Ok(accounts.passwords.hash(new, salt).await?)
}

//! The browser behind a request, whether or not anybody is signed in.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use koeba_domain::{DeviceName, MailIntent, UserId};

use crate::cookies::{device_cookie, device_secret};
use crate::digest::{base64url, sha256_hex};
use crate::{Context, Problem, Secret};

/// A browser, by the secret that it was given when somebody first signed in on it.
///
/// The secret opens nothing. It tells apart what an account's owner does on a device of theirs
/// from what everybody else tries, so that the limits on the latter never keep the owner out; and
/// it is how a new device is noticed.
#[derive(Clone, Debug)]
pub struct Device {
    secret: Option<Secret>,
}

/// A device that the owner of an account has signed in on before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    pub(crate) user: UserId,
    pub(crate) secret_hash: String,
}

impl Device {
    /// The device that sent these headers.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        Self {
            secret: device_secret(headers),
        }
    }

    /// This device as one of `user`'s, if it is. Costs the same whether or not there is a user.
    ///
    /// # Errors
    /// A problem when the store does not answer.
    pub async fn known_to(
        &self,
        context: &Context,
        user: Option<UserId>,
    ) -> Result<Option<KnownDevice>, Problem> {
        let Some(secret) = &self.secret else {
            return Ok(None);
        };
        let secret_hash = sha256_hex(secret.expose());
        let directory = context.table.directory();
        let known = directory
            .knows_device(user, &secret_hash, context.clock.now())
            .await?;
        Ok(user
            .filter(|_| known)
            .map(|user| KnownDevice { user, secret_hash }))
    }

    /// Notes that `user` has proven on this device to be who they are. For when signing in is
    /// complete, or a link from their mailbox was followed. Answers the value of `Set-Cookie` by
    /// which the device will be known again; if it was new, `notice` is owed.
    ///
    /// # Errors
    /// A problem when the store does not answer.
    pub async fn remember(
        &self,
        context: &Context,
        user: UserId,
        name: &DeviceName,
        notice: Option<&MailIntent>,
    ) -> Result<HeaderValue, Problem> {
        let fresh = || Secret::new(base64url(&context.entropy.bytes::<32>()));
        let secret = self.secret.clone().unwrap_or_else(fresh);
        context
            .table
            .directory()
            .remember_device(
                user,
                &sha256_hex(secret.expose()),
                name,
                notice,
                context.clock.now(),
            )
            .await?;
        Ok(device_cookie(&secret))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

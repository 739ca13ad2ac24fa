//! Who is asking: the session behind a request.

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use koeba_domain::{Session, SessionLimits, UserId};

use crate::access_log::Asker;
use crate::cookies::session_secret;
use crate::csrf::{csrf_token, demand_own_page, mutates};
use crate::digest::{base64url, sha256_hex};
use crate::{Context, Entropy, Problem, Secret, Slug};

/// A request with a valid session; a handler that takes one is for signed-in people only.
///
/// For a request that can change something this also means that one of the app's own pages sent
/// it: see [`crate::csrf`]. So it stands before the body among a handler's arguments.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub user: UserId,
    /// Since when.
    pub session: Session,
    secret: Secret,
}

impl SignedIn {
    /// The token that this session's mutating requests carry.
    #[must_use]
    pub fn csrf_token(&self) -> String {
        csrf_token(&self.secret)
    }

    /// The name under which the store keeps this session.
    #[must_use]
    pub fn stored_name(&self) -> String {
        sha256_hex(self.secret.expose())
    }
}

/// Draws the secret of a new session: 256 bits.
#[must_use]
pub fn new_session_secret(entropy: &Entropy) -> Secret {
    Secret::new(base64url(&entropy.bytes::<32>()))
}

impl<S> FromRequestParts<S> for SignedIn
where
    Context: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // An extractor that contains this one must not look the session up twice.
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let context = Context::from_ref(state);
        let secret = session_secret(&parts.headers).ok_or(Slug::NotSignedIn)?;
        let stored_name = sha256_hex(secret.expose());
        let directory = context.table.directory();
        let session = directory
            .session(&stored_name)
            .await?
            .ok_or(Slug::NotSignedIn)?;
        let now = context.clock.now();
        if session.check(SessionLimits::DEFAULT, now).is_err() {
            return Err(Slug::SessionExpired.into());
        }
        if mutates(&parts.method) {
            demand_own_page(&parts.headers, &context.settings, &secret)?;
        }
        if session.wants_touch(now) {
            directory.touch_session(&stored_name, now).await?;
        }
        if let Some(asker) = parts.extensions.get::<Asker>() {
            asker.is(session.user);
        }
        let signed_in = Self {
            user: session.user,
            session,
            secret,
        };
        parts.extensions.insert(signed_in.clone());
        Ok(signed_in)
    }
}

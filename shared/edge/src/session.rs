//! Who is asking: the session behind a request, and how far it reaches.
//!
//! | extractor | whose request it lets through |
//! |---|---|
//! | [`AnySession`] | anybody's with a session, however far signing in has come |
//! | [`SignedIn`] | of those who are signed in all the way |
//! | [`SteppedUp`] | of those who, besides, have proven to be there in the last five minutes |
//!
//! For a request that can change something each of them also means that one of the app's own
//! pages sent it: see [`crate::csrf`]. So it stands before the body among a handler's arguments.
//!
//! 401 says that there is no session; 403 with `second-step-required`,
//! `second-step-set-up-required` or `step-up-required` says what would open the door.

use std::ops::Deref;

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use koeba_domain::{Moment, Session, SessionStage, Trace, UserId, neighbourhood};
use koeba_storage::SessionName;

use crate::access_log::Asker;
use crate::cookies::session_secret;
use crate::csrf::{csrf_token, demand_own_page, mutates};
use crate::digest::{base64url, from_base64url, sha256_hex};
use crate::finish::Requested;
use crate::{ClientIp, Context, Entropy, Problem, Secret, Slug};

/// The bytes of a user's identifier at the beginning of a secret.
const USER_BYTES: usize = 16;
/// The random bytes that follow them.
const RANDOM_BYTES: usize = 32;

/// A request with a valid session, however far signing in has come.
#[derive(Clone, Debug)]
pub struct AnySession {
    /// Who.
    pub user: UserId,
    /// Since when, and how far.
    pub session: Session,
    /// Who asks, from where, in which request: what changes are marked with.
    pub trace: Trace,
    secret: Secret,
}

impl AnySession {
    /// The token that this session's mutating requests carry.
    #[must_use]
    pub fn csrf_token(&self) -> String {
        csrf_token(&self.secret)
    }

    /// Under what the store keeps this session.
    #[must_use]
    pub fn name(&self) -> SessionName {
        SessionName {
            user: self.user,
            secret_hash: sha256_hex(self.secret.expose()),
        }
    }

    /// Demands that signing in has come all the way.
    ///
    /// # Errors
    /// A problem that says what is missing.
    pub fn demand_full(&self) -> Result<(), Problem> {
        match self.session.stage {
            SessionStage::Full => Ok(()),
            SessionStage::SecondStepDue => Err(Slug::SecondStepRequired.into()),
            SessionStage::SetUpDue => Err(Slug::SecondStepSetUpRequired.into()),
        }
    }

    /// Demands that the owner has proven to be there a short while ago.
    ///
    /// # Errors
    /// `step-up-required`.
    pub fn demand_step_up(&self, now: Moment) -> Result<(), Problem> {
        if now < self.session.stepped_up_until() {
            Ok(())
        } else {
            Err(Slug::StepUpRequired.into())
        }
    }
}

/// A request of somebody signed in; a handler that takes one is for signed-in people only.
#[derive(Clone, Debug)]
pub struct SignedIn(AnySession);

impl Deref for SignedIn {
    type Target = AnySession;

    fn deref(&self) -> &AnySession {
        &self.0
    }
}

/// A request of somebody signed in who has proven to be there, by password or passkey, in the
/// last [`Session::STEP_UP_LIFETIME`].
#[derive(Clone, Debug)]
pub struct SteppedUp(SignedIn);

impl Deref for SteppedUp {
    type Target = AnySession;

    fn deref(&self) -> &AnySession {
        &self.0
    }
}

/// Draws the secret of a new session of `user`: who it is, in 128 bits, and 256 random bits.
///
/// The first part makes the look-up one read of the user's own partition; it is as random as any
/// identifier, and says nothing that the second part would not open.
#[must_use]
pub fn new_session_secret(entropy: &Entropy, user: UserId) -> Secret {
    let mut bytes = [0; USER_BYTES + RANDOM_BYTES];
    bytes[..USER_BYTES].copy_from_slice(&user.bytes());
    bytes[USER_BYTES..].copy_from_slice(&entropy.bytes::<RANDOM_BYTES>());
    Secret::new(base64url(&bytes))
}

/// Under what the store keeps the session with this secret; `None` when it is none of ours.
#[must_use]
pub fn session_name(secret: &Secret) -> Option<SessionName> {
    let bytes = from_base64url(secret.expose())?;
    let user = bytes.get(..USER_BYTES)?.try_into().ok()?;
    (bytes.len() == USER_BYTES + RANDOM_BYTES).then(|| SessionName {
        user: UserId::from_random(user),
        secret_hash: sha256_hex(secret.expose()),
    })
}

/// The trace of a request by `actor`, for handlers that know the actor otherwise than by session.
#[must_use]
pub fn trace(parts: &Parts, actor: Option<UserId>, now: Moment) -> Trace {
    Trace {
        actor,
        network: ClientIp::of(&parts.extensions).0.map(neighbourhood),
        request: Requested::of(&parts.extensions),
        at: now,
    }
}

impl<S> FromRequestParts<S> for AnySession
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
        let name = session_name(&secret).ok_or(Slug::NotSignedIn)?;
        let directory = context.table.directory();
        let session = directory.session(&name).await?.ok_or(Slug::NotSignedIn)?;
        let now = context.clock.now();
        if session.check(now).is_err() {
            return Err(Slug::SessionExpired.into());
        }
        if mutates(&parts.method) {
            demand_own_page(&parts.headers, &context.settings, &secret)?;
        }
        if session.wants_touch(now) {
            directory.touch_session(&name, now).await?;
        }
        if let Some(asker) = parts.extensions.get::<Asker>() {
            asker.is(session.user);
        }
        let known = Self {
            user: session.user,
            trace: trace(parts, Some(session.user), now),
            session,
            secret,
        };
        parts.extensions.insert(known.clone());
        Ok(known)
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    Context: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let known = AnySession::from_request_parts(parts, state).await?;
        known.demand_full()?;
        Ok(Self(known))
    }
}

impl<S> FromRequestParts<S> for SteppedUp
where
    Context: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let signed_in = SignedIn::from_request_parts(parts, state).await?;
        signed_in.demand_step_up(Context::from_ref(state).clock.now())?;
        Ok(Self(signed_in))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Check sheet: WA-04-01, WA-04-06.
    #[test]
    fn a_secret_names_its_owner_and_nothing_else_does() {
        let user = UserId::from_random([7; 16]);
        let secret = new_session_secret(&Entropy::seeded(1), user);
        assert_eq!(secret.expose().len(), 64);
        let name = session_name(&secret).expect("one of ours");
        assert_eq!(name.user, user);
        for text in ["", "AAAA", &"A".repeat(63), &"!".repeat(64)] {
            assert_eq!(session_name(&Secret::new(text.to_owned())), None, "{text}");
        }
    }
}

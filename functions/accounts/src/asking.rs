//! A request of somebody who has no session yet.

use axum::extract::{FromRef, FromRequestParts};
use http::HeaderMap;
use http::request::Parts;
use koeba_domain::Trace;
use koeba_edge::{ClientIp, Context, Problem, trace};

/// The head of a request, the trace that is written on what it changes, and where it came from.
pub(crate) struct Asking {
    pub(crate) headers: HeaderMap,
    pub(crate) trace: Trace,
    pub(crate) client: ClientIp,
}

impl<S> FromRequestParts<S> for Asking
where
    Context: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let now = Context::from_ref(state).clock.now();
        Ok(Self {
            headers: parts.headers.clone(),
            trace: trace(parts, None, now),
            client: ClientIp::of(&parts.extensions),
        })
    }
}

//! What every router passes through before it is served.

use std::any::Any;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, HeaderName};
use http::{Extensions, HeaderMap, HeaderValue};
use koeba_domain::RequestId;
use tower_http::catch_panic::CatchPanicLayer;

use crate::access_log::{Asker, Line};
use crate::csrf::{mutates, refuse_other_origins};
use crate::json::MAX_BODY;
use crate::security_headers::protect_api;
use crate::text::preferred_language;
use crate::{Context, Problem, Slug};

/// The header that names a request in our log.
pub const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Which request this is, for whoever writes down what it changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Requested(RequestId);

impl Requested {
    /// The identifier of the request of these extensions.
    pub(crate) fn of(extensions: &Extensions) -> RequestId {
        extensions
            .get::<Self>()
            .map_or(RequestId::from_random([0; 16]), |requested| requested.0)
    }
}

/// Completes a function's router.
///
/// Every answer, also to an unknown path, a wrong method, too large a body or a panic, carries the
/// security headers and a request id, is a problem document if it is an error, and is logged as
/// one line. Mutating requests from other sites are refused before a handler sees them.
pub fn finish(router: Router, context: &Context) -> Router {
    let router = router
        .fallback(|| async { Problem::from(Slug::NotFound) })
        .method_not_allowed_fallback(|| async { Problem::from(Slug::MethodNotAllowed) });
    protect(router, context)
}

/// Puts several functions' finished routers into one, as the local runner serves them.
///
/// # Panics
/// When two of them have the same route.
pub fn merge(routers: impl IntoIterator<Item = Router>, context: &Context) -> Router {
    let nothing = protect(
        Router::new().fallback(|| async { Problem::from(Slug::NotFound) }),
        context,
    );
    routers
        .into_iter()
        .fold(Router::new(), |all, one| all.merge(one.reset_fallback()))
        .merge(nothing)
}

fn protect(router: Router, context: &Context) -> Router {
    router
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(context.clone(), guard))
}

async fn guard(State(context): State<Context>, mut request: Request, next: Next) -> Response {
    let id = RequestId::from_random(context.entropy.bytes());
    let request_id = id.to_string();
    let language = preferred_language(request.headers());
    let asker = Asker::default();
    let line = Line::begin(
        request.method(),
        request.extensions(),
        &request_id,
        asker.clone(),
    );
    request.extensions_mut().insert(asker);
    request.extensions_mut().insert(Requested(id));

    let mut response = match admit(&request, &context) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };

    let problem = response.extensions_mut().remove::<Problem>();
    if let Some(problem) = &problem {
        problem.render(&mut response, language, &request_id);
    }
    protect_api(response.headers_mut());
    if let Ok(value) = HeaderValue::try_from(&request_id) {
        response.headers_mut().insert(REQUEST_ID_HEADER, value);
    }
    line.end(response.status(), problem.map(|problem| problem.slug()));
    response
}

/// What can be refused from a request's head alone.
fn admit(request: &Request, context: &Context) -> Result<(), Problem> {
    if declared_length(request.headers()) > MAX_BODY as u64 {
        return Err(Slug::BodyTooLarge.into());
    }
    if mutates(request.method()) {
        refuse_other_origins(request.headers(), &context.settings)?;
    }
    Ok(())
}

fn declared_length(headers: &HeaderMap) -> u64 {
    headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .unwrap_or(0)
}

/// The panic's own message may hold anything, so neither the answer nor this line repeats it; the
/// hook that [`crate::serve`] sets says where it happened.
fn answer_panic(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::from(Slug::Internal).into_response()
}

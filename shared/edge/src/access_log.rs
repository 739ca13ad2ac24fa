//! One line for each request.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::extract::MatchedPath;
use http::{Extensions, Method, StatusCode};
use koeba_domain::UserId;

use crate::Slug;

/// Where the extractor of sessions leaves word of who is asking, for the log.
///
/// A user's identifier is random; the name behind it is in that user's record and nowhere else, so
/// the log is pseudonymous.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asker(Arc<OnceLock<UserId>>);

impl Asker {
    pub(crate) fn is(&self, user: UserId) {
        // Set at most once: a request has one session.
        let _ = self.0.set(user);
    }
}

/// A request as the log tells it: no address, query, identifier from the path or body.
pub(crate) struct Line {
    method: Method,
    route: String,
    request_id: String,
    asker: Asker,
    began: Instant,
}

impl Line {
    pub(crate) fn begin(
        method: &Method,
        extensions: &Extensions,
        request_id: &str,
        asker: Asker,
    ) -> Self {
        Self {
            method: known(method),
            route: extensions
                .get::<MatchedPath>()
                .map_or("-", MatchedPath::as_str)
                .to_owned(),
            request_id: request_id.to_owned(),
            asker,
            began: Instant::now(),
        }
    }

    pub(crate) fn end(&self, status: StatusCode, problem: Option<Slug>) {
        tracing::info!(
            target: "koeba::access",
            method = %self.method,
            route = self.route,
            status = status.as_u16(),
            problem = problem.map(Slug::as_str),
            ms = tenths(self.began.elapsed()),
            request_id = self.request_id,
            user = self.asker.0.get().map(tracing::field::display),
            "request"
        );
    }
}

/// A method is free text on the wire; the log takes only those that HTTP names.
fn known(method: &Method) -> Method {
    let named = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
        Method::TRACE,
        Method::CONNECT,
    ];
    let other = || Method::from_bytes(b"OTHER").expect("letters make a method");
    named
        .into_iter()
        .find(|known| known == method)
        .unwrap_or_else(other)
}

/// Milliseconds to one decimal: finer figures would only fill the log.
fn tenths(elapsed: Duration) -> f64 {
    (elapsed.as_secs_f64() * 10_000.0).round() / 10.0
}

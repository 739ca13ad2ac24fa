//! Requests that another site made a browser send.
//!
//! Three locks, any of which would do: the cookie is `SameSite=Lax`, the `Origin` must be the
//! app's, and a request that a session authorizes must carry a token which only the app's pages
//! can read.

use axum::extract::{FromRef, FromRequestParts};
use http::header::{HeaderName, ORIGIN, REFERER};
use http::request::Parts;
use http::{HeaderMap, Method};

use crate::digest::{same, sha256_base64url};
use crate::{Context, Problem, Secret, Settings, Slug};

/// The header that carries the CSRF token.
pub const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The CSRF token of a session. It follows from the session's secret, and the secret does not
/// follow from it, so it needs no place in the store.
#[must_use]
pub fn csrf_token(session: &Secret) -> String {
    sha256_base64url(&format!("csrf:{}", session.expose()))
}

/// Whether a request of this method can change something.
#[must_use]
pub fn mutates(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Refuses a request that says it comes from another site. For every mutating request, with or
/// without a session.
pub(crate) fn refuse_other_origins(
    headers: &HeaderMap,
    settings: &Settings,
) -> Result<(), Problem> {
    let foreign_origin = match origin(headers) {
        Origin::Named(origin) => origin != settings.app_origin,
        Origin::Unreadable => true,
        Origin::Absent => false,
    };
    let foreign_site = headers
        .get_all(SEC_FETCH_SITE)
        .iter()
        .any(|site| site != "same-origin");
    if foreign_origin || foreign_site {
        return Err(Slug::OriginRefused.into());
    }
    Ok(())
}

/// Refuses a request that a session would authorize unless it proves that one of the app's own
/// pages sent it.
pub(crate) fn demand_own_page(
    headers: &HeaderMap,
    settings: &Settings,
    session: &Secret,
) -> Result<(), Problem> {
    if !matches!(origin(headers), Origin::Named(origin) if origin == settings.app_origin) {
        return Err(Slug::OriginRefused.into());
    }
    let sent = headers
        .get(CSRF_HEADER)
        .and_then(|token| token.to_str().ok());
    if sent.is_some_and(|sent| same(sent, &csrf_token(session))) {
        Ok(())
    } else {
        Err(Slug::CsrfTokenWrong.into())
    }
}

/// A request that says, with an `Origin` header, that one of the app's own pages sent it: what a
/// WebSocket's handshake must prove, which is a `GET` and can carry no token.
#[derive(Clone, Copy, Debug)]
pub struct OwnOrigin;

impl<S> FromRequestParts<S> for OwnOrigin
where
    Context: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let context = Context::from_ref(state);
        let is_own = parts.headers.contains_key(ORIGIN)
            && matches!(origin(&parts.headers), Origin::Named(name) if name == context.settings.app_origin);
        if is_own {
            Ok(Self)
        } else {
            Err(Slug::OriginRefused.into())
        }
    }
}

enum Origin<'a> {
    Named(&'a str),
    /// Sent twice, or in letters that no origin has.
    Unreadable,
    Absent,
}

/// `Origin`, or else the origin part of `Referer`.
fn origin(headers: &HeaderMap) -> Origin<'_> {
    let mut sent = headers.get_all(ORIGIN).iter();
    match (sent.next(), sent.next()) {
        (None, _) => match headers.get(REFERER).map(|referer| referer.to_str()) {
            None => Origin::Absent,
            Some(Ok(referer)) => Origin::Named(origin_of(referer)),
            Some(Err(_)) => Origin::Unreadable,
        },
        (Some(origin), None) => origin.to_str().map_or(Origin::Unreadable, Origin::Named),
        (Some(_), Some(_)) => Origin::Unreadable,
    }
}

/// The part of a URL before its path.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..]
        .find(['/', '?', '#'])
        .map_or(url, |length| &url[..host + length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_of_a_url_ends_where_its_path_begins() {
        for (url, origin) in [
            ("https://a.test/x?y", "https://a.test"),
            ("https://a.test?y", "https://a.test"),
            ("https://a.test", "https://a.test"),
            ("https://a.test:8443/", "https://a.test:8443"),
            ("https://a.test@evil.test/", "https://a.test@evil.test"),
            ("null", "null"),
        ] {
            assert_eq!(origin_of(url), origin);
        }
    }

    #[test]
    fn the_token_does_not_give_the_secret_away() {
        let secret = Secret::new("A".repeat(43));
        assert!(!csrf_token(&secret).contains("AAAA"));
        assert_eq!(csrf_token(&secret).len(), 43);
    }
}

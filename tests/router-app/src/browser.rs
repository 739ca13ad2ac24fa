//! A browser that keeps what it is given, and what it is answered.

use std::net::IpAddr;

use http::header::{COOKIE, ORIGIN, SET_COOKIE};
use http::request::Builder;
use http::{HeaderMap, Method, Request, StatusCode};
use koeba_edge::cookies::SESSION_COOKIE;
use koeba_edge::csrf::{CSRF_HEADER, csrf_token};
use koeba_edge::{ClientIp, Secret};
use serde_json::Value;

use crate::ORIGIN_OF_APP;

/// A browser: it may hold a session.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// Its cookies as it sends them, the session's first; empty when there are none.
    pub cookie: String,
    /// The token that belongs to the session.
    pub csrf: String,
    /// From where it asks; nowhere in particular if not said.
    pub address: Option<IpAddr>,
}

impl Browser {
    /// A browser that holds the session with this secret.
    #[must_use]
    pub fn with_session(secret: &Secret) -> Self {
        Self {
            cookie: format!("{SESSION_COOKIE}={}", secret.expose()),
            csrf: csrf_token(secret),
            address: None,
        }
    }

    /// The same browser, asking from an address.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn from(&self, address: &str) -> Self {
        Self {
            address: Some(address.parse().expect("an address")),
            ..self.clone()
        }
    }

    /// A request as one of the app's own pages sends it.
    pub fn request(&self, method: Method, path: &str) -> Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(ORIGIN, ORIGIN_OF_APP)
            .extension(ClientIp(self.address));
        if self.cookie.is_empty() {
            return request;
        }
        request
            .header(COOKIE, &self.cookie)
            .header(CSRF_HEADER, &self.csrf)
    }
}

/// What the function answered.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as JSON; null when it is none.
    pub body: Value,
    /// Its body as text.
    pub text: String,
}

impl Answer {
    /// The problem's machine name; empty for a success.
    #[must_use]
    pub fn slug(&self) -> &str {
        let name = self.body["type"].as_str().unwrap_or_default();
        name.strip_prefix("/problems/").unwrap_or(name)
    }

    /// The status and the problem's machine name.
    #[must_use]
    pub fn refusal(&self) -> (u16, &str) {
        (self.status.as_u16(), self.slug())
    }

    /// The field that the problem is about.
    #[must_use]
    pub fn field(&self) -> &str {
        self.body["errors"][0]["field"].as_str().unwrap_or_default()
    }

    /// A header's text; empty when there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The first cookie that was given: the session's.
    #[must_use]
    pub fn set_cookie(&self) -> &str {
        self.header(SET_COOKIE.as_str())
    }

    /// The browser that got this answer.
    #[must_use]
    pub fn browser(&self) -> Browser {
        let given = self.headers.get_all(SET_COOKIE).iter();
        let pairs: Vec<&str> = given
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .collect();
        let signed_in = [&self.body, &self.body["signed_in"]];
        let csrf = signed_in
            .iter()
            .find_map(|view| view["csrf_token"].as_str());
        Browser {
            cookie: pairs.join("; "),
            csrf: csrf.unwrap_or_default().to_owned(),
            address: None,
        }
    }
}

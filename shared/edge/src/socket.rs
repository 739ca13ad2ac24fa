//! What happens to a WebSocket, as a request to a router.
//!
//! API Gateway holds the sockets and calls a function when one opens, says something or closes;
//! `infra/local` does the same on one machine. Both make this request of it, so that one router
//! answers behind either. The connection's name travels in an extension, which no header can forge.

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{Extensions, HeaderMap, Method, Request, Uri};

use crate::{Problem, Slug};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// A browser asks for a connection: `$connect`. Its request is the browser's own.
    Asked,
    /// It said something: `$default`.
    Said,
    /// It has gone: `$disconnect`.
    Closed,
}

impl SocketEvent {
    /// The event that API Gateway calls so.
    #[must_use]
    pub fn of_gateway(event_type: &str) -> Option<Self> {
        match event_type {
            "CONNECT" => Some(Self::Asked),
            "MESSAGE" => Some(Self::Said),
            "DISCONNECT" => Some(Self::Closed),
            _ => None,
        }
    }
}

/// What the gateway calls the connection that a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketId(pub String);

/// Makes a request of an event.
///
/// | event | request |
/// |---|---|
/// | asked | `GET /live/workspaces/{workspace_id}`, the workspace from the query's `workspace` |
/// | said | `POST /live/messages` with the message as its body |
/// | closed | `POST /live/closings` |
///
/// `query` is that of the browser's address, `headers` are its own while it asks.
///
/// # Panics
/// Never: the paths are made of letters, digits and underscores.
#[must_use]
pub fn socket_request<B>(
    event: SocketEvent,
    id: SocketId,
    query: &str,
    headers: HeaderMap,
    extensions: Extensions,
    body: B,
) -> Request<B> {
    let (method, path) = match event {
        SocketEvent::Asked => (
            Method::GET,
            format!("/live/workspaces/{}", workspace_of(query)),
        ),
        SocketEvent::Said => (Method::POST, "/live/messages".to_owned()),
        SocketEvent::Closed => (Method::POST, "/live/closings".to_owned()),
    };
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = Uri::try_from(path).expect("letters, digits and underscores");
    *request.headers_mut() = headers;
    *request.extensions_mut() = extensions;
    request.extensions_mut().insert(event);
    request.extensions_mut().insert(id);
    request
}

/// The workspace that a query names; a dash, which no workspace is called, if it names none.
fn workspace_of(query: &str) -> &str {
    let is_name = |text: &&str| {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        !text.is_empty() && text.bytes().all(letters)
    };
    query
        .split('&')
        .find_map(|part| part.strip_prefix("workspace="))
        .filter(is_name)
        .unwrap_or("-")
}

impl<S: Send + Sync> FromRequestParts<S> for SocketId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let known = parts.extensions.get::<Self>().cloned();
        known.ok_or_else(|| Slug::NotFound.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_taken_from_the_query_only_if_it_can_be_one() {
        for (query, path) in [
            ("workspace=ws_06", "/live/workspaces/ws_06"),
            ("a=b&workspace=ws_06&c", "/live/workspaces/ws_06"),
            ("workspace=", "/live/workspaces/-"),
            ("workspace=../messages", "/live/workspaces/-"),
            ("workspace=a%2Fb", "/live/workspaces/-"),
            ("", "/live/workspaces/-"),
        ] {
            let request = socket_request(
                SocketEvent::Asked,
                SocketId("abc=".to_owned()),
                query,
                HeaderMap::new(),
                Extensions::new(),
                (),
            );
            assert_eq!(request.uri().path(), path, "{query}");
        }
    }

    #[test]
    fn only_what_api_gateway_calls_an_event_is_one() {
        assert_eq!(SocketEvent::of_gateway("CONNECT"), Some(SocketEvent::Asked));
        assert_eq!(SocketEvent::of_gateway("connect"), None);
    }
}

//! What a function behind CloudFront takes in: nothing that came around it.
//!
//! The API's own end answers on the internet, because CloudFront reaches it there. CloudFront adds
//! a secret to every request that it passes on, after its firewall has looked at it, and the address
//! that it saw (`cdk/lib/front/viewer.js`); both replace whatever a viewer sent under these names.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use subtle::ConstantTimeEq as _;

use crate::security_headers::protect_api;
use crate::{ClientIp, Secret, SocketEvent};

/// The header that carries the secret.
const PROOF: &str = "x-koeba-origin";
/// The header that carries the viewer's address.
const VIEWER: &str = "x-koeba-viewer";

/// Lets a router see only requests with the secret that `KOEBA_ORIGIN_SECRET` holds, from the
/// address that CloudFront saw. Without that setting the router is left as it is.
pub(crate) fn behind(router: Router, read: impl Fn(&str) -> Option<String>) -> Router {
    match read("KOEBA_ORIGIN_SECRET").filter(|secret| !secret.trim().is_empty()) {
        Some(secret) => router.layer(middleware::from_fn_with_state(
            Arc::new(Secret::new(secret)),
            admit,
        )),
        None => router,
    }
}

async fn admit(State(secret): State<Arc<Secret>>, mut request: Request, next: Next) -> Response {
    // Only the handshake of a WebSocket comes through CloudFront as a request; what is said over it
    // and its end are told by the gateway, about a connection that was let in.
    let of_a_socket = request.extensions().get::<SocketEvent>();
    if of_a_socket.is_some_and(|event| *event != SocketEvent::Asked) {
        return next.run(request).await;
    }
    let proof = request.headers_mut().remove(PROOF);
    let proven =
        proof.is_some_and(|proof| proof.as_bytes().ct_eq(secret.expose().as_bytes()).into());
    if !proven {
        tracing::warn!("a request came around the front door");
        let mut response = StatusCode::FORBIDDEN.into_response();
        protect_api(response.headers_mut());
        return response;
    }
    let viewer = viewer(request.headers());
    request.extensions_mut().insert(ClientIp(viewer));
    next.run(request).await
}

fn viewer(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get(VIEWER)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    const SECRET: &str = "drawn-by-secrets-manager";

    #[tokio::test]
    async fn whoever_does_not_know_the_secret_gets_nothing() {
        for proof in [None, Some("guess"), Some("drawn-by-secrets-manage")] {
            let answer = ask(proof, Some("203.0.113.7")).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN);
            assert_eq!(answer.headers()["cache-control"], "no-store");
            assert_eq!(text(answer).await, "");
        }
    }

    #[tokio::test]
    async fn the_viewer_is_whom_cloudfront_saw() {
        for (header, address) in [
            (Some("203.0.113.7"), "Some(203.0.113.7)"),
            (Some("2001:db8::7"), "Some(2001:db8::7)"),
            (Some("nobody"), "None"),
            (None, "None"),
        ] {
            assert_eq!(text(ask(Some(SECRET), header).await).await, address);
        }
    }

    #[tokio::test]
    async fn a_socket_is_let_in_with_the_secret_and_then_known() {
        for (event, status) in [
            (SocketEvent::Asked, StatusCode::FORBIDDEN),
            (SocketEvent::Said, StatusCode::OK),
            (SocketEvent::Closed, StatusCode::OK),
        ] {
            let mut request = request(None, None);
            request.extensions_mut().insert(event);
            let door = behind(router(), |_| Some(SECRET.to_owned()));
            let answer = door.oneshot(request).await.expect("answers");
            assert_eq!(answer.status(), status, "{event:?}");
        }
    }

    #[tokio::test]
    async fn nothing_is_asked_where_no_secret_is_set() {
        let open = behind(router(), |_| None);
        let answer = open.oneshot(request(None, None)).await;
        assert_eq!(answer.expect("answers").status(), StatusCode::OK);
    }

    /// A router that says whom it sees, and whether it sees the secret.
    fn router() -> Router {
        Router::new().route(
            "/",
            get(async |address: ClientIp, headers: HeaderMap| {
                assert!(!headers.contains_key(PROOF), "the secret is not passed on");
                format!("{:?}", address.0)
            }),
        )
    }

    async fn ask(proof: Option<&str>, viewer: Option<&str>) -> Response {
        behind(router(), |name| {
            (name == "KOEBA_ORIGIN_SECRET").then(|| SECRET.to_owned())
        })
        .oneshot(request(proof, viewer))
        .await
        .expect("a router answers")
    }

    fn request(proof: Option<&str>, viewer: Option<&str>) -> Request {
        let mut request = http::Request::builder().uri("/");
        for (name, value) in [(PROOF, proof), (VIEWER, viewer)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        request.body(Body::empty()).expect("a request")
    }

    async fn text(answer: Response) -> String {
        let body = to_bytes(answer.into_body(), 1_000).await.expect("a body");
        String::from_utf8(body.to_vec()).expect("text")
    }
}

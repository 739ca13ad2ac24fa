//! The node's HTTP side: where LiveKit's clients connect, ask why they could not, and look whether
//! the node is there.
//!
//! Every answer lets every origin read it. A browser that may not read the refusal of
//! `/rtc/v1/validate` reports an unreachable server instead of the reason, and one that may not
//! read the 404 of `/rtc/validate` never learns that this mode is not offered.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, FromRequestParts as _, Query, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, FORWARDED, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, UPGRADE, VIA,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use koeba_access_token::verify_node;
use time::OffsetDateTime;

use crate::admission::{self, JoinQuery};
use crate::clients::room_key;
use crate::gateway::Gateway;
use crate::relay::{self, Origin, Way};
use crate::server_api;
use crate::signalling;

/// The methods that the node knows.
const METHODS: &str = "GET, HEAD, OPTIONS";
/// Where the server API is: calls are posted there. Browsers are not told so, for whoever holds a
/// workspace's key is no browser.
const SERVER_API: &str = "/twirp/";
/// What an answer of the node may load or be framed by: nothing.
const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/// The node's routes.
pub(crate) fn router(gateway: Gateway) -> Router {
    Router::new()
        .route("/", get(health))
        .route("/metrics", get(metrics))
        .route("/rtc/v1", get(join))
        .route("/rtc/v1/validate", get(validate))
        // The two-connection mode: absent, and said so in the way that clients understand.
        .route("/rtc", any(async || StatusCode::NOT_FOUND))
        .route("/rtc/validate", any(async || StatusCode::NOT_FOUND))
        .merge(server_api::routes())
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(axum::middleware::from_fn(open_to_every_origin))
        .with_state(gateway)
}

async fn open_to_every_origin(request: Request, next: axum::middleware::Next) -> Response {
    let mut response = match *request.method() {
        Method::GET | Method::HEAD => next.run(request).await,
        Method::POST if request.uri().path().starts_with(SERVER_API) => next.run(request).await,
        Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        // Whatever else there is, and TRACE above all.
        _ => (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, METHODS)]).into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (
            STRICT_TRANSPORT_SECURITY,
            "max-age=63072000; includeSubDomains",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Red only when nobody could be served: the media thread is gone, or the node is about to go and
/// others are there. That the control plane is away,
/// or that every place is taken, is no reason to end the calls that go on.
async fn health(State(gateway): State<Gateway>) -> Response {
    if gateway.commands.is_closed() {
        return (StatusCode::SERVICE_UNAVAILABLE, "no media").into_response();
    }
    if gateway.leases.is_some_and(|leases| leases.is_leaving()) {
        return (StatusCode::SERVICE_UNAVAILABLE, "leaving").into_response();
    }
    "OK".into_response()
}

/// What the node counts, for whoever runs it: to a caller of this machine, unless a proxy speaks
/// for somebody else, and to whoever shows a token of a node.
async fn metrics(
    State(gateway): State<Gateway>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let local = address.ip().to_canonical().is_loopback();
    let passed_on = [FORWARDED, VIA, HeaderName::from_static("x-forwarded-for")];
    let passed_on = passed_on.iter().any(|name| headers.contains_key(name));
    let bearer = headers.get(AUTHORIZATION);
    let bearer = bearer.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let shown = bearer
        .is_some_and(|token| verify_node(&gateway.key, token, OffsetDateTime::now_utc()).is_ok());
    if !shown && (!local || passed_on) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let headers = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (headers, gateway.counters.as_text()).into_response()
}

/// Says whether [`join`] would let this request in, and if not, why.
async fn validate(
    State(gateway): State<Gateway>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Query(query): Query<JoinQuery>,
    headers: HeaderMap,
) -> Response {
    let origin = Origin::of(&gateway.key, address, &headers);
    match admission::admit(&gateway.key, origin.client, &query, &headers) {
        Ok(_) => "success".into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn join(
    State(gateway): State<Gateway>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Query(query): Query<JoinQuery>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if !parts.headers.contains_key(UPGRADE) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let origin = Origin::of(&gateway.key, address, &parts.headers);
    let mut admitted = match admission::admit(&gateway.key, origin.client, &query, &parts.headers) {
        Ok(admitted) => admitted,
        Err(refusal) => {
            gateway.counters.joins_refused_total.one();
            return refusal.into_response();
        }
    };
    let Ok(place) = gateway.places.clone().try_acquire_owned() else {
        gateway.counters.joins_refused_total.one();
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "the node has no place left",
        )
            .into_response();
    };
    if let Some(leases) = &gateway.leases {
        match relay::find(leases, &room_key(&admitted.claims), &origin).await {
            Way::Here(expected) => admitted.expected = expected,
            Way::There(there, way) => {
                gateway.counters.connections_relayed_total.one();
                let request = Request::from_parts(parts, body);
                let key = &gateway.key;
                let seat = Some(place);
                return relay::pass_on(leases, key, &there, origin.client, way, request, seat)
                    .await;
            }
            Way::Away if origin.holder.is_some() => {
                return StatusCode::MISDIRECTED_REQUEST.into_response();
            }
            Way::Away => return relay::away(),
        }
    }
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &gateway).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let message_bytes = gateway.limits.message_bytes;
    upgrade
        .max_message_size(message_bytes)
        .max_frame_size(message_bytes)
        .on_upgrade(move |socket| async move {
            signalling::carry(socket, admitted, gateway).await;
            drop(place);
        })
}

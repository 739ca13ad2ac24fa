//! `/_local/findings`: takes an event of the account's guards, as a rule of `EventBridge` would bring
//! it to the events function.
//!
//! It exists in the local runner only, where there is no account and nobody guards it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::StatusCode;
use koeba_events::Delivery;
use serde_json::Value;

pub(crate) fn routes(events: Arc<Delivery>) -> Router {
    Router::new()
        .route("/_local/findings", post(take))
        .with_state(events)
}

async fn take(
    State(events): State<Arc<Delivery>>,
    ConnectInfo(caller): ConnectInfo<SocketAddr>,
    Json(event): Json<Value>,
) -> Response {
    if !caller.ip().is_loopback() {
        return StatusCode::NOT_FOUND.into_response();
    }
    if event.get("detail-type").is_none() {
        let sentence = "an event of EventBridge has a detail-type";
        return (StatusCode::UNPROCESSABLE_ENTITY, sentence).into_response();
    }
    match Box::pin(events.answer(event)).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
}

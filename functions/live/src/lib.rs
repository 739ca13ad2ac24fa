//! `/live`: browsers that are told of changes as they happen.
//!
//! A WebSocket gateway holds the sockets; what happens to one reaches this router as a request, see
//! [`koeba_edge::SocketEvent`]. Nothing is said to a browser from here but the answer to its
//! heartbeat: what has changed is told by the events function, from the table's stream.

mod connect;
mod heartbeat;

use axum::Router;
use axum::routing::{get, post};
use koeba_edge::{Context, finish};

/// The function's router.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the form in which serve and the local runner take a function"
)]
pub fn router(context: Context) -> Router {
    let router = Router::new()
        .route("/live/workspaces/{workspace_id}", get(connect::connect))
        .route("/live/messages", post(heartbeat::answer))
        .route("/live/closings", post(connect::closed))
        .with_state(context.clone());
    finish(router, &context)
}

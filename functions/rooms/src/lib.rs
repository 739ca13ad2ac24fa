//! Rooms: making them, seeing who is in them, joining one; and what media nodes report.

mod evictions;
mod join_room;
mod lease;
mod report;
mod routes;
mod views;

use axum::Router;
use koeba_edge::{Context, finish};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use routes::{leases, media, rooms};

/// Every route of this function.
fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(rooms::create_room, rooms::list_rooms))
        .routes(routes!(
            rooms::show_room,
            rooms::rename_room,
            rooms::delete_room
        ))
        .routes(routes!(rooms::join_room))
        .routes(routes!(media::report_rooms))
        .routes(routes!(leases::claim_room))
}

/// The function's router.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the form in which serve and the local runner take a function"
)]
pub fn router(context: Context) -> Router {
    let (router, _) = routes().split_for_parts();
    finish(router.with_state(context.clone()), &context)
}

/// What the routes say about themselves.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().split_for_parts().1
}

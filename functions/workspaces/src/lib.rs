//! Workspaces, their members and their invitations.

mod accept_invitation;
mod invite;
mod routes;
mod views;

use axum::Router;
use koeba_edge::{Context, finish};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use routes::{invitations, members, workspaces};

/// Every route of this function.
fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(
            workspaces::create_workspace,
            workspaces::list_workspaces
        ))
        .routes(routes!(workspaces::show_workspace))
        .routes(routes!(members::list_members))
        .routes(routes!(
            invitations::create_invitation,
            invitations::list_invitations
        ))
        .routes(routes!(invitations::revoke_invitation))
        .routes(routes!(invitations::preview_invitation))
        .routes(routes!(invitations::accept_invitation))
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

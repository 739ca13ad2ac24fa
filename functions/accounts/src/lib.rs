//! Accounts: signing up, signing in and out, and who one is.

mod check_password;
mod confirm_sign_up;
mod device;
mod password_rules;
mod passwords;
mod routes;
mod sign_in;
mod sign_up;
mod state;
mod views;

use axum::Router;
use koeba_edge::{Context, finish};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use routes::{documents, me, sessions, sign_ups};
use state::Accounts;

/// Every route of this function.
fn routes() -> OpenApiRouter<Accounts> {
    OpenApiRouter::new()
        .routes(routes!(sign_ups::create_sign_up))
        .routes(routes!(sign_ups::confirm_sign_up))
        .routes(routes!(sessions::create_session))
        .routes(routes!(sessions::delete_session))
        .routes(routes!(me::show_me))
        .routes(routes!(documents::show_openapi))
        .routes(routes!(documents::show_health))
        .routes(routes!(documents::list_signing_keys))
}

/// The function's router.
pub fn router(context: Context) -> Router {
    let (router, _) = routes().split_for_parts();
    let accounts = Accounts::new(context);
    let context = accounts.context.clone();
    finish(router.with_state(accounts), &context)
}

/// What the routes say about themselves.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().split_for_parts().1
}

//! Accounts: signing up, signing in and out, and who one is.

mod asking;
mod change_email;
mod change_password;
mod check_password;
mod confirm_sign_up;
mod delete_account;
mod device;
mod entering;
mod export;
mod export_workspace;
mod join_by_invitation;
mod password_rules;
mod passwords;
mod routes;
mod second_step;
mod sign_in;
mod sign_up;
mod state;
mod step_up;
mod typed_token;
mod views;

use axum::Router;
use koeba_edge::{Context, finish};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use routes::{
    deletions, devices, documents, email_changes, exports, me, passkeys, passwords as password,
    second_step as step, second_steps, sessions, sign_ups,
};
use state::Accounts;

/// Every route of this function.
fn routes() -> OpenApiRouter<Accounts> {
    OpenApiRouter::new()
        .routes(routes!(sign_ups::create_sign_up))
        .routes(routes!(sign_ups::confirm_sign_up))
        .routes(routes!(sign_ups::join_by_invitation))
        .routes(routes!(sessions::create_session))
        .routes(routes!(sessions::delete_session))
        .routes(routes!(sessions::renew_session))
        .routes(routes!(sessions::step_up))
        .routes(routes!(step::mail_second_step_token))
        .routes(routes!(step::take_second_step))
        .routes(routes!(
            devices::list_devices,
            devices::sign_other_devices_out
        ))
        .routes(routes!(devices::sign_device_out))
        .routes(routes!(password::change_password))
        .routes(routes!(password::create_password_reset))
        .routes(routes!(password::complete_password_reset))
        .routes(routes!(second_steps::show_second_steps))
        .routes(routes!(
            second_steps::mail_set_up_token,
            second_steps::add_email_token,
            second_steps::remove_email_token
        ))
        .routes(routes!(
            second_steps::begin_totp,
            second_steps::add_totp,
            second_steps::remove_totp
        ))
        .routes(routes!(second_steps::make_recovery_codes))
        .routes(routes!(sessions::challenge_for_step_up))
        .routes(routes!(step::challenge_for_second_step))
        .routes(routes!(passkeys::begin_passkey))
        .routes(routes!(passkeys::add_passkey))
        .routes(routes!(passkeys::remove_passkey))
        .routes(routes!(me::show_me, me::change_me))
        .routes(routes!(email_changes::create_email_change))
        .routes(routes!(email_changes::confirm_email_change))
        .routes(routes!(exports::export_mine))
        .routes(routes!(exports::export_mine_as_page))
        .routes(routes!(deletions::delete_account))
        .routes(routes!(deletions::show_certificate))
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

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use http::header::SET_COOKIE;
use koeba_domain::EmailAddress;
use koeba_edge::openapi::{
    BodyProblems, LimitProblems, OpenProblems, Responses, SessionProblems, problems,
};
use koeba_edge::{ClientIp, Json, Problem, SignedIn, Slug, field};
use serde::Deserialize;
use utoipa::{IntoResponses, ToSchema};

use crate::asking::Asking;
use crate::change_password;
use crate::entering::cookies;
use crate::routes::sessions::{PasswordProblems, RenewalProblems};
use crate::state::Accounts;
use crate::views::SignedInView;

/// The present password and the one that takes its place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The present one.
    #[schema(format = Password, max_length = 1024)]
    current_password: String,
    /// At least 15 characters, and not easy to guess.
    #[schema(format = Password, min_length = 15, max_length = 128)]
    new_password: String,
}

/// Whose password was forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetRequest {
    /// The account's address.
    #[schema(max_length = 254, example = "aiko@example.com")]
    email: String,
}

/// The link's token, and a new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetCompletion {
    /// What follows the `#` in the link.
    #[schema(max_length = 256)]
    token: String,
    /// At least 15 characters, and not easy to guess.
    #[schema(format = Password, min_length = 15, max_length = 128)]
    new_password: String,
}

/// What only completing a reset may answer.
struct ResetProblems;

impl IntoResponses for ResetProblems {
    fn responses() -> Responses {
        problems(&[Slug::ResetUnusable])
    }
}

/// Change one's password; every other browser is signed out
#[utoipa::path(
    put, path = "/api/me/password", tag = "accounts",
    request_body = PasswordChange,
    responses(
        (status = 200, body = SignedInView, headers(("set-cookie" = String))),
        SessionProblems, BodyProblems, RenewalProblems, PasswordProblems, LimitProblems,
    ),
)]
pub(crate) async fn change_password(
    State(accounts): State<Accounts>,
    signed_in: SignedIn,
    client: ClientIp,
    Json(request): Json<PasswordChange>,
) -> Result<impl IntoResponse, Problem> {
    let entered = change_password::change(
        &accounts,
        &signed_in,
        client,
        &request.current_password,
        &request.new_password,
    )
    .await?;
    Ok((cookies(&entered), Json(SignedInView::from(entered))))
}

/// Ask for another password: sends a link, if the address has an account
#[utoipa::path(
    post, path = "/api/password-resets", tag = "accounts",
    request_body = ResetRequest,
    responses((status = 202), BodyProblems, OpenProblems, LimitProblems),
    security(()),
)]
pub(crate) async fn create_password_reset(
    State(accounts): State<Accounts>,
    asking: Asking,
    Json(request): Json<ResetRequest>,
) -> Result<StatusCode, Problem> {
    let email = field("email", EmailAddress::new(&request.email))?;
    change_password::ask_for_reset(&accounts, &email, &asking).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Choose another password with the mailed link; signs nobody in
#[utoipa::path(
    post, path = "/api/password-resets/complete", tag = "accounts",
    request_body = ResetCompletion,
    responses(
        (status = 204, headers(("set-cookie" = String))),
        BodyProblems, OpenProblems, ResetProblems, LimitProblems,
    ),
    security(()),
)]
pub(crate) async fn complete_password_reset(
    State(accounts): State<Accounts>,
    asking: Asking,
    Json(request): Json<ResetCompletion>,
) -> Result<impl IntoResponse, Problem> {
    let ResetCompletion {
        token,
        new_password,
    } = request;
    let device = change_password::complete_reset(&accounts, &token, &new_password, &asking).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, device)]))
}

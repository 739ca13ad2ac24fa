use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use koeba_domain::SignUpId;
use koeba_edge::openapi::{BodyProblems, LimitProblems, OpenProblems, Responses, problems};
use koeba_edge::{ClientIp, Json, Path, Problem, Slug};
use serde::Deserialize;
use utoipa::{IntoResponses, ToSchema};

use crate::asking::Asking;
use crate::routes::sessions::let_in;
use crate::state::Accounts;
use crate::views::{LocaleName, SignUpView, SignedInView};
use crate::{confirm_sign_up, join_by_invitation, sign_up};

/// Who wants an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignUpRequest {
    /// Where the token goes.
    #[schema(max_length = 254, example = "aiko@example.com")]
    pub(crate) email: String,
    /// At least 15 characters, and not easy to guess.
    #[schema(format = Password, min_length = 15, max_length = 128)]
    pub(crate) password: String,
    /// What others see: one line of 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64, example = "田中 愛子")]
    pub(crate) display_name: String,
    /// The language of mails and pages.
    pub(crate) locale: LocaleName,
}

/// What proves that the mail was read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignUpToken {
    /// The eight digits from the mail.
    #[schema(pattern = "^[0-9]{8}$", max_length = 64, example = "04821937")]
    token: String,
}

/// Who takes an invitation and has no account yet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JoinRequest {
    /// What follows the `#` in the link of the invitation's mail.
    #[schema(max_length = 256)]
    pub(crate) token: String,
    /// What others see: one line of 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64, example = "田中 愛子")]
    pub(crate) display_name: String,
    /// At least 15 characters, and not easy to guess.
    #[schema(format = Password, min_length = 15, max_length = 128)]
    pub(crate) password: String,
    /// The language of mails and pages.
    pub(crate) locale: LocaleName,
}

/// The sign-up that a path names.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct SignUpPath {
    sign_up_id: SignUpId,
}

/// What only a confirmation may answer.
struct ConfirmationProblems;

impl IntoResponses for ConfirmationProblems {
    fn responses() -> Responses {
        problems(&[
            Slug::SignUpNotFound,
            Slug::NotFound,
            Slug::AddressTaken,
            Slug::TokenExpired,
            Slug::TokenUsed,
            Slug::TooManyTries,
            // With those of any body that this status also stands for.
            Slug::TokenWrong,
            Slug::FieldUnknown,
            Slug::FieldsInvalid,
        ])
    }
}

/// What only taking an invitation may answer.
struct JoinProblems;

impl IntoResponses for JoinProblems {
    fn responses() -> Responses {
        problems(&[
            Slug::InvitationNotFound,
            Slug::InvitationExpired,
            Slug::InvitationUsed,
            Slug::InvitationRevoked,
            Slug::AddressTaken,
            Slug::LimitReached,
            // With that of any request that this status also stands for.
            Slug::OriginRefused,
            Slug::DomainNotAllowed,
            Slug::GuestsNotAllowed,
        ])
    }
}

/// Sign up: sends a token to the address, whether or not it has an account
#[utoipa::path(
    post, path = "/api/sign-ups", tag = "accounts",
    request_body = SignUpRequest,
    responses(
        (status = 202, body = SignUpView),
        BodyProblems, OpenProblems, LimitProblems,
    ),
    security(()),
)]
pub(crate) async fn create_sign_up(
    State(accounts): State<Accounts>,
    client: ClientIp,
    Json(request): Json<SignUpRequest>,
) -> Result<impl IntoResponse, Problem> {
    let view = sign_up::sign_up(&accounts, client, &request).await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

/// Confirm a sign-up with the token from the mail: makes the account and signs in
#[utoipa::path(
    post, path = "/api/sign-ups/{sign_up_id}/confirm", tag = "accounts",
    params(("sign_up_id" = String, Path)),
    request_body = SignUpToken,
    responses(
        (status = 201, body = SignedInView, headers(("set-cookie" = String))),
        BodyProblems, OpenProblems, LimitProblems, ConfirmationProblems,
    ),
    security(()),
)]
pub(crate) async fn confirm_sign_up(
    State(accounts): State<Accounts>,
    Path(path): Path<SignUpPath>,
    client: ClientIp,
    Asking { headers, trace, .. }: Asking,
    Json(request): Json<SignUpToken>,
) -> Result<impl IntoResponse, Problem> {
    accounts.context.limits(client).token().await?;
    let entered =
        confirm_sign_up::confirm(&accounts, path.sign_up_id, &request.token, &headers, trace)
            .await?;
    Ok(let_in(entered))
}

/// Sign up with the link of an invitation's mail: makes the account, signs in and joins
#[utoipa::path(
    post, path = "/api/sign-ups/by-invitation", tag = "accounts",
    request_body = JoinRequest,
    responses(
        (status = 201, body = SignedInView, headers(("set-cookie" = String))),
        BodyProblems, OpenProblems, LimitProblems, JoinProblems,
    ),
    security(()),
)]
pub(crate) async fn join_by_invitation(
    State(accounts): State<Accounts>,
    Asking {
        headers,
        trace,
        client,
    }: Asking,
    Json(request): Json<JoinRequest>,
) -> Result<impl IntoResponse, Problem> {
    accounts.context.limits(client).token().await?;
    let entered = join_by_invitation::join(&accounts, &request, &headers, trace).await?;
    Ok(let_in(entered))
}

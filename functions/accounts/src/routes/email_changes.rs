use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use koeba_domain::{EmailChangeId, Moment};
use koeba_edge::openapi::{BodyProblems, LimitProblems, Responses, SessionProblems, problems};
use koeba_edge::{ClientIp, Json, Path, Problem, SignedIn, Slug, SteppedUp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

use crate::change_email;
use crate::routes::me;
use crate::state::Accounts;
use crate::views::SignedInView;

/// Where somebody wants to be reached from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailChangeRequest {
    /// The new address.
    #[schema(max_length = 254, example = "aiko@example.com")]
    email: String,
}

/// What proves that the mail at the new address was read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailChangeToken {
    /// The eight digits from the mail.
    #[schema(pattern = "^[0-9]{8}$", max_length = 64, example = "04821937")]
    token: String,
}

/// A change of address that waits for its token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EmailChange)]
pub(crate) struct EmailChangeView {
    /// Which.
    #[schema(value_type = String, example = "ec_064sk9g1vqmk3tq2wkwk6xyz5e")]
    id: EmailChangeId,
    /// When the token stops working.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: Moment,
}

/// The change that a path names.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct EmailChangePath {
    email_change_id: EmailChangeId,
}

/// What only a confirmation may answer.
struct ConfirmationProblems;

impl IntoResponses for ConfirmationProblems {
    fn responses() -> Responses {
        problems(&[
            Slug::NotFound,
            Slug::AddressTaken,
            Slug::ChangedMeanwhile,
            Slug::TokenExpired,
            Slug::TooManyTries,
            // With those of any body that this status also stands for.
            Slug::TokenWrong,
            Slug::FieldUnknown,
            Slug::FieldsInvalid,
        ])
    }
}

/// Ask to be reached at another address: sends a token there, and word of it to the present one
#[utoipa::path(
    post, path = "/api/me/email-changes", tag = "accounts",
    request_body = EmailChangeRequest,
    responses(
        (status = 202, body = EmailChangeView),
        SessionProblems, BodyProblems, LimitProblems,
    ),
)]
pub(crate) async fn create_email_change(
    State(accounts): State<Accounts>,
    stepped_up: SteppedUp,
    client: ClientIp,
    Json(request): Json<EmailChangeRequest>,
) -> Result<impl IntoResponse, Problem> {
    let change = change_email::ask(&accounts, &stepped_up, client, &request.email).await?;
    let view = EmailChangeView {
        id: change.id,
        expires_at: change.expires_at,
    };
    Ok((StatusCode::ACCEPTED, Json(view)))
}

/// Confirm another address with the token from the mail; the old one and the new one are told
#[utoipa::path(
    post, path = "/api/me/email-changes/{email_change_id}/confirm", tag = "accounts",
    params(("email_change_id" = String, Path)),
    request_body = EmailChangeToken,
    responses(
        (status = 200, body = SignedInView),
        SessionProblems, BodyProblems, ConfirmationProblems,
    ),
)]
pub(crate) async fn confirm_email_change(
    State(accounts): State<Accounts>,
    signed_in: SignedIn,
    Path(path): Path<EmailChangePath>,
    Json(request): Json<EmailChangeToken>,
) -> Result<Json<SignedInView>, Problem> {
    let change = path.email_change_id;
    let user = change_email::confirm(&accounts, &signed_in, change, &request.token).await?;
    me::shown(&accounts, &signed_in, user).await
}

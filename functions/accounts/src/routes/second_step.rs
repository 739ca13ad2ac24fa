use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use koeba_domain::{Moment, SessionStage, TokenPurpose};
use koeba_edge::openapi::{BodyProblems, LimitProblems, Responses, SessionProblems, problems};
use koeba_edge::{AnySession, Device, Json, Problem, Slug};
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

use crate::routes::sessions::let_in;
use crate::second_step;
use crate::state::Accounts;
use crate::views::{MethodName, SignedInView};

/// That a token was mailed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MailedToken)]
pub(crate) struct MailedTokenView {
    /// When it stops working.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) expires_at: Moment,
}

/// A second step that is taken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondStepRequest {
    /// Which one.
    method: MethodName,
    /// The digits or the recovery code.
    #[schema(max_length = 64, example = "04821937")]
    code: String,
}

/// What a second step may answer.
pub(crate) struct StepProblems;

impl IntoResponses for StepProblems {
    fn responses() -> Responses {
        problems(&[
            Slug::TokenExpired,
            Slug::TokenUsed,
            Slug::TooManyTries,
            Slug::ChangedMeanwhile,
            Slug::SecondStepNotDue,
            Slug::TokenWrong,
            // With those of any body that this status also stands for.
            Slug::FieldUnknown,
            Slug::FieldsInvalid,
        ])
    }
}

/// Have a token mailed for the second step
#[utoipa::path(
    post, path = "/api/sessions/current/second-step/email-token", tag = "second steps",
    responses((status = 202, body = MailedTokenView), SessionProblems, StepProblems, LimitProblems),
)]
pub(crate) async fn mail_second_step_token(
    State(accounts): State<Accounts>,
    session: AnySession,
) -> Result<impl IntoResponse, Problem> {
    if session.session.stage != SessionStage::SecondStepDue {
        return Err(Slug::SecondStepNotDue.into());
    }
    let expires_at = second_step::mail_token(&accounts, &session, TokenPurpose::SignIn).await?;
    Ok((StatusCode::ACCEPTED, Json(MailedTokenView { expires_at })))
}

/// Take the second step and be signed in all the way
#[utoipa::path(
    post, path = "/api/sessions/current/second-step", tag = "second steps",
    request_body = SecondStepRequest,
    responses(
        (status = 201, body = SignedInView, headers(("set-cookie" = String))),
        SessionProblems, BodyProblems, StepProblems, LimitProblems,
    ),
)]
pub(crate) async fn take_second_step(
    State(accounts): State<Accounts>,
    session: AnySession,
    device: Device,
    Json(request): Json<SecondStepRequest>,
) -> Result<impl IntoResponse, Problem> {
    let method = request.method.into();
    let entered = second_step::take(&accounts, &session, &device, method, &request.code).await?;
    Ok(let_in(entered))
}

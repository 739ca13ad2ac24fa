use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use koeba_domain::{Moment, TokenPurpose};
use koeba_edge::openapi::{BodyProblems, LimitProblems, Responses, SessionProblems, problems};
use koeba_edge::{AnySession, Device, Json, Problem, Slug};
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

use crate::routes::sessions::{let_in, one_of};
use crate::second_step::{self, Shown, passkey};
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
    code: Option<String>,
    /// For a passkey: what `navigator.credentials.get` returned, as JSON.
    #[schema(value_type = Option<Object>)]
    credential: Option<serde_json::Value>,
}

/// What a passkey is asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasskeyChallenge {
    /// Options for `navigator.credentials`, as JSON.
    #[schema(value_type = Object)]
    pub(crate) public_key: serde_json::Value,
}

/// What asking for a passkey may answer.
pub(crate) struct NoPasskeyProblems;

impl IntoResponses for NoPasskeyProblems {
    fn responses() -> Responses {
        problems(&[Slug::NoPasskey, Slug::SecondStepNotDue, Slug::LimitReached])
    }
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
            Slug::PasskeyRefused,
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
    second_step::demand_due(&session)?;
    let expires_at = second_step::mail_token(&accounts, &session, TokenPurpose::SignIn).await?;
    Ok((StatusCode::ACCEPTED, Json(MailedTokenView { expires_at })))
}

/// Ask for a passkey, as the second step
#[utoipa::path(
    post, path = "/api/sessions/current/second-step/passkey-challenge", tag = "second steps",
    responses((status = 200, body = PasskeyChallenge), SessionProblems, NoPasskeyProblems),
)]
pub(crate) async fn challenge_for_second_step(
    State(accounts): State<Accounts>,
    session: AnySession,
) -> Result<Json<PasskeyChallenge>, Problem> {
    second_step::demand_due(&session)?;
    let public_key = passkey::challenge(&accounts, &session).await?;
    Ok(Json(PasskeyChallenge { public_key }))
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
    let shown = match (request.method, request.code, request.credential) {
        (MethodName::Passkey, None, Some(credential)) => Shown::Passkey(credential),
        (MethodName::Passkey, ..) | (_, None, _) | (_, _, Some(_)) => {
            return Err(one_of("code", "credential").into());
        }
        (method, Some(code), None) => Shown::Code(method.into(), code),
    };
    let entered = second_step::take(&accounts, &session, &device, shown).await?;
    Ok(let_in(entered))
}

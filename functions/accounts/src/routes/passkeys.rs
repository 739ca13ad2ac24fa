use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use koeba_domain::{Line, PasskeyId};
use koeba_edge::openapi::{BodyProblems, SessionProblems};
use koeba_edge::{AnySession, Device, Json, Path, Problem, ProblemDocument, SteppedUp, field};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entering::{self, cookies};
use crate::routes::second_step::{NoPasskeyProblems, PasskeyChallenge, StepProblems};
use crate::routes::second_steps::{NeededProblems, PasskeyView};
use crate::second_step::{self, passkey};
use crate::state::Accounts;
use crate::views::SignedInView;

/// A passkey that the browser has made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasskey {
    /// What its owner will call it: one line of 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64, example = "MacBook")]
    name: String,
    /// What `navigator.credentials.create` returned, as JSON.
    #[schema(value_type = Object)]
    credential: serde_json::Value,
}

/// A passkey that was set up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyAdded)]
pub(crate) struct PasskeyAddedView {
    /// The passkey.
    passkey: PasskeyView,
    /// The session under its new secret.
    signed_in: SignedInView,
}

/// The passkey that a path names.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct PasskeyPath {
    passkey_id: PasskeyId,
}

/// Begin to set a passkey up
#[utoipa::path(
    post, path = "/api/me/second-steps/passkeys/challenge", tag = "second steps",
    responses((status = 200, body = PasskeyChallenge), SessionProblems, NoPasskeyProblems),
)]
pub(crate) async fn begin_passkey(
    State(accounts): State<Accounts>,
    session: AnySession,
) -> Result<Json<PasskeyChallenge>, Problem> {
    second_step::may_set_up(&accounts, &session).await?;
    let public_key = passkey::begin(&accounts, &session).await?;
    Ok(Json(PasskeyChallenge { public_key }))
}

/// Make a passkey a second step
#[utoipa::path(
    post, path = "/api/me/second-steps/passkeys", tag = "second steps",
    request_body = NewPasskey,
    responses(
        (status = 201, body = PasskeyAddedView, headers(("set-cookie" = String))),
        SessionProblems, BodyProblems, StepProblems,
    ),
)]
pub(crate) async fn add_passkey(
    State(accounts): State<Accounts>,
    session: AnySession,
    device: Device,
    Json(request): Json<NewPasskey>,
) -> Result<impl IntoResponse, Problem> {
    second_step::may_set_up(&accounts, &session).await?;
    let name = field("name", Line::new(&request.name))?;
    let (facts, entered) = passkey::add(&accounts, &session, name, request.credential).await?;
    let entered = entering::on_device(&accounts, entered, &device, true).await?;
    Ok((
        StatusCode::CREATED,
        cookies(&entered),
        Json(PasskeyAddedView {
            passkey: facts.into(),
            signed_in: entered.into(),
        }),
    ))
}

/// Make a passkey a second step no longer
#[utoipa::path(
    delete, path = "/api/me/second-steps/passkeys/{passkey_id}", tag = "second steps",
    params(("passkey_id" = String, Path)),
    responses(
        (status = 204),
        (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
        SessionProblems, NeededProblems,
    ),
)]
pub(crate) async fn remove_passkey(
    State(accounts): State<Accounts>,
    stepped_up: SteppedUp,
    Path(path): Path<PasskeyPath>,
) -> Result<StatusCode, Problem> {
    passkey::remove(&accounts, &stepped_up, path.passkey_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

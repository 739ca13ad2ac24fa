use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use koeba_domain::{Moment, PasskeyFacts, PasskeyId, TokenPurpose};
use koeba_edge::openapi::{BodyProblems, LimitProblems, Responses, SessionProblems, problems};
use koeba_edge::{AnySession, Device, Json, Problem, Slug, SteppedUp};
use koeba_storage::StepName;
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

use crate::entering::{self, cookies};
use crate::routes::second_step::{MailedTokenView, StepProblems};
use crate::second_step;
use crate::state::Accounts;
use crate::views::SignedInView;

/// The second steps of an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SecondSteps)]
pub(crate) struct SecondStepsView {
    /// Tokens by mail.
    email_token: EmailTokenView,
    /// The authenticator app.
    totp: TotpView,
    /// The passkeys.
    passkeys: Vec<PasskeyView>,
    /// The recovery codes.
    recovery_codes: RecoveryView,
    /// Whether one is demanded of this person.
    demanded: bool,
}

/// Whether tokens by mail are a second step.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EmailTokenStep)]
pub(crate) struct EmailTokenView {
    /// Whether they are.
    enabled: bool,
}

/// Whether an authenticator app is a second step.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TotpStep)]
pub(crate) struct TotpView {
    /// Whether it is.
    enabled: bool,
    /// Since when.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    since: Option<Moment>,
}

/// A passkey.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkey)]
pub(crate) struct PasskeyView {
    /// Which.
    #[schema(value_type = String, example = "pk_064sk9g1vqmk3tq2wkwk6xyz5e")]
    id: PasskeyId,
    /// What its owner calls it.
    name: String,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
    /// When it was last used.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Moment>,
}

/// How many recovery codes there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecoveryCodesLeft)]
pub(crate) struct RecoveryView {
    /// How many are left.
    left: usize,
}

/// What an authenticator app is told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TotpInvitation)]
pub(crate) struct TotpInvitationView {
    /// The secret, to be typed.
    secret: String,
    /// All of it as a URI, to be shown as a QR code.
    uri: String,
}

/// Recovery codes, shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
pub(crate) struct RecoveryCodesView {
    /// The codes.
    recovery_codes: Vec<String>,
}

/// An authenticator app that was set up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TotpAdded)]
pub(crate) struct TotpAddedView {
    /// The codes for the day when it is lost, shown this once.
    recovery_codes: Vec<String>,
    /// The session under its new secret.
    signed_in: SignedInView,
}

impl From<PasskeyFacts> for PasskeyView {
    fn from(passkey: PasskeyFacts) -> Self {
        Self {
            id: passkey.id,
            name: passkey.name.to_string(),
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        }
    }
}

/// A code that proves a method.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetUpCode {
    /// The digits.
    #[schema(max_length = 64, example = "04821937")]
    code: String,
}

/// What removing a method may answer.
pub(crate) struct NeededProblems;

impl IntoResponses for NeededProblems {
    fn responses() -> Responses {
        problems(&[Slug::SecondStepNeeded, Slug::ChangedMeanwhile])
    }
}

/// See one's second steps
#[utoipa::path(
    get, path = "/api/me/second-steps", tag = "second steps",
    responses((status = 200, body = SecondStepsView), SessionProblems),
)]
pub(crate) async fn show_second_steps(
    State(accounts): State<Accounts>,
    session: AnySession,
) -> Result<Json<SecondStepsView>, Problem> {
    let directory = accounts.context.table.directory();
    let steps = directory.second_steps(session.user).await?.facts;
    let demands = entering::demands(&directory, session.user).await?;
    Ok(Json(SecondStepsView {
        email_token: EmailTokenView {
            enabled: steps.email_token.is_some(),
        },
        totp: TotpView {
            enabled: steps.totp.is_some(),
            since: steps.totp,
        },
        passkeys: steps.passkeys.into_iter().map(PasskeyView::from).collect(),
        recovery_codes: RecoveryView {
            left: steps.recovery_codes,
        },
        demanded: demands.second_step,
    }))
}

/// Have a token mailed, to make tokens by mail a second step
#[utoipa::path(
    post, path = "/api/me/second-steps/email-token", tag = "second steps",
    responses((status = 202, body = MailedTokenView), SessionProblems, LimitProblems),
)]
pub(crate) async fn mail_set_up_token(
    State(accounts): State<Accounts>,
    session: AnySession,
) -> Result<impl IntoResponse, Problem> {
    second_step::may_set_up(&accounts, &session).await?;
    let expires_at = second_step::mail_token(&accounts, &session, TokenPurpose::SetUp).await?;
    Ok((StatusCode::ACCEPTED, Json(MailedTokenView { expires_at })))
}

/// Make tokens by mail a second step
#[utoipa::path(
    put, path = "/api/me/second-steps/email-token", tag = "second steps",
    request_body = SetUpCode,
    responses(
        (status = 200, body = SignedInView, headers(("set-cookie" = String))),
        SessionProblems, BodyProblems, StepProblems,
    ),
)]
pub(crate) async fn add_email_token(
    State(accounts): State<Accounts>,
    session: AnySession,
    device: Device,
    Json(request): Json<SetUpCode>,
) -> Result<impl IntoResponse, Problem> {
    second_step::may_set_up(&accounts, &session).await?;
    let entered = second_step::add_email_token(&accounts, &session, &request.code).await?;
    let entered = entering::on_device(&accounts, entered, &device, true).await?;
    Ok((cookies(&entered), Json(SignedInView::from(entered))))
}

/// Make tokens by mail a second step no longer
#[utoipa::path(
    delete, path = "/api/me/second-steps/email-token", tag = "second steps",
    responses((status = 204), SessionProblems, NeededProblems),
)]
pub(crate) async fn remove_email_token(
    State(accounts): State<Accounts>,
    stepped_up: SteppedUp,
) -> Result<StatusCode, Problem> {
    second_step::remove(&accounts, &stepped_up, StepName::EmailToken).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begin to set an authenticator app up
#[utoipa::path(
    post, path = "/api/me/second-steps/totp", tag = "second steps",
    responses((status = 200, body = TotpInvitationView), SessionProblems),
)]
pub(crate) async fn begin_totp(
    State(accounts): State<Accounts>,
    session: AnySession,
) -> Result<Json<TotpInvitationView>, Problem> {
    second_step::may_set_up(&accounts, &session).await?;
    let (secret, uri) = second_step::begin_totp(&accounts, &session).await?;
    Ok(Json(TotpInvitationView { secret, uri }))
}

/// Make the authenticator app a second step, with a code of it
#[utoipa::path(
    put, path = "/api/me/second-steps/totp", tag = "second steps",
    request_body = SetUpCode,
    responses(
        (status = 200, body = TotpAddedView, headers(("set-cookie" = String))),
        SessionProblems, BodyProblems, StepProblems,
    ),
)]
pub(crate) async fn add_totp(
    State(accounts): State<Accounts>,
    session: AnySession,
    device: Device,
    Json(request): Json<SetUpCode>,
) -> Result<impl IntoResponse, Problem> {
    second_step::may_set_up(&accounts, &session).await?;
    let (recovery_codes, entered) =
        second_step::add_totp(&accounts, &session, &request.code).await?;
    let entered = entering::on_device(&accounts, entered, &device, true).await?;
    Ok((
        cookies(&entered),
        Json(TotpAddedView {
            recovery_codes,
            signed_in: entered.into(),
        }),
    ))
}

/// Make the authenticator app a second step no longer
#[utoipa::path(
    delete, path = "/api/me/second-steps/totp", tag = "second steps",
    responses((status = 204), SessionProblems, NeededProblems),
)]
pub(crate) async fn remove_totp(
    State(accounts): State<Accounts>,
    stepped_up: SteppedUp,
) -> Result<StatusCode, Problem> {
    second_step::remove(&accounts, &stepped_up, StepName::Totp).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make new recovery codes; the old ones no longer work
#[utoipa::path(
    post, path = "/api/me/second-steps/recovery-codes", tag = "second steps",
    responses((status = 200, body = RecoveryCodesView), SessionProblems),
)]
pub(crate) async fn make_recovery_codes(
    State(accounts): State<Accounts>,
    stepped_up: SteppedUp,
) -> Result<Json<RecoveryCodesView>, Problem> {
    let recovery_codes = second_step::new_recovery_codes(&accounts, &stepped_up).await?;
    Ok(Json(RecoveryCodesView { recovery_codes }))
}

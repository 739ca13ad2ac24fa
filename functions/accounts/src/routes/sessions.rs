use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use http::header::SET_COOKIE;
use koeba_domain::EmailAddress;
use koeba_edge::cookies::{cleared_session_cookie, session_secret};
use koeba_edge::openapi::{
    BodyProblems, LimitProblems, OpenProblems, Responses, SessionProblems, problems,
};
use koeba_edge::{AnySession, ClientIp, FieldProblem, Json, Problem, SignedIn, Slug, Text, field};
use serde::Deserialize;
use utoipa::{IntoResponses, ToSchema};

use crate::asking::Asking;
use crate::entering::{self, Entered, cookies};
use crate::routes::second_step::{NoPasskeyProblems, PasskeyChallenge};
use crate::second_step::passkey;
use crate::state::Accounts;
use crate::views::SignedInView;
use crate::{sign_in, step_up};

/// What one signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    /// The account's address.
    #[schema(max_length = 254, example = "aiko@example.com")]
    email: String,
    /// Its password.
    #[schema(format = Password, max_length = 1024)]
    password: String,
}

/// What only signing in may answer.
struct CredentialProblems;

impl IntoResponses for CredentialProblems {
    fn responses() -> Responses {
        problems(&[Slug::CredentialsWrong])
    }
}

/// Sign in
#[utoipa::path(
    post, path = "/api/sessions", tag = "accounts",
    request_body = Credentials,
    responses(
        (status = 201, body = SignedInView, headers(("set-cookie" = String))),
        BodyProblems, OpenProblems, LimitProblems, CredentialProblems,
    ),
    security(()),
)]
pub(crate) async fn create_session(
    State(accounts): State<Accounts>,
    Asking {
        headers,
        trace,
        client,
    }: Asking,
    Json(credentials): Json<Credentials>,
) -> Result<impl IntoResponse, Problem> {
    let email = field("email", EmailAddress::new(&credentials.email))?;
    let before = session_secret(&headers);
    let entered = sign_in::sign_in(
        &accounts,
        &email,
        &credentials.password,
        client,
        before.as_ref(),
        &headers,
        trace,
    )
    .await?;
    Ok(let_in(entered))
}

/// What lets a browser in: its new cookie, and what it shows of itself.
pub(crate) fn let_in(entered: Entered) -> impl IntoResponse {
    (
        StatusCode::CREATED,
        cookies(&entered),
        Json(SignedInView::from(entered)),
    )
}

/// Sign out
#[utoipa::path(
    delete, path = "/api/sessions/current", tag = "accounts",
    responses((status = 204), SessionProblems),
)]
pub(crate) async fn delete_session(
    State(accounts): State<Accounts>,
    session: AnySession,
) -> Result<impl IntoResponse, Problem> {
    let directory = accounts.context.table.directory();
    directory.delete_session(&session.name()).await?;
    Ok((
        StatusCode::NO_CONTENT,
        [(SET_COOKIE, cleared_session_cookie())],
    ))
}

/// Give this session another secret, as a new role demands; the old one ends at once
#[utoipa::path(
    post, path = "/api/sessions/current/renewal", tag = "accounts",
    responses(
        (status = 201, body = SignedInView, headers(("set-cookie" = String))),
        SessionProblems, RenewalProblems,
    ),
)]
pub(crate) async fn renew_session(
    State(accounts): State<Accounts>,
    session: AnySession,
) -> Result<impl IntoResponse, Problem> {
    let renewed = session.session.renewed(accounts.context.clock.now());
    let entered = entering::renew(&accounts, &session, renewed).await?;
    Ok(let_in(entered))
}

/// What proves that somebody is still there: one of these.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepUpRequest {
    /// Their password.
    #[schema(format = Password, max_length = 1024)]
    password: Option<String>,
    /// What `navigator.credentials.get` returned, as JSON.
    #[schema(value_type = Option<Object>)]
    credential: Option<serde_json::Value>,
}

/// Prove that it is still oneself: for five minutes what is dear can be done
#[utoipa::path(
    post, path = "/api/sessions/current/step-up", tag = "accounts",
    request_body = StepUpRequest,
    responses(
        (status = 201, body = SignedInView, headers(("set-cookie" = String))),
        SessionProblems, BodyProblems, RenewalProblems, PasswordProblems, LimitProblems,
    ),
)]
pub(crate) async fn step_up(
    State(accounts): State<Accounts>,
    signed_in: SignedIn,
    client: ClientIp,
    Json(request): Json<StepUpRequest>,
) -> Result<impl IntoResponse, Problem> {
    let entered = match (request.password, request.credential) {
        (Some(password), None) => {
            step_up::by_password(&accounts, &signed_in, client, &password).await?
        }
        (None, Some(credential)) => step_up::by_passkey(&accounts, &signed_in, credential).await?,
        _ => return Err(one_of("password", "credential").into()),
    };
    Ok(let_in(entered))
}

/// That exactly one of two fields must be sent.
pub(crate) fn one_of(one: &str, other: &str) -> FieldProblem {
    let text = Text::of(
        format!("{one}と{other}のどちらか1つを送ってください。"),
        format!("Send either {one} or {other}."),
    );
    FieldProblem::new(one, text)
}

/// Ask for a passkey, to prove that it is still oneself
#[utoipa::path(
    post, path = "/api/sessions/current/step-up/passkey-challenge", tag = "accounts",
    responses((status = 200, body = PasskeyChallenge), SessionProblems, NoPasskeyProblems),
)]
pub(crate) async fn challenge_for_step_up(
    State(accounts): State<Accounts>,
    signed_in: SignedIn,
) -> Result<Json<PasskeyChallenge>, Problem> {
    let public_key = passkey::challenge(&accounts, &signed_in).await?;
    Ok(Json(PasskeyChallenge { public_key }))
}

/// What renewing a session may answer.
pub(crate) struct RenewalProblems;

impl IntoResponses for RenewalProblems {
    fn responses() -> Responses {
        problems(&[Slug::ChangedMeanwhile])
    }
}

/// What asking for a password may answer.
pub(crate) struct PasswordProblems;

impl IntoResponses for PasswordProblems {
    fn responses() -> Responses {
        problems(&[
            Slug::PasswordWrong,
            Slug::PasskeyRefused,
            Slug::FieldUnknown,
            Slug::FieldsInvalid,
        ])
    }
}

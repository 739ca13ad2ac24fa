use axum::extract::State;
use axum::response::IntoResponse;
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use koeba_domain::EmailAddress;
use koeba_edge::cookies::{cleared_session_cookie, session_cookie, session_secret};
use koeba_edge::openapi::{
    BodyProblems, LimitProblems, OpenProblems, Responses, SessionProblems, problems,
};
use koeba_edge::{AnySession, ClientIp, Json, Problem, Slug, field};
use serde::Deserialize;
use utoipa::{IntoResponses, ToSchema};

use crate::sign_in;
use crate::state::Accounts;
use crate::views::SignedInView;

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
    client: ClientIp,
    headers: HeaderMap,
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
    )
    .await?;
    let cookie = [(SET_COOKIE, session_cookie(&entered.secret))];
    Ok((
        StatusCode::CREATED,
        cookie,
        Json(SignedInView::from(entered)),
    ))
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

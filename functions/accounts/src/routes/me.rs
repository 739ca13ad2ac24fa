use axum::extract::State;
use koeba_domain::{DisplayName, User};
use koeba_edge::openapi::{BodyProblems, SessionProblems};
use koeba_edge::{AnySession, Json, Problem, SignedIn, Slug, field};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::state::Accounts;
use crate::views::{LocaleName, SessionView, SignedInView};

/// What somebody changes of themselves; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileChange {
    /// What others see: one line of 1 to 64 characters.
    #[schema(
        min_length = 1,
        max_length = 64,
        example = "田中 愛子",
        nullable = false
    )]
    display_name: Option<String>,
    /// The language of mails and pages.
    #[schema(nullable = false)]
    locale: Option<LocaleName>,
}

/// See who is signed in
#[utoipa::path(
    get, path = "/api/me", tag = "accounts",
    responses((status = 200, body = SignedInView), SessionProblems),
)]
pub(crate) async fn show_me(
    State(accounts): State<Accounts>,
    session: AnySession,
) -> Result<Json<SignedInView>, Problem> {
    let directory = accounts.context.table.directory();
    let user = directory
        .user(session.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    shown(&accounts, &session, user).await
}

/// Change one's name or language
#[utoipa::path(
    patch, path = "/api/me", tag = "accounts",
    request_body = ProfileChange,
    responses((status = 200, body = SignedInView), SessionProblems, BodyProblems),
)]
pub(crate) async fn change_me(
    State(accounts): State<Accounts>,
    signed_in: SignedIn,
    Json(request): Json<ProfileChange>,
) -> Result<Json<SignedInView>, Problem> {
    let directory = accounts.directory(signed_in.trace);
    let mut user = directory
        .user(signed_in.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    if let Some(name) = request.display_name {
        user.display_name = field("display_name", DisplayName::new(&name))?;
    }
    if let Some(locale) = request.locale {
        user.locale = locale.into();
    }
    directory.change_profile(&user).await?;
    shown(&accounts, &signed_in, user).await
}

/// What the holder of a session sees of themselves.
pub(crate) async fn shown(
    accounts: &Accounts,
    session: &AnySession,
    user: User,
) -> Result<Json<SignedInView>, Problem> {
    let directory = accounts.context.table.directory();
    let steps = directory.second_steps(session.user).await?.facts;
    Ok(Json(SignedInView {
        user: user.into(),
        csrf_token: session.csrf_token(),
        session: SessionView::new(&session.session, &steps),
    }))
}

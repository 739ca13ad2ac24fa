use axum::extract::State;
use koeba_edge::openapi::SessionProblems;
use koeba_edge::{AnySession, Json, Problem, Slug};

use crate::state::Accounts;
use crate::views::{SessionView, SignedInView};

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
    let steps = directory.second_steps(session.user).await?.facts;
    Ok(Json(SignedInView {
        user: user.into(),
        csrf_token: session.csrf_token(),
        session: SessionView::new(&session.session, &steps),
    }))
}

use axum::extract::State;
use koeba_edge::openapi::SessionProblems;
use koeba_edge::{Json, Problem, SignedIn, Slug};

use crate::state::Accounts;
use crate::views::SignedInView;

/// See who is signed in
#[utoipa::path(
    get, path = "/api/me", tag = "accounts",
    responses((status = 200, body = SignedInView), SessionProblems),
)]
pub(crate) async fn show_me(
    State(accounts): State<Accounts>,
    signed_in: SignedIn,
) -> Result<Json<SignedInView>, Problem> {
    let directory = accounts.context.table.directory();
    let user = directory
        .user(signed_in.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    Ok(Json(SignedInView {
        user: user.into(),
        csrf_token: signed_in.csrf_token(),
    }))
}

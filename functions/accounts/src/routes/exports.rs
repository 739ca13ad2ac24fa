use axum::extract::State;
use axum::response::Response;
use koeba_edge::openapi::SessionProblems;
use koeba_edge::{Problem, SteppedUp, attachment};

use crate::export;
use crate::state::Accounts;

/// Export everything about oneself
#[utoipa::path(
    get, path = "/api/me/export", tag = "accounts",
    responses((status = 200, description = "A file", content_type = "application/json"), SessionProblems),
)]
pub(crate) async fn export_mine(
    State(accounts): State<Accounts>,
    stepped_up: SteppedUp,
) -> Result<Response, Problem> {
    let export = export::gather(&accounts, &stepped_up).await?;
    let bytes = serde_json::to_vec_pretty(&export).map_err(Problem::internal)?;
    attachment(
        "koeba-my-data.json",
        "application/json; charset=utf-8",
        bytes,
    )
}

/// Export everything about oneself, as a page to read
#[utoipa::path(
    get, path = "/api/me/export.html", tag = "accounts",
    responses((status = 200, description = "A file", content_type = "text/html"), SessionProblems),
)]
pub(crate) async fn export_mine_as_page(
    State(accounts): State<Accounts>,
    stepped_up: SteppedUp,
) -> Result<Response, Problem> {
    let export = export::gather(&accounts, &stepped_up).await?;
    let page = export.page()?.into_bytes();
    attachment("koeba-my-data.html", "text/html; charset=utf-8", page)
}

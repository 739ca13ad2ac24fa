use axum::extract::State;
use koeba_edge::openapi::ScopedProblems;
use koeba_edge::permission::ViewFindings;
use koeba_edge::{Context, Json, Problem, Scoped};

use crate::finding_views::FindingList;

/// List what the guards of the account found, the latest first
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/findings", tag = "findings",
    params(("workspace_id" = String, Path)),
    responses((status = 200, body = FindingList), ScopedProblems),
)]
pub(crate) async fn list_findings(
    State(context): State<Context>,
    _: Scoped<ViewFindings>,
) -> Result<Json<FindingList>, Problem> {
    Ok(Json(context.table.directory().findings().await?.into()))
}

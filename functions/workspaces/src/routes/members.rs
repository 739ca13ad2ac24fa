use axum::extract::State;
use koeba_edge::openapi::ScopedProblems;
use koeba_edge::permission::ListMembers;
use koeba_edge::{Context, Json, Page, Problem, ProblemDocument, Scoped};
use koeba_storage::PageRequest;

use crate::views::MemberList;

/// List the members
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/members", tag = "members",
    params(("workspace_id" = String, Path), Page),
    responses(
        (status = 200, body = MemberList),
        (status = 400, description = "`query-invalid`, `cursor-invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        ScopedProblems,
    ),
)]
pub(crate) async fn list_members(
    State(context): State<Context>,
    scoped: Scoped<ListMembers>,
    page: Page,
) -> Result<Json<MemberList>, Problem> {
    let request = PageRequest {
        limit: page.limit(),
        cursor: page.cursor,
    };
    let members = context
        .table
        .workspace(&scoped.scope)
        .members(&request)
        .await?;
    Ok(Json(members.into()))
}

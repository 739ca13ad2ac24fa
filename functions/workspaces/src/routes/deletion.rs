use axum::extract::State;
use koeba_edge::openapi::{BodyProblems, ScopedProblems};
use koeba_edge::permission::DeleteWorkspace;
use koeba_edge::{CertificateView, Context, DeletionRequest, Json, Problem, ScopedSteppedUp};

use crate::delete_workspace;

/// Delete a workspace with all that is in it, for good
#[utoipa::path(
    post, path = "/api/workspaces/{workspace_id}/deletion", tag = "workspaces",
    params(("workspace_id" = String, Path)),
    request_body = DeletionRequest,
    responses((status = 200, body = CertificateView), ScopedProblems, BodyProblems),
)]
pub(crate) async fn delete_workspace(
    State(context): State<Context>,
    scoped: ScopedSteppedUp<DeleteWorkspace>,
    Json(request): Json<DeletionRequest>,
) -> Result<Json<CertificateView>, Problem> {
    request.demand_word()?;
    Ok(Json(delete_workspace::delete(&context, &scoped).await?))
}

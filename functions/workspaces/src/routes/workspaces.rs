use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use koeba_domain::{Member, MemberState, Role, Workspace, WorkspaceName};
use koeba_edge::openapi::{BodyProblems, ScopedProblems, SessionProblems};
use koeba_edge::permission::{ManageMembers, ViewWorkspace};
use koeba_edge::{Context, Json, Problem, ProblemDocument, Scoped, SignedIn, Slug, field};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::views::{WorkspaceList, WorkspaceView};

/// What a new workspace is called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkspaceRequest {
    /// One line of 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64, example = "声場開発部")]
    name: String,
}

/// Make a workspace, with oneself as its owner
#[utoipa::path(
    post, path = "/api/workspaces", tag = "workspaces",
    request_body = WorkspaceRequest,
    responses(
        (status = 201, body = WorkspaceView),
        (status = 409, description = "`limit-reached`", body = ProblemDocument, content_type = "application/problem+json"),
        SessionProblems, BodyProblems,
    ),
)]
pub(crate) async fn create_workspace(
    State(context): State<Context>,
    signed_in: SignedIn,
    Json(request): Json<WorkspaceRequest>,
) -> Result<impl IntoResponse, Problem> {
    let name = field("name", WorkspaceName::new(&request.name))?;
    let directory = context.table.directory().traced(signed_in.trace);
    let user = directory
        .user(signed_in.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let created_at = context.clock.now();
    let workspace = Workspace {
        id: context.entropy.id(),
        name,
        created_at,
    };
    let owner = Member {
        user: user.id,
        display_name: user.display_name,
        email: user.email,
        role: Role::Owner,
        joined_at: created_at,
    };
    directory.create_workspace(&workspace, &owner).await?;
    Ok((
        StatusCode::CREATED,
        Json(WorkspaceView::new(&workspace, Role::Owner)),
    ))
}

/// List the workspaces that one belongs to
#[utoipa::path(
    get, path = "/api/workspaces", tag = "workspaces",
    responses((status = 200, body = WorkspaceList), SessionProblems),
)]
pub(crate) async fn list_workspaces(
    State(context): State<Context>,
    signed_in: SignedIn,
) -> Result<Json<WorkspaceList>, Problem> {
    let mut mine = context
        .table
        .directory()
        .workspaces_of(signed_in.user)
        .await?;
    mine.retain(|mine| mine.state == MemberState::Active);
    mine.sort_by(|one, other| one.workspace.name.cmp(&other.workspace.name));
    let items = mine
        .into_iter()
        .map(|mine| WorkspaceView::new(&mine.workspace, mine.role))
        .collect();
    Ok(Json(WorkspaceList { items }))
}

/// Show a workspace
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}", tag = "workspaces",
    params(("workspace_id" = String, Path)),
    responses((status = 200, body = WorkspaceView), ScopedProblems),
)]
pub(crate) async fn show_workspace(
    State(context): State<Context>,
    scoped: Scoped<ViewWorkspace>,
) -> Result<Json<WorkspaceView>, Problem> {
    let workspace = context.table.workspace(&scoped.scope).workspace().await?;
    Ok(Json(WorkspaceView::new(&workspace, scoped.scope.role())))
}

/// Give a workspace another name
#[utoipa::path(
    patch, path = "/api/workspaces/{workspace_id}", tag = "workspaces",
    params(("workspace_id" = String, Path)),
    request_body = WorkspaceRequest,
    responses((status = 200, body = WorkspaceView), ScopedProblems, BodyProblems),
)]
pub(crate) async fn rename_workspace(
    State(context): State<Context>,
    scoped: Scoped<ManageMembers>,
    Json(request): Json<WorkspaceRequest>,
) -> Result<Json<WorkspaceView>, Problem> {
    let name = field("name", WorkspaceName::new(&request.name))?;
    let workspace = context.table.workspace(&scoped.scope).rename(&name).await?;
    Ok(Json(WorkspaceView::new(&workspace, scoped.scope.role())))
}

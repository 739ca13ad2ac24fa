use axum::extract::State;
use http::HeaderMap;
use koeba_edge::openapi::{BodyProblems, ScopedProblems};
use koeba_edge::permission::ManagePolicy;
use koeba_edge::{ClientIp, Context, Json, Problem, Scoped, ScopedSteppedUp, preferred_language};
use serde::Deserialize;
use utoipa::ToSchema;

use super::problems::PolicyProblems;
use crate::policy_views::{PolicyBody, PolicyPreviewView, PolicyView};
use crate::put_policy;

/// A policy to look at first.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyPreviewRequest {
    /// What it is to be.
    policy: PolicyBody,
}

/// A policy to be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyRequest {
    /// What it is to be.
    policy: PolicyBody,
    /// The version of the one that it takes the place of.
    version: u32,
}

/// Show the security policy
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/policy", tag = "policy",
    params(("workspace_id" = String, Path)),
    responses((status = 200, body = PolicyView), ScopedProblems),
)]
pub(crate) async fn show_policy(
    State(context): State<Context>,
    scoped: Scoped<ManagePolicy>,
) -> Result<Json<PolicyView>, Problem> {
    let stored = context.table.workspace(&scoped.scope).policy().await?;
    Ok(Json(stored.into()))
}

/// See what a policy would change
#[utoipa::path(
    post, path = "/api/workspaces/{workspace_id}/policy/preview", tag = "policy",
    params(("workspace_id" = String, Path)),
    request_body = PolicyPreviewRequest,
    responses((status = 200, body = PolicyPreviewView), ScopedProblems, BodyProblems),
)]
pub(crate) async fn preview_policy(
    State(context): State<Context>,
    client: ClientIp,
    headers: HeaderMap,
    scoped: ScopedSteppedUp<ManagePolicy>,
    Json(request): Json<PolicyPreviewRequest>,
) -> Result<Json<PolicyPreviewView>, Problem> {
    let policy = request.policy.read()?;
    let preview = put_policy::preview(&context, &scoped, client.0, &policy).await?;
    Ok(Json(preview.in_language(preferred_language(&headers))))
}

/// Change the security policy
#[utoipa::path(
    put, path = "/api/workspaces/{workspace_id}/policy", tag = "policy",
    params(("workspace_id" = String, Path)),
    request_body = PolicyRequest,
    responses((status = 200, body = PolicyView), PolicyProblems, BodyProblems),
)]
pub(crate) async fn change_policy(
    State(context): State<Context>,
    client: ClientIp,
    scoped: ScopedSteppedUp<ManagePolicy>,
    Json(request): Json<PolicyRequest>,
) -> Result<Json<PolicyView>, Problem> {
    let policy = request.policy.read()?;
    let stored = put_policy::put(&context, &scoped, client.0, &policy, request.version).await?;
    Ok(Json(stored.into()))
}

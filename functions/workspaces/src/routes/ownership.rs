use axum::extract::State;
use http::StatusCode;
use koeba_domain::{Contact, Department, UserId};
use koeba_edge::openapi::{BodyProblems, ScopedProblems};
use koeba_edge::permission::{ListMembers, ManageMembers, TransferOwnership};
use koeba_edge::{Context, FieldProblem, Json, Problem, Scoped, ScopedSteppedUp, Text, field};
use serde::Deserialize;
use utoipa::ToSchema;

use super::problems::ChangeProblems;
use crate::member_views::ResponsibleView;
use crate::{name_responsible, transfer_ownership};

/// Who is to be the owner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnershipRequest {
    /// An active member.
    #[schema(max_length = 64, example = "us_064sk9g1vqmk3tq2wkwk6xyz5e")]
    user_id: String,
}

/// Who is to answer for the workspace.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResponsibleRequest {
    /// An active manager, or the owner.
    #[schema(max_length = 64, example = "us_064sk9g1vqmk3tq2wkwk6xyz5e")]
    user_id: String,
    /// Of which department: one line of 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64, example = "情報システム部")]
    department: String,
    /// How to reach them: one line of 1 to 254 characters.
    #[schema(min_length = 1, max_length = 254, example = "内線 1234")]
    contact: String,
}

/// Pass the workspace on to another owner
#[utoipa::path(
    post, path = "/api/workspaces/{workspace_id}/ownership", tag = "members",
    params(("workspace_id" = String, Path)),
    request_body = OwnershipRequest,
    responses((status = 204), ChangeProblems, BodyProblems),
)]
pub(crate) async fn transfer_ownership(
    State(context): State<Context>,
    scoped: ScopedSteppedUp<TransferOwnership>,
    Json(request): Json<OwnershipRequest>,
) -> Result<StatusCode, Problem> {
    let heir = user(&request.user_id)?;
    transfer_ownership::transfer(&context, &scoped.scope, heir).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show who answers for the workspace
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/responsible-manager", tag = "members",
    params(("workspace_id" = String, Path)),
    responses((status = 200, body = ResponsibleView), ScopedProblems),
)]
pub(crate) async fn show_responsible_manager(
    State(context): State<Context>,
    scoped: Scoped<ListMembers>,
) -> Result<Json<ResponsibleView>, Problem> {
    Ok(Json(name_responsible::show(&context, &scoped.scope).await?))
}

/// Name who answers for the workspace
#[utoipa::path(
    put, path = "/api/workspaces/{workspace_id}/responsible-manager", tag = "members",
    params(("workspace_id" = String, Path)),
    request_body = ResponsibleRequest,
    responses((status = 200, body = ResponsibleView), ChangeProblems, BodyProblems),
)]
pub(crate) async fn name_responsible_manager(
    State(context): State<Context>,
    scoped: ScopedSteppedUp<ManageMembers>,
    Json(request): Json<ResponsibleRequest>,
) -> Result<Json<ResponsibleView>, Problem> {
    let named = user(&request.user_id)?;
    let department = field("department", Department::new(&request.department))?;
    let contact = field("contact", Contact::new(&request.contact))?;
    let view = name_responsible::name(&context, &scoped.scope, named, department, contact).await?;
    Ok(Json(view))
}

/// A member that a body names. One that is malformed names nobody.
fn user(text: &str) -> Result<UserId, FieldProblem> {
    text.parse().map_err(|_| {
        let text = Text::fixed(
            "メンバーのuser_idを送ってください。",
            "Send the user_id of a member.",
        );
        FieldProblem::new("user_id", text)
    })
}

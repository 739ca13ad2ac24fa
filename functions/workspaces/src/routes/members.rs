use axum::extract::{FromRequestParts, State};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use koeba_domain::{AccountFacts, MemberChange, MemberRecord, Permission, UserId};
use koeba_edge::openapi::{BodyProblems, ScopedProblems};
use koeba_edge::permission::{ListMembers, ManageMembers};
use koeba_edge::{Context, Json, Page, Path, Problem, Scoped, ScopedSteppedUp, Slug};
use koeba_storage::PageRequest;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problems::{ChangeProblems, ListProblems};
use crate::views::{MemberList, MemberStateName, MemberView, RoleName};
use crate::{change_member, export_members};

/// The member that a path names.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct MemberPath {
    user_id: UserId,
}

/// Another role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleRequest {
    /// What they are to be: never more than oneself, and never the owner.
    role: RoleName,
}

/// Which members.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberQuery {
    /// Where to go on: the `next_cursor` of the page before. Without it, the beginning.
    #[param(max_length = 2048)]
    cursor: Option<String>,
    /// How many items at most, from 1 to 100; 50 if not said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u8>,
    /// Only those in this state.
    state: Option<MemberStateName>,
    /// Only those with this role.
    role: Option<RoleName>,
    /// Only those whose name or address has this in it, in whatever case.
    #[param(max_length = 64)]
    q: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for MemberQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Query(query) =
            axum::extract::Query::<Self>::from_request_parts(parts, state)
                .await
                .map_err(|_| Slug::QueryInvalid)?;
        if query.q.as_ref().is_some_and(|text| text.len() > 256) {
            return Err(Slug::QueryInvalid.into());
        }
        let (cursor, limit) = (query.cursor.clone(), query.limit);
        Page { cursor, limit }.checked()?;
        Ok(query)
    }
}

impl MemberQuery {
    fn page(&self) -> PageRequest {
        PageRequest {
            cursor: self.cursor.clone(),
            limit: self.limit.unwrap_or(Page::DEFAULT),
        }
    }

    fn wants(&self, record: &MemberRecord) -> bool {
        let member = &record.member;
        self.state.is_none_or(|state| state == record.state.into())
            && self.role.is_none_or(|role| role == member.role.into())
            && self.q.as_ref().is_none_or(|text| {
                let text = text.trim().to_lowercase();
                member.display_name.folded().contains(&text)
                    || member.display_name.as_str().to_lowercase().contains(&text)
                    || member.email.normalized().contains(&text)
            })
    }
}

/// List the members
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/members", tag = "members",
    params(("workspace_id" = String, Path), MemberQuery),
    responses((status = 200, body = MemberList), ListProblems),
)]
pub(crate) async fn list_members(
    State(context): State<Context>,
    scoped: Scoped<ListMembers>,
    query: MemberQuery,
) -> Result<Json<MemberList>, Problem> {
    let table = context.table.workspace(&scoped.scope);
    let page = query.page();
    let (listed, responsible) = tokio::try_join!(
        table.member_records(&page, |record| query.wants(record)),
        table.responsible_manager(),
    )?;
    let responsible = responsible.map(|named| named.user);
    let listed = listed.map(|record| seen(&scoped, record, responsible));
    Ok(Json(MemberList {
        items: listed.items,
        next_cursor: listed.next_cursor,
    }))
}

/// Show a member
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/members/{user_id}", tag = "members",
    params(("workspace_id" = String, Path), ("user_id" = String, Path)),
    responses((status = 200, body = MemberView), ScopedProblems),
)]
pub(crate) async fn show_member(
    State(context): State<Context>,
    scoped: Scoped<ListMembers>,
    Path(path): Path<MemberPath>,
) -> Result<Json<MemberView>, Problem> {
    let table = context.table.workspace(&scoped.scope);
    let (record, responsible) = tokio::try_join!(
        table.member_record(path.user_id),
        table.responsible_manager()
    )?;
    let record = record.ok_or(Slug::NotFound)?;
    let responsible = responsible.map(|named| named.user);
    Ok(Json(seen(&scoped, record, responsible)))
}

/// Give a member another role
#[utoipa::path(
    patch, path = "/api/workspaces/{workspace_id}/members/{user_id}", tag = "members",
    params(("workspace_id" = String, Path), ("user_id" = String, Path)),
    request_body = RoleRequest,
    responses((status = 200, body = MemberView), ChangeProblems, BodyProblems),
)]
pub(crate) async fn change_role(
    State(context): State<Context>,
    scoped: ScopedSteppedUp<ManageMembers>,
    Path(path): Path<MemberPath>,
    Json(request): Json<RoleRequest>,
) -> Result<Json<MemberView>, Problem> {
    let change = MemberChange::Role(request.role.into());
    stays(&context, &scoped, path.user_id, change).await
}

/// Shut a member out, keeping everything of theirs
#[utoipa::path(
    post, path = "/api/workspaces/{workspace_id}/members/{user_id}/deactivate", tag = "members",
    params(("workspace_id" = String, Path), ("user_id" = String, Path)),
    responses((status = 200, body = MemberView), ChangeProblems),
)]
pub(crate) async fn deactivate_member(
    State(context): State<Context>,
    scoped: ScopedSteppedUp<ManageMembers>,
    Path(path): Path<MemberPath>,
) -> Result<Json<MemberView>, Problem> {
    stays(&context, &scoped, path.user_id, MemberChange::Deactivation).await
}

/// Let a member in again
#[utoipa::path(
    post, path = "/api/workspaces/{workspace_id}/members/{user_id}/reactivate", tag = "members",
    params(("workspace_id" = String, Path), ("user_id" = String, Path)),
    responses((status = 200, body = MemberView), ChangeProblems),
)]
pub(crate) async fn reactivate_member(
    State(context): State<Context>,
    scoped: ScopedSteppedUp<ManageMembers>,
    Path(path): Path<MemberPath>,
) -> Result<Json<MemberView>, Problem> {
    stays(&context, &scoped, path.user_id, MemberChange::Reactivation).await
}

/// Take a member out of the workspace
#[utoipa::path(
    delete, path = "/api/workspaces/{workspace_id}/members/{user_id}", tag = "members",
    params(("workspace_id" = String, Path), ("user_id" = String, Path)),
    responses((status = 204), ChangeProblems),
)]
pub(crate) async fn remove_member(
    State(context): State<Context>,
    scoped: ScopedSteppedUp<ManageMembers>,
    Path(path): Path<MemberPath>,
) -> Result<StatusCode, Problem> {
    change_member::change(&context, &scoped.scope, path.user_id, MemberChange::Removal).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Export the members as a table
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/members/export", tag = "members",
    params(("workspace_id" = String, Path)),
    responses(
        (status = 200, description = "Comma-separated values with a header, to be saved", body = String, content_type = "text/csv"),
        ScopedProblems,
    ),
)]
pub(crate) async fn export_members(
    State(context): State<Context>,
    scoped: ScopedSteppedUp<ManageMembers>,
) -> Result<Response, Problem> {
    export_members::export(&context, &scoped.scope).await
}

async fn stays(
    context: &Context,
    scoped: &Scoped<ManageMembers>,
    user: UserId,
    change: MemberChange,
) -> Result<Json<MemberView>, Problem> {
    let view = change_member::change(context, &scoped.scope, user, change).await?;
    Ok(Json(view.ok_or(Slug::NotFound)?))
}

/// What whoever asks may see of a member: what is known of an account is not their colleagues'.
fn seen(
    scoped: &Scoped<ListMembers>,
    mut record: MemberRecord,
    responsible: Option<UserId>,
) -> MemberView {
    if !scoped.scope.role().may(Permission::ManageMembers) {
        record.facts = AccountFacts::default();
    }
    let named = responsible == Some(record.member.user);
    MemberView::new(record, named)
}

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use koeba_domain::{InvitationLink, InvitationLinkId};
use koeba_edge::openapi::{BodyProblems, ScopedProblems};
use koeba_edge::permission::ManageInvitations;
use koeba_edge::{Context, FieldProblem, Json, Path, Problem, Scoped, Text};
use serde::Deserialize;
use time::Duration;
use utoipa::ToSchema;

use super::problems::InvitingProblems;
use crate::make_link::{LinkWish, make};
use crate::member_views::{InvitationLinkList, LinkView};
use crate::policy_views::read_domains;
use crate::views::RoleName;

/// What a link is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkRequest {
    /// What people will be: a member or a guest.
    role: RoleName,
    /// For how many hours it works.
    #[schema(minimum = 1, maximum = 720)]
    expires_in_hours: u16,
    /// The domains that their addresses must have; none for any.
    #[serde(default)]
    #[schema(max_items = 100)]
    domains: Vec<String>,
    /// How many people may take it; none for as many as there is room for.
    #[schema(minimum = 1, maximum = 5000)]
    most_uses: Option<u32>,
}

/// The link that a path names.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct LinkPath {
    link_id: InvitationLinkId,
}

/// Make a link that lets several people in
#[utoipa::path(
    post, path = "/api/workspaces/{workspace_id}/invitation-links", tag = "invitations",
    params(("workspace_id" = String, Path)),
    request_body = LinkRequest,
    responses((status = 201, body = LinkView), InvitingProblems, BodyProblems),
)]
pub(crate) async fn create_invitation_link(
    State(context): State<Context>,
    scoped: Scoped<ManageInvitations>,
    Json(request): Json<LinkRequest>,
) -> Result<impl IntoResponse, Problem> {
    let works_for = Duration::hours(i64::from(request.expires_in_hours));
    if works_for < Duration::HOUR || works_for > InvitationLink::LONGEST {
        let text = Text::fixed("1〜720時間で入力してください。", "Enter 1 to 720 hours.");
        return Err(FieldProblem::new("expires_in_hours", text).into());
    }
    if request
        .most_uses
        .is_some_and(|most| !(1..=5000).contains(&most))
    {
        let text = Text::fixed("1〜5000人で入力してください。", "Enter 1 to 5000 people.");
        return Err(FieldProblem::new("most_uses", text).into());
    }
    let wish = LinkWish {
        role: request.role.into(),
        works_for,
        domains: read_domains("domains", &request.domains)?,
        most_uses: request.most_uses,
    };
    let (link, address) = make(&context, &scoped.scope, &scoped.policy, wish).await?;
    Ok((
        StatusCode::CREATED,
        Json(LinkView::new(link, Some(address))),
    ))
}

/// List the links that let people in
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/invitation-links", tag = "invitations",
    params(("workspace_id" = String, Path)),
    responses((status = 200, body = InvitationLinkList), ScopedProblems),
)]
pub(crate) async fn list_invitation_links(
    State(context): State<Context>,
    scoped: Scoped<ManageInvitations>,
) -> Result<Json<InvitationLinkList>, Problem> {
    let mut links = context
        .table
        .workspace(&scoped.scope)
        .invitation_links()
        .await?;
    links.sort_by_key(|link| std::cmp::Reverse(link.created_at));
    let items = links
        .into_iter()
        .map(|link| LinkView::new(link, None))
        .collect();
    Ok(Json(InvitationLinkList {
        items,
        next_cursor: None,
    }))
}

/// Take a link back
#[utoipa::path(
    delete, path = "/api/workspaces/{workspace_id}/invitation-links/{link_id}",
    tag = "invitations",
    params(("workspace_id" = String, Path), ("link_id" = String, Path)),
    responses((status = 204), ScopedProblems),
)]
pub(crate) async fn revoke_invitation_link(
    State(context): State<Context>,
    scoped: Scoped<ManageInvitations>,
    Path(path): Path<LinkPath>,
) -> Result<StatusCode, Problem> {
    context
        .table
        .workspace(&scoped.scope)
        .revoke_link(path.link_id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

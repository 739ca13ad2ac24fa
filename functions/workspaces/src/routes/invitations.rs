use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use koeba_domain::{EmailAddress, InvitationId};
use koeba_edge::openapi::{BodyProblems, LimitProblems, ScopedProblems, SessionProblems};
use koeba_edge::permission::ManageInvitations;
use koeba_edge::{
    ClientIp, Context, Json, Page, Path, Problem, ProblemDocument, Scoped, ScopedSteppedUp,
    SignedIn, field,
};
use koeba_storage::PageRequest;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problems::InvitingProblems;
use crate::invite::{Invitee, Inviting};
use crate::member_views::ImportedList;
use crate::views::{InvitationList, InvitationPreview, InvitationView, RoleName, WorkspaceView};
use crate::{accept_invitation, import_invitations};

/// Whom to invite, as what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitationRequest {
    /// Where the invitation goes; nobody else can take it.
    #[schema(max_length = 254, example = "ken@example.com")]
    email: String,
    /// What they will be: never more than oneself, and never the owner.
    role: RoleName,
}

/// A list of people to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportRequest {
    /// Comma-separated values: a header `email,display_name,role`, then at most 200 people.
    #[schema(
        max_length = 65536,
        example = "email,display_name,role\nken@example.com,Ken,member\n"
    )]
    csv: String,
}

/// The token of an invitation's link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitationToken {
    /// What follows the `#` in the link.
    #[schema(max_length = 256)]
    token: String,
}

/// The invitation that a path names.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct InvitationPath {
    invitation_id: InvitationId,
}

/// Invite somebody by mail
#[utoipa::path(
    post, path = "/api/workspaces/{workspace_id}/invitations", tag = "invitations",
    params(("workspace_id" = String, Path)),
    request_body = InvitationRequest,
    responses((status = 201, body = InvitationView), InvitingProblems, BodyProblems, LimitProblems),
)]
pub(crate) async fn create_invitation(
    State(context): State<Context>,
    client: ClientIp,
    scoped: Scoped<ManageInvitations>,
    Json(request): Json<InvitationRequest>,
) -> Result<impl IntoResponse, Problem> {
    let email = field("email", EmailAddress::new(&request.email))?;
    let invitee = Invitee {
        email,
        suggested_name: None,
        role: request.role.into(),
    };
    let limits = context.limits(client);
    let inviting = Inviting::begin(&context, limits, &scoped.scope, &scoped.policy, 1).await?;
    let invitation = inviting.invite(invitee).await?;
    Ok((StatusCode::CREATED, Json(InvitationView::from(invitation))))
}

/// Invite the people of a list
///
/// Each row succeeds or is refused by itself. Whoever has no account yet gets a mail whose link
/// leads to choosing a name and a password.
#[utoipa::path(
    post, path = "/api/workspaces/{workspace_id}/invitations/import", tag = "invitations",
    params(("workspace_id" = String, Path)),
    request_body = ImportRequest,
    responses((status = 200, body = ImportedList), ScopedProblems, BodyProblems, LimitProblems),
)]
pub(crate) async fn import_invitations(
    State(context): State<Context>,
    client: ClientIp,
    scoped: ScopedSteppedUp<ManageInvitations>,
    Json(request): Json<ImportRequest>,
) -> Result<Json<ImportedList>, Problem> {
    let rows = import_invitations::read(&request.csv)?;
    let people = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let limits = context.limits(client);
    let inviting = Inviting::begin(&context, limits, &scoped.scope, &scoped.policy, people).await?;
    let records = context
        .table
        .workspace(&scoped.scope)
        .all_member_records()
        .await?;
    let members = records
        .iter()
        .map(|record| record.member.email.normalized())
        .collect();
    let items = import_invitations::invite_all(&inviting, &members, rows).await?;
    Ok(Json(ImportedList { items }))
}

/// List the invitations
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/invitations", tag = "invitations",
    params(("workspace_id" = String, Path), Page),
    responses(
        (status = 200, body = InvitationList),
        (status = 400, description = "`query-invalid`, `cursor-invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        ScopedProblems,
    ),
)]
pub(crate) async fn list_invitations(
    State(context): State<Context>,
    scoped: Scoped<ManageInvitations>,
    page: Page,
) -> Result<Json<InvitationList>, Problem> {
    let request = PageRequest {
        limit: page.limit(),
        cursor: page.cursor,
    };
    let invitations = context
        .table
        .workspace(&scoped.scope)
        .invitations(&request)
        .await?;
    Ok(Json(invitations.into()))
}

/// Take an invitation back
#[utoipa::path(
    delete, path = "/api/workspaces/{workspace_id}/invitations/{invitation_id}",
    tag = "invitations",
    params(("workspace_id" = String, Path), ("invitation_id" = String, Path)),
    responses(
        (status = 204),
        (status = 409, description = "`changed-meanwhile`", body = ProblemDocument, content_type = "application/problem+json"),
        ScopedProblems,
    ),
)]
pub(crate) async fn revoke_invitation(
    State(context): State<Context>,
    scoped: Scoped<ManageInvitations>,
    Path(path): Path<InvitationPath>,
) -> Result<StatusCode, Problem> {
    context
        .table
        .workspace(&scoped.scope)
        .revoke_invitation(path.invitation_id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Look at an invitation before taking it
#[utoipa::path(
    post, path = "/api/invitations/preview", tag = "invitations",
    request_body = InvitationToken,
    responses(
        (status = 200, body = InvitationPreview),
        (status = 403, description = "`origin-refused`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`invitation-not-found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 410, description = "`invitation-expired`, `invitation-used`, `invitation-revoked`", body = ProblemDocument, content_type = "application/problem+json"),
        BodyProblems, LimitProblems,
    ),
    security(()),
)]
pub(crate) async fn preview_invitation(
    State(context): State<Context>,
    client: ClientIp,
    Json(request): Json<InvitationToken>,
) -> Result<Json<InvitationPreview>, Problem> {
    context.limits(client).token().await?;
    Ok(Json(
        accept_invitation::preview(&context, &request.token).await?,
    ))
}

/// Take an invitation
#[utoipa::path(
    post, path = "/api/invitations/accept", tag = "invitations",
    request_body = InvitationToken,
    responses(
        (status = 200, body = WorkspaceView),
        (status = 404, description = "`invitation-not-found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`already-member`, `limit-reached`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 410, description = "`invitation-expired`, `invitation-used`, `invitation-revoked`", body = ProblemDocument, content_type = "application/problem+json"),
        SessionProblems, BodyProblems, LimitProblems,
        (status = 403, description = "`csrf-token-wrong`, `origin-refused`, `invitation-for-another-address`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn accept_invitation(
    State(context): State<Context>,
    client: ClientIp,
    signed_in: SignedIn,
    Json(request): Json<InvitationToken>,
) -> Result<Json<WorkspaceView>, Problem> {
    context.limits(client).token().await?;
    Ok(Json(
        accept_invitation::accept(&context, &signed_in, &request.token).await?,
    ))
}

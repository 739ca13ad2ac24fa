//! Looks at an invitation, and takes it.

use koeba_domain::{AcceptError, Member, UserId};
use koeba_edge::digest::same;
use koeba_edge::{Context, Problem, Slug};
use koeba_storage::{InvitationOffer, StorageError};

use crate::invitation_token::InvitationToken;
use crate::views::{InvitationPreview, WorkspaceView};

/// What whoever holds the link may see.
pub(crate) async fn preview(context: &Context, token: &str) -> Result<InvitationPreview, Problem> {
    let offer = find(context, token).await?;
    offer
        .invitation
        .check_open(context.clock.now())
        .map_err(refusal)?;
    Ok(InvitationPreview {
        workspace_name: offer.workspace.name.to_string(),
        inviter_name: offer
            .inviter_name
            .map(|name| name.to_string())
            .unwrap_or_default(),
        email: offer.invitation.email.to_string(),
        role: offer.invitation.role.into(),
        expires_at: offer.invitation.expires_at,
    })
}

/// Makes the person a member, once.
pub(crate) async fn accept(
    context: &Context,
    user: UserId,
    token: &str,
) -> Result<WorkspaceView, Problem> {
    let offer = find(context, token).await?;
    let directory = context.table.directory();
    let user = directory.user(user).await?.ok_or(Slug::NotSignedIn)?;
    let now = context.clock.now();
    offer.invitation.check(&user.email, now).map_err(refusal)?;
    let member = Member {
        user: user.id,
        display_name: user.display_name,
        email: user.email,
        role: offer.invitation.role,
        joined_at: now,
    };
    directory
        .accept_invitation(&offer.workspace, offer.invitation.id, &member)
        .await
        .map_err(|error| match error {
            StorageError::Conflict => Slug::InvitationUsed.into(),
            StorageError::AlreadyExists => Slug::AlreadyMember.into(),
            other => Problem::from(other),
        })?;
    Ok(WorkspaceView::new(&offer.workspace, member.role))
}

/// The invitation whose secret the token knows; any other is none.
async fn find(context: &Context, token: &str) -> Result<InvitationOffer, Problem> {
    let token = InvitationToken::read(token).ok_or(Slug::InvitationNotFound)?;
    let directory = context.table.directory();
    let found = directory
        .invitation(token.workspace, token.invitation)
        .await;
    let offer = match found {
        Ok(offer) => offer.ok_or(Slug::InvitationNotFound)?,
        Err(StorageError::NotFound) => return Err(Slug::InvitationNotFound.into()),
        Err(error) => return Err(error.into()),
    };
    if same(&offer.invitation.secret_hash, &token.secret_hash()) {
        Ok(offer)
    } else {
        Err(Slug::InvitationNotFound.into())
    }
}

fn refusal(error: AcceptError) -> Problem {
    let slug = match error {
        AcceptError::OtherAddress => Slug::InvitationForAnotherAddress,
        AcceptError::AlreadyUsed => Slug::InvitationUsed,
        AcceptError::Revoked => Slug::InvitationRevoked,
        AcceptError::Expired => Slug::InvitationExpired,
    };
    slug.into()
}

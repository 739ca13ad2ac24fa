//! Invites somebody: an invitation and the mail that carries its link, or neither.

use koeba_domain::{
    EmailAddress, Invitation, InvitationState, Mail, MailIntent, Role, WorkspaceScope,
};
use koeba_edge::digest::{base64url, sha256_hex};
use koeba_edge::{Context, Problem, Slug};
use koeba_storage::StorageError;

use crate::invitation_token;

pub(crate) async fn invite(
    context: &Context,
    scope: &WorkspaceScope,
    email: EmailAddress,
    role: Role,
) -> Result<Invitation, Problem> {
    Invitation::may_invite(scope.role(), role).map_err(|_| Slug::RoleNotGrantable)?;
    let table = context.table.workspace(scope);
    let workspace = table.workspace().await?;
    let inviter = context
        .table
        .directory()
        .user(scope.user())
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let secret = base64url(&context.entropy.bytes::<32>());
    let now = context.clock.now();
    let invitation = Invitation {
        id: context.entropy.id(),
        email: email.clone(),
        role,
        invited_by: inviter.id,
        state: InvitationState::Pending,
        secret_hash: sha256_hex(&secret),
        created_at: now,
        expires_at: now + Invitation::LIFETIME,
    };
    let token = invitation_token::write(workspace.id, invitation.id, &secret);
    let mail = MailIntent {
        id: context.entropy.id(),
        to: email,
        // Nothing is known of the invited person's language but that of their colleague.
        locale: inviter.locale,
        mail: Mail::Invitation {
            workspace_name: workspace.name,
            inviter_name: inviter.display_name,
            // A fragment never leaves the browser, so the token is in no server's log.
            link: format!("{}/invite#{token}", context.settings.app_origin),
        },
    };
    table
        .invite(&invitation, &mail)
        .await
        .map_err(|error| match error {
            StorageError::AlreadyExists => Slug::AlreadyInvited.into(),
            other => Problem::from(other),
        })?;
    Ok(invitation)
}

//! Makes a link that lets several people in.

use koeba_domain::{Domain, InvitationLink, Policy, Role, WorkspaceScope};
use koeba_edge::digest::{base64url, sha256_hex};
use koeba_edge::{Context, InvitationToken, Invited, Problem, Slug};
use time::Duration;

/// What a link is to be.
pub(crate) struct LinkWish {
    pub(crate) role: Role,
    pub(crate) works_for: Duration,
    pub(crate) domains: Vec<Domain>,
    pub(crate) most_uses: Option<u32>,
}

/// Makes it; answers it and its address, which nobody sees again.
pub(crate) async fn make(
    context: &Context,
    scope: &WorkspaceScope,
    policy: &Policy,
    wish: LinkWish,
) -> Result<(InvitationLink, String), Problem> {
    InvitationLink::may_make(scope.role(), wish.role).map_err(|_| Slug::RoleNotGrantable)?;
    if wish.role == Role::Guest && !policy.guests_allowed {
        return Err(Slug::GuestsNotAllowed.into());
    }
    let secret = base64url(&context.entropy.bytes::<32>());
    let now = context.clock.now();
    let link = InvitationLink {
        id: context.entropy.id(),
        role: wish.role,
        domains: wish.domains,
        made_by: scope.user(),
        secret_hash: sha256_hex(&secret),
        created_at: now,
        expires_at: now + wish.works_for,
        uses: 0,
        most_uses: wish.most_uses,
        revoked: false,
    };
    context.table.workspace(scope).create_link(&link).await?;
    let token = InvitationToken::write(scope.workspace(), Invited::ByLink(link.id), &secret);
    let address = format!("{}/invite#{token}", context.settings.app_origin);
    Ok((link, address))
}

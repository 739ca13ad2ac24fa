//! Invites somebody: an invitation and the mail that carries its link, or neither.

use koeba_domain::{
    DisplayName, EmailAddress, Invitation, InvitationState, Mail, MailIntent, Policy, Role, User,
    Workspace, WorkspaceScope,
};
use koeba_edge::digest::{base64url, sha256_hex};
use koeba_edge::{Context, InvitationToken, Invited, Limits, Problem, Slug};
use koeba_storage::StorageError;

/// Whom to invite, as what.
pub(crate) struct Invitee {
    pub(crate) email: EmailAddress,
    pub(crate) suggested_name: Option<DisplayName>,
    pub(crate) role: Role,
}

/// Who invites, and where to: read once, however many are invited.
pub(crate) struct Inviting<'a> {
    context: &'a Context,
    limits: Limits<'a>,
    scope: &'a WorkspaceScope,
    policy: &'a Policy,
    workspace: Workspace,
    inviter: User,
}

impl<'a> Inviting<'a> {
    /// Begins to invite `people`.
    pub(crate) async fn begin(
        context: &'a Context,
        limits: Limits<'a>,
        scope: &'a WorkspaceScope,
        policy: &'a Policy,
        people: u32,
    ) -> Result<Self, Problem> {
        limits
            .invitations(scope.workspace(), scope.user(), people)
            .await?;
        let workspace = context.table.workspace(scope).workspace().await?;
        let directory = context.table.directory();
        let inviter = directory
            .user(scope.user())
            .await?
            .ok_or(Slug::NotSignedIn)?;
        Ok(Self {
            context,
            limits,
            scope,
            policy,
            workspace,
            inviter,
        })
    }

    /// Invites one person; their link leads to where somebody with an account accepts.
    pub(crate) async fn invite(&self, invitee: Invitee) -> Result<Invitation, Problem> {
        self.send(invitee, true).await
    }

    /// Invites one person; without an account their link leads to where they make one. Nobody but
    /// whoever reads their mail learns which of the two it was.
    pub(crate) async fn invite_to_join(&self, invitee: Invitee) -> Result<Invitation, Problem> {
        let directory = self.context.table.directory();
        let known = directory.has_account(&invitee.email).await?;
        self.send(invitee, known).await
    }

    async fn send(&self, invitee: Invitee, has_account: bool) -> Result<Invitation, Problem> {
        let Invitee {
            email,
            suggested_name,
            role,
        } = invitee;
        Invitation::may_invite(self.scope.role(), role).map_err(|_| Slug::RoleNotGrantable)?;
        self.policy
            .allows_invitation(role, &email)
            .map_err(Slug::from)?;
        self.limits.mail_to(&email).await?;
        let entropy = &self.context.entropy;
        let secret = base64url(&entropy.bytes::<32>());
        let now = self.context.clock.now();
        let invitation = Invitation {
            id: entropy.id(),
            email: email.clone(),
            suggested_name,
            role,
            invited_by: self.inviter.id,
            state: InvitationState::Pending,
            secret_hash: sha256_hex(&secret),
            created_at: now,
            expires_at: now + Invitation::LIFETIME,
        };
        let invited = Invited::By(invitation.id);
        let token = InvitationToken::write(self.workspace.id, invited, &secret);
        let (workspace_name, inviter_name) = (
            self.workspace.name.clone(),
            self.inviter.display_name.clone(),
        );
        // A fragment never leaves the browser, so the token is in no server's log.
        let link = |page| format!("{}/{page}#{token}", self.context.settings.app_origin);
        let mail = MailIntent {
            id: entropy.id(),
            to: email,
            // Nothing is known of the invited person's language but that of their colleague.
            locale: self.inviter.locale,
            mail: if has_account {
                Mail::Invitation {
                    workspace_name,
                    inviter_name,
                    link: link("invite"),
                }
            } else {
                Mail::JoinInvitation {
                    workspace_name,
                    inviter_name,
                    link: link("join"),
                }
            },
        };
        self.context
            .table
            .workspace(self.scope)
            .invite(&invitation, &mail)
            .await
            .map_err(|error| match error {
                StorageError::AlreadyExists => Slug::AlreadyInvited.into(),
                other => Problem::from(other),
            })?;
        Ok(invitation)
    }
}

//! What the API shows of workspaces, members and invitations.

use koeba_domain::{
    Invitation, InvitationId, InvitationState, MemberRecord, MemberState, Moment, Role,
    SecondStepMethod, UserId, Workspace, WorkspaceId,
};
use koeba_storage::Listed;
use serde::Serialize;
use time::serde::rfc3339;
use utoipa::ToSchema;

/// A workspace, as one of its members sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Workspace)]
pub(crate) struct WorkspaceView {
    /// Which.
    #[schema(value_type = String, example = "ws_064sk9g1vqmk3tq2wkwk6xyz5e")]
    pub(crate) id: WorkspaceId,
    /// What people call it.
    pub(crate) name: String,
    /// What you may do there.
    pub(crate) role: RoleName,
    /// When it was made.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Moment,
}

impl WorkspaceView {
    pub(crate) fn new(workspace: &Workspace, role: Role) -> Self {
        Self {
            id: workspace.id,
            name: workspace.name.to_string(),
            role: role.into(),
            created_at: workspace.created_at,
        }
    }
}

/// The workspaces that one belongs to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkspaceList {
    /// All of them, by name.
    pub(crate) items: Vec<WorkspaceView>,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Role)]
pub(crate) enum RoleName {
    /// Somebody from outside who may talk in the rooms.
    Guest,
    /// Somebody of the team.
    Member,
    /// Runs the workspace.
    Manager,
    /// Answers for the workspace.
    Owner,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Guest => Self::Guest,
            Role::Member => Self::Member,
            Role::Manager => Self::Manager,
            Role::Owner => Self::Owner,
        }
    }
}

impl From<RoleName> for Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Guest => Self::Guest,
            RoleName::Member => Self::Member,
            RoleName::Manager => Self::Manager,
            RoleName::Owner => Self::Owner,
        }
    }
}

/// Whether a member may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MemberState)]
pub(crate) enum MemberStateName {
    /// They may.
    Active,
    /// Not for now.
    Deactivated,
}

impl From<MemberState> for MemberStateName {
    fn from(state: MemberState) -> Self {
        match state {
            MemberState::Active => Self::Active,
            MemberState::Deactivated => Self::Deactivated,
        }
    }
}

/// A way of taking the second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SecondStepMethod)]
pub(crate) enum SecondStepName {
    /// Digits by mail.
    EmailToken,
    /// Digits from an app.
    Totp,
    /// A passkey.
    Passkey,
    /// A printed code.
    RecoveryCode,
}

impl From<SecondStepMethod> for SecondStepName {
    fn from(method: SecondStepMethod) -> Self {
        match method {
            SecondStepMethod::EmailToken => Self::EmailToken,
            SecondStepMethod::Totp => Self::Totp,
            SecondStepMethod::Passkey => Self::Passkey,
            SecondStepMethod::RecoveryCode => Self::RecoveryCode,
        }
    }
}

/// A member, as other members see them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(crate) struct MemberView {
    /// Who.
    #[schema(value_type = String)]
    pub(crate) user_id: UserId,
    /// What they go by.
    pub(crate) display_name: String,
    /// Their address.
    pub(crate) email: String,
    /// What they may do.
    pub(crate) role: RoleName,
    /// Whether they may come in.
    pub(crate) state: MemberStateName,
    /// Since when.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) joined_at: Moment,
    /// When they last signed in; told to those who run the workspace only.
    #[serde(with = "rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) last_sign_in_at: Option<Moment>,
    /// The second steps they have; told to those who run the workspace only.
    pub(crate) second_steps: Vec<SecondStepName>,
    /// When they last chose a password; told to those who run the workspace only.
    #[serde(with = "rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) password_changed_at: Option<Moment>,
    /// Whether they answer for the workspace (管理責任者).
    pub(crate) responsible: bool,
}

impl MemberView {
    pub(crate) fn new(record: MemberRecord, responsible: bool) -> Self {
        let MemberRecord {
            member,
            state,
            facts,
        } = record;
        Self {
            user_id: member.user,
            display_name: member.display_name.to_string(),
            email: member.email.to_string(),
            role: member.role.into(),
            state: state.into(),
            joined_at: member.joined_at,
            last_sign_in_at: facts.last_sign_in_at,
            second_steps: facts.second_steps.into_iter().map(Into::into).collect(),
            password_changed_at: facts.password_changed_at,
            responsible,
        }
    }
}

/// A page of members.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberList {
    /// The members on this page.
    pub(crate) items: Vec<MemberView>,
    /// Where the next page begins; none on the last.
    pub(crate) next_cursor: Option<String>,
}

/// Where an invitation stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InvitationState)]
pub(crate) enum InvitationStateName {
    /// Sent, not answered.
    Pending,
    /// Taken.
    Accepted,
    /// Taken back.
    Revoked,
}

/// An invitation, as a manager sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(crate) struct InvitationView {
    /// Which.
    #[schema(value_type = String)]
    pub(crate) id: InvitationId,
    /// Who may take it.
    pub(crate) email: String,
    /// What they will be.
    pub(crate) role: RoleName,
    /// Where it stands.
    pub(crate) state: InvitationStateName,
    /// When it was sent.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Moment,
    /// When it stops working.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) expires_at: Moment,
}

impl From<Invitation> for InvitationView {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: invitation.id,
            email: invitation.email.to_string(),
            role: invitation.role.into(),
            state: match invitation.state {
                InvitationState::Pending => InvitationStateName::Pending,
                InvitationState::Accepted => InvitationStateName::Accepted,
                InvitationState::Revoked => InvitationStateName::Revoked,
            },
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    }
}

/// A page of invitations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationList {
    /// The invitations on this page.
    pub(crate) items: Vec<InvitationView>,
    /// Where the next page begins; none on the last.
    pub(crate) next_cursor: Option<String>,
}

impl From<Listed<Invitation>> for InvitationList {
    fn from(page: Listed<Invitation>) -> Self {
        let page = page.map(InvitationView::from);
        Self {
            items: page.items,
            next_cursor: page.next_cursor,
        }
    }
}

/// What the link of an invitation leads to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationPreview {
    /// The workspace that invites.
    pub(crate) workspace_name: String,
    /// The person who invites.
    pub(crate) inviter_name: String,
    /// Who may take it; none for a link, which several people may take.
    pub(crate) email: Option<String>,
    /// What whoever invites calls them.
    pub(crate) suggested_name: Option<String>,
    /// What they will be.
    pub(crate) role: RoleName,
    /// When it stops working.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) expires_at: Moment,
}

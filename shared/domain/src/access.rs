//! Who may touch a workspace's data, as a value that cannot be made up.

use crate::{MemberState, Moment, Permission, Role, Trace, UserId, WorkspaceId};

/// That a user belongs to a workspace, as the store has it at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The user.
    pub user: UserId,
    /// What they may do there.
    pub role: Role,
    /// Whether they may come in at all.
    pub state: MemberState,
    /// When that role was given, if it is not the one they came with.
    pub role_changed_at: Option<Moment>,
}

impl Membership {
    /// The membership of somebody active, with the role that they came with.
    #[must_use]
    pub const fn new(workspace: WorkspaceId, user: UserId, role: Role) -> Self {
        Self {
            workspace,
            user,
            role,
            state: MemberState::Active,
            role_changed_at: None,
        }
    }

    /// Turns a membership into the right to touch the workspace's data.
    ///
    /// # Errors
    /// [`Denied`] when the role does not include `permission`. Whether the member is active, and
    /// what the policy demands, is [`crate::admit`]'s to say, before this.
    pub const fn authorize(&self, permission: Permission) -> Result<WorkspaceScope, Denied> {
        if self.role.may(permission) {
            Ok(WorkspaceScope {
                workspace: self.workspace,
                user: self.user,
                role: self.role,
                trace: None,
            })
        } else {
            Err(Denied {
                role: self.role,
                permission,
            })
        }
    }
}

/// The proof that somebody was authorized in a workspace; the store asks for one with every query.
///
/// Only [`Membership::authorize`] makes one:
///
/// ```compile_fail
/// use koeba_domain::{Role, UserId, WorkspaceId, WorkspaceScope};
/// let forged = WorkspaceScope {
///     workspace: WorkspaceId::from_random([0; 16]),
///     user: UserId::from_random([0; 16]),
///     role: Role::Owner,
/// };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkspaceScope {
    workspace: WorkspaceId,
    user: UserId,
    role: Role,
    trace: Option<Trace>,
}

impl WorkspaceScope {
    /// The same right, exercised in a request that is written on whatever it changes.
    #[must_use]
    pub const fn traced(self, trace: Trace) -> Self {
        Self {
            trace: Some(trace),
            ..self
        }
    }

    /// The request in which the right is exercised.
    #[must_use]
    pub const fn trace(&self) -> Option<Trace> {
        self.trace
    }

    /// The workspace whose data may be touched.
    #[must_use]
    pub const fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// Who was authorized.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The role they were authorized with.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }
}

/// A role does not include a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{role:?} may not {permission:?}")]
pub struct Denied {
    /// The role that was tried with.
    pub role: Role,
    /// What was tried.
    pub permission: Permission,
}

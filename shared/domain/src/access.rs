//! Who may touch a workspace's data, as a value that cannot be made up.

use crate::{Permission, Role, UserId, WorkspaceId};

/// That a user belongs to a workspace, as the store has it at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The user.
    pub user: UserId,
    /// What they may do there.
    pub role: Role,
}

impl Membership {
    /// Turns a membership into the right to touch the workspace's data.
    ///
    /// # Errors
    /// [`Denied`] when the role does not include `permission`.
    pub const fn authorize(&self, permission: Permission) -> Result<WorkspaceScope, Denied> {
        if self.role.may(permission) {
            Ok(WorkspaceScope {
                workspace: self.workspace,
                user: self.user,
                role: self.role,
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
}

impl WorkspaceScope {
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

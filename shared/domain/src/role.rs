//! Roles and what each may do: one table, read by every route.

use serde::{Deserialize, Serialize};

/// What a member may do in a workspace, from most to least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Somebody from outside who may talk in the rooms.
    Guest,
    /// Somebody of the team.
    Member,
    /// Runs the workspace: members, invitations, rooms.
    Manager,
    /// Answers for the workspace.
    Owner,
}

/// Something that a route needs the right to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See the workspace's name and one's own role.
    ViewWorkspace,
    /// See who is a member.
    ListMembers,
    /// Invite, see invitations, revoke them.
    ManageInvitations,
    /// See the rooms and who is in them.
    ListRooms,
    /// Enter a room and talk.
    JoinRoom,
    /// Create, rename and delete rooms.
    ManageRooms,
    /// Change roles, deactivate, remove; rename the workspace; see and export what members are.
    ManageMembers,
    /// See and change the security policy.
    ManagePolicy,
    /// Read and export the audit log.
    ViewAudit,
    /// See what the guards of the account found.
    ViewFindings,
    /// Look through every account, and decide about each.
    ReviewAccess,
    /// Make somebody else the owner.
    TransferOwnership,
    /// Delete the workspace.
    DeleteWorkspace,
}

impl Permission {
    /// Every permission, for tests that go through the whole table.
    pub const ALL: [Self; 13] = [
        Self::ViewWorkspace,
        Self::ListMembers,
        Self::ManageInvitations,
        Self::ListRooms,
        Self::JoinRoom,
        Self::ManageRooms,
        Self::ManageMembers,
        Self::ManagePolicy,
        Self::ViewAudit,
        Self::ViewFindings,
        Self::ReviewAccess,
        Self::TransferOwnership,
        Self::DeleteWorkspace,
    ];
}

impl Permission {
    /// The word for it, as the audit log tells what was refused.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ViewWorkspace => "view_workspace",
            Self::ListMembers => "list_members",
            Self::ManageInvitations => "manage_invitations",
            Self::ListRooms => "list_rooms",
            Self::JoinRoom => "join_room",
            Self::ManageRooms => "manage_rooms",
            Self::ManageMembers => "manage_members",
            Self::ManagePolicy => "manage_policy",
            Self::ViewAudit => "view_audit",
            Self::ViewFindings => "view_findings",
            Self::ReviewAccess => "review_access",
            Self::TransferOwnership => "transfer_ownership",
            Self::DeleteWorkspace => "delete_workspace",
        }
    }
}

impl Role {
    /// Every role, from least to most.
    pub const ALL: [Self; 4] = [Self::Guest, Self::Member, Self::Manager, Self::Owner];

    /// Whether somebody of this role may do what `permission` names.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::ViewWorkspace | Permission::ListRooms | Permission::JoinRoom => true,
            Permission::ListMembers => !matches!(self, Self::Guest),
            Permission::ManageInvitations
            | Permission::ManageRooms
            | Permission::ManageMembers
            | Permission::ManagePolicy
            | Permission::ViewAudit
            | Permission::ViewFindings
            | Permission::ReviewAccess => self.runs_the_workspace(),
            Permission::TransferOwnership | Permission::DeleteWorkspace => {
                matches!(self, Self::Owner)
            }
        }
    }

    /// Whether this role runs a workspace: a second step is demanded of it, whatever the policy.
    #[must_use]
    pub const fn runs_the_workspace(self) -> bool {
        matches!(self, Self::Manager | Self::Owner)
    }

    /// Whether somebody of this role may give `role` to somebody else.
    ///
    /// Nobody gives more than they have, and ownership is transferred, never handed out.
    #[must_use]
    pub fn may_grant(self, role: Self) -> bool {
        self.may(Permission::ManageInvitations) && role <= self && role != Self::Owner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_role_may_do_all_that_a_lower_one_may() {
        for pair in Role::ALL.windows(2) {
            for permission in Permission::ALL {
                assert!(
                    !pair[0].may(permission) || pair[1].may(permission),
                    "{pair:?} {permission:?}"
                );
            }
        }
    }

    /// Check sheet: WA-11-02.
    #[test]
    fn no_chain_of_grants_ends_above_the_one_who_began_it() {
        for from in Role::ALL {
            for to in Role::ALL {
                if from.may_grant(to) {
                    assert!(to <= from);
                    assert_ne!(to, Role::Owner);
                }
            }
        }
        assert!(!Role::Member.may_grant(Role::Guest));
    }
}

//! What somebody is told by mail after it was done, so that a change that was not theirs does not
//! go unnoticed (check sheet row 53).

use serde::{Deserialize, Serialize};

use crate::{DeviceName, DisplayName, Role, SecondStepMethod, WorkspaceName};

/// Something important that was done.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum Notice {
    /// Somebody signed in with a browser that was not known.
    NewDevice {
        /// What it is called.
        device: DeviceName,
    },
    /// The password was changed.
    PasswordChanged,
    /// The password was replaced after it had been forgotten.
    PasswordReset,
    /// Another address is asked for; told to the old one.
    EmailChangeAsked,
    /// The address was changed; told to the old one and the new one.
    EmailChanged,
    /// A second step was set up.
    SecondStepAdded {
        /// Which.
        method: SecondStepMethod,
    },
    /// A second step was removed.
    SecondStepRemoved {
        /// Which.
        method: SecondStepMethod,
    },
    /// New recovery codes were made; the old ones are worth nothing.
    RecoveryCodesMade,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// All about the person was exported.
    DataExported,
    /// The account was deleted.
    AccountDeleted,
    /// Their role changed.
    RoleChanged {
        /// Where.
        workspace_name: WorkspaceName,
        /// To what.
        role: Role,
    },
    /// The workspace has another owner.
    OwnershipTransferred {
        /// Which workspace.
        workspace_name: WorkspaceName,
        /// To whom.
        new_owner_name: DisplayName,
    },
    /// They may not come in for now.
    MemberDeactivated {
        /// Where.
        workspace_name: WorkspaceName,
    },
    /// They may come in again.
    MemberReactivated {
        /// Where.
        workspace_name: WorkspaceName,
    },
    /// They do not belong to the workspace any more.
    MemberRemoved {
        /// To which.
        workspace_name: WorkspaceName,
    },
    /// The list of members was exported.
    MembersExported {
        /// Of which workspace.
        workspace_name: WorkspaceName,
    },
    /// The security policy was changed.
    PolicyChanged {
        /// Of which workspace.
        workspace_name: WorkspaceName,
        /// By whom.
        changed_by_name: DisplayName,
    },
    /// The workspace was deleted.
    WorkspaceDeleted {
        /// Which.
        workspace_name: WorkspaceName,
    },
}

impl Notice {
    /// Its name, which is safe to log.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NewDevice { .. } => "new_device",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_was_reset",
            Self::EmailChangeAsked => "email_change_asked",
            Self::EmailChanged => "email_changed",
            Self::SecondStepAdded { .. } => "second_step_added",
            Self::SecondStepRemoved { .. } => "second_step_removed",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::DataExported => "data_exported",
            Self::AccountDeleted => "account_deleted",
            Self::RoleChanged { .. } => "role_changed",
            Self::OwnershipTransferred { .. } => "ownership_transferred",
            Self::MemberDeactivated { .. } => "member_deactivated",
            Self::MemberReactivated { .. } => "member_reactivated",
            Self::MemberRemoved { .. } => "member_removed",
            Self::MembersExported { .. } => "members_exported",
            Self::PolicyChanged { .. } => "policy_changed",
            Self::WorkspaceDeleted { .. } => "workspace_deleted",
        }
    }
}

//! The responsible manager (管理責任者): who answers for a workspace towards its own company.

use serde::{Deserialize, Serialize};

use crate::{ChangeRefused, Line, Member, MemberStanding, Moment, UserId, Workspace};

/// What part of a company a responsible manager belongs to.
pub type Department = Line<64>;
/// How to reach a responsible manager: a telephone number, an address.
pub type Contact = Line<254>;

/// The one person who answers for a workspace (check sheet row 8). A workspace always has one, and
/// they are an active manager or the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponsibleManager {
    /// Who.
    pub user: UserId,
    /// Of which department.
    pub department: Department,
    /// How to reach them.
    pub contact: Contact,
    /// Since when.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub appointed_at: Moment,
}

impl ResponsibleManager {
    /// The first of a workspace: whoever made it, reached by mail, until somebody says more.
    #[must_use]
    pub fn first(workspace: &Workspace, owner: &Member) -> Option<Self> {
        Some(Self {
            user: owner.user,
            department: Line::new(workspace.name.as_str()).ok()?,
            contact: Line::new(owner.email.as_str()).ok()?,
            appointed_at: workspace.created_at,
        })
    }

    /// Decides whether this member may be named.
    ///
    /// # Errors
    /// [`ChangeRefused::BeyondRole`] unless they are an active manager or the owner.
    pub fn check(candidate: &MemberStanding) -> Result<(), ChangeRefused> {
        if candidate.runs_the_workspace() {
            Ok(())
        } else {
            Err(ChangeRefused::BeyondRole)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemberState, Role};

    #[test]
    fn only_an_active_manager_or_the_owner_may_be_named() {
        let candidate = |role, state| MemberStanding {
            user: UserId::from_random([1; 16]),
            role,
            state,
            responsible: false,
        };
        for role in Role::ALL {
            assert_eq!(
                ResponsibleManager::check(&candidate(role, MemberState::Active)).is_ok(),
                role >= Role::Manager
            );
            assert!(ResponsibleManager::check(&candidate(role, MemberState::Deactivated)).is_err());
        }
    }
}

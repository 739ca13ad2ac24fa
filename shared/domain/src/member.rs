//! A user inside one workspace.

use serde::{Deserialize, Serialize};

use crate::{DisplayName, EmailAddress, MemberStanding, Moment, Role, SecondStepMethod, UserId};

/// Whether a member may come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// Yes.
    #[default]
    Active,
    /// Not until somebody who may says so; everything of theirs is kept.
    Deactivated,
}

/// A user inside one workspace, with what the others there may see of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// What they go by.
    pub display_name: DisplayName,
    /// Their address.
    pub email: EmailAddress,
    /// What they may do.
    pub role: Role,
    /// Since when.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub joined_at: Moment,
}

/// What those who run a workspace may know of a member's account: dates and methods, no secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountFacts {
    /// When they last signed in, as far as is known.
    pub last_sign_in_at: Option<Moment>,
    /// The second steps they have.
    pub second_steps: Vec<SecondStepMethod>,
    /// When they last chose a password, as far as is known.
    pub password_changed_at: Option<Moment>,
}

/// A member with all that those who run the workspace see of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRecord {
    /// The member.
    pub member: Member,
    /// Whether they may come in.
    pub state: MemberState,
    /// What is known of their account.
    pub facts: AccountFacts,
}

impl MemberRecord {
    /// What counts of them when somebody wants to change them.
    #[must_use]
    pub fn standing(&self, responsible: Option<UserId>) -> MemberStanding {
        MemberStanding {
            user: self.member.user,
            role: self.member.role,
            state: self.state,
            responsible: responsible == Some(self.member.user),
        }
    }
}

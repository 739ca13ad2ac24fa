//! A user inside one workspace.

use serde::{Deserialize, Serialize};

use crate::{DisplayName, EmailAddress, Moment, Role, UserId};

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

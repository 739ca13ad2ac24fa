//! A user inside one workspace.

use serde::{Deserialize, Serialize};

use crate::{DisplayName, EmailAddress, Moment, Role, UserId};

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

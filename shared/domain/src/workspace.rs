//! The tenant.

use serde::{Deserialize, Serialize};

use crate::{Moment, WorkspaceId, WorkspaceName};

/// A workspace: a team's own place, closed to every other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Which.
    pub id: WorkspaceId,
    /// What people call it; not unique.
    pub name: WorkspaceName,
    /// When it was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: Moment,
}

//! How much of everything one workspace or user may have.

/// Rooms in one workspace.
pub const MAX_ROOMS: usize = 200;
/// Members of one workspace.
pub const MAX_MEMBERS: usize = 5_000;
/// Invitations of one workspace that wait for an answer.
pub const MAX_PENDING_INVITATIONS: usize = 500;
/// Workspaces that one user belongs to.
pub const MAX_WORKSPACES_PER_USER: usize = 100;

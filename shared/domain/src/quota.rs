//! How much of everything one workspace or user may have.

/// Rooms in one workspace.
pub const MAX_ROOMS: usize = 200;
/// Members of one workspace.
pub const MAX_MEMBERS: usize = 5_000;
/// Invitations of one workspace that wait for an answer.
pub const MAX_PENDING_INVITATIONS: usize = 500;
/// People in one import of invitations.
pub const MAX_IMPORTED_INVITATIONS: usize = 200;
/// Links of one workspace that let people in.
pub const MAX_INVITATION_LINKS: usize = 50;
/// Networks, and domains, that one policy names.
pub const MAX_POLICY_ENTRIES: usize = 100;
/// Browsers of one member that are told of a workspace's changes at a time.
pub const MAX_CONNECTIONS_PER_MEMBER: usize = 10;
/// Workspaces that one user belongs to.
pub const MAX_WORKSPACES_PER_USER: usize = 100;

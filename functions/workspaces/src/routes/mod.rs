//! Decode, use case, encode: one module for each noun of the paths.

pub(crate) mod invitations;
pub(crate) mod members;
pub(crate) mod workspaces;

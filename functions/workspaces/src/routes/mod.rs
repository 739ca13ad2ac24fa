//! Decode, use case, encode: one module for each noun of the paths.

pub(crate) mod access_reviews;
pub(crate) mod audit;
pub(crate) mod deletion;
pub(crate) mod findings;
pub(crate) mod invitation_links;
pub(crate) mod invitations;
pub(crate) mod members;
pub(crate) mod ownership;
pub(crate) mod policy;
mod problems;
pub(crate) mod workspaces;

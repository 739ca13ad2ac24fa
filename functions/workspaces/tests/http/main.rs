//! Every route of the workspaces function, through its router.

mod app;
mod findings;
mod invitations;
mod limits;
mod links;
mod members;
mod policy;
mod reviews;
mod roles;
mod workspaces;

//! Every route of the workspaces function, through its router.

mod app;
mod invitations;
mod members;
mod workspaces;

//! Every route of the workspaces function, through its router.

mod app;
mod invitations;
mod limits;
mod members;
mod workspaces;

//! Every route of the rooms function, through its router.

mod app;
mod evictions;
mod join;
mod reports;
mod rooms;

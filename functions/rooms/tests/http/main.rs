//! Every route of the rooms function, through its router.

mod app;
mod join;
mod reports;
mod rooms;

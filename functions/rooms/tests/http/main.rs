//! Every route of the rooms function, through its router.

mod app;
mod evictions;
mod join;
mod leases;
mod reports;
mod rooms;

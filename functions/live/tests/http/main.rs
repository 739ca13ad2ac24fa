//! Every route of the live function, through its router.

mod app;
mod connecting;
mod heartbeats;

//! Every route of the accounts function, through its router.

mod app;
mod edge;
mod known_devices;
mod limits;
mod sessions;
mod sign_ups;

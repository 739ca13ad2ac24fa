//! Every route of the accounts function, through its router.

mod app;
mod devices;
mod edge;
mod email_changes;
mod joining;
mod known_devices;
mod limits;
mod me;
mod passwords;
mod sessions;
mod sign_ups;

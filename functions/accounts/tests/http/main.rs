//! Every route of the accounts function, through its router.

mod app;
mod authenticator;
mod deletions;
mod devices;
mod edge;
mod email_changes;
mod email_tokens;
mod exports;
mod joining;
mod known_devices;
mod limits;
mod me;
mod passkeys;
mod passwords;
mod sessions;
mod set_up;
mod sign_ups;
mod step_up;
mod steps;
mod totp;

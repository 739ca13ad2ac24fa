//! Decode, use case, encode: one module for each noun of the paths.

pub(crate) mod deletions;
pub(crate) mod devices;
pub(crate) mod documents;
pub(crate) mod email_changes;
pub(crate) mod exports;
pub(crate) mod me;
pub(crate) mod passkeys;
pub(crate) mod passwords;
pub(crate) mod second_step;
pub(crate) mod second_steps;
pub(crate) mod sessions;
pub(crate) mod sign_ups;

//! Decode, use case, encode: one module for each noun of the paths.

pub(crate) mod documents;
pub(crate) mod me;
pub(crate) mod sessions;
pub(crate) mod sign_ups;

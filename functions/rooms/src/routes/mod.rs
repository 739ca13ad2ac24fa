//! Decode, use case, encode: one module for each noun of the paths.

pub(crate) mod leases;
pub(crate) mod media;
pub(crate) mod rooms;

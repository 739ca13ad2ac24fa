//! Session descriptions as text: what a client offers, and what the engine's answer must say
//! besides what the engine writes. Knows nothing of the engine.

mod offer;
mod redundancy;
mod rewrite;

pub use offer::OfferError;
pub(crate) use offer::{Direction, Offer, OfferedSection, SectionKind};
pub(crate) use redundancy::prefer_plain;
pub(crate) use rewrite::{Label, rejected, rewrite_answer};

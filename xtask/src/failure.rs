//! Why a command stops.

use std::fmt::Display;

/// One sentence for the person who typed the command: what is wrong and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// `what` went wrong because of `error`.
    pub(crate) fn because(what: impl Display, error: impl Display) -> Self {
        Self(format!("{what}: {error}"))
    }
}

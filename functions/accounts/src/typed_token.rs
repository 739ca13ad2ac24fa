//! Tokens as people type them.

use unicode_normalization::UnicodeNormalization as _;

/// A token in the form in which it was sent: full-width digits and spaces between them are how
/// keyboards and mail programs change it.
pub(crate) fn as_sent(typed: &str) -> String {
    typed
        .nfkc()
        .filter(|letter| !letter.is_whitespace())
        .collect()
}

//! Single-line text as a type: what may reach a header, a mail subject, a log line or a key.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// The name a person goes by.
pub type DisplayName = Line<64>;
/// The name of a workspace.
pub type WorkspaceName = Line<64>;
/// The name of a room.
pub type RoomName = Line<64>;

/// One line of text of 1 to `MAX` graphemes, NFC-normalized and trimmed.
///
/// It holds no control character, no line or paragraph separator (U+0085, U+2028, U+2029) and no
/// bidirectional override, so it can never end a header, a log line or the reading order of a
/// page.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Line<const MAX: usize>(String);

/// Why a text is not a [`Line`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Nothing is left after trimming.
    #[error("must not be empty")]
    Empty,
    /// Longer than the field allows.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The most graphemes the field takes.
        max: usize,
    },
    /// A character that would break the line or reverse its order.
    #[error("must not contain line breaks, control characters or direction overrides")]
    Forbidden,
}

impl<const MAX: usize> Line<MAX> {
    /// Reads `text` as a line.
    ///
    /// # Errors
    /// [`LineError`] says which rule it breaks.
    pub fn new(text: &str) -> Result<Self, LineError> {
        // Bounds the work before normalizing: no grapheme of ordinary writing needs 16 bytes.
        if text.len() > MAX * 16 {
            return Err(LineError::TooLong { max: MAX });
        }
        if text.chars().any(breaks_a_line) {
            return Err(LineError::Forbidden);
        }
        let line: String = text.trim().nfc().collect();
        match line.graphemes(true).take(MAX + 1).count() {
            0 => Err(LineError::Empty),
            count if count > MAX => Err(LineError::TooLong { max: MAX }),
            _ => Ok(Self(line)),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text folded for comparing names: compatibility-normalized and lower-case.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.nfkc().collect::<String>().to_lowercase()
    }
}

fn breaks_a_line(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

impl<const MAX: usize> fmt::Display for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> fmt::Debug for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Line<MAX> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Check sheet: WA-05-05, WA-07-01, WA-07-02, WA-07-03, WA-08-04.
    #[test]
    fn whatever_could_start_a_new_line_is_refused() {
        for text in [
            "a\nb",
            "a\rb",
            "a\0b",
            "a\u{85}b",
            "a\u{2028}b",
            "a\u{202e}b",
            "a\tb",
        ] {
            assert_eq!(RoomName::new(text), Err(LineError::Forbidden), "{text:?}");
        }
    }

    /// Check sheet: WA-05-05.
    #[test]
    fn a_name_of_ten_thousand_characters_is_too_long() {
        assert_eq!(
            RoomName::new(&"a".repeat(10_000)),
            Err(LineError::TooLong { max: 64 })
        );
        assert_eq!(
            RoomName::new(&"声".repeat(65)),
            Err(LineError::TooLong { max: 64 })
        );
        assert!(RoomName::new(&"声".repeat(64)).is_ok());
    }

    #[test]
    fn names_that_look_alike_fold_to_the_same_text() {
        let wide = RoomName::new("Ｌｏｂｂｙ").expect("a line");
        assert_eq!(
            wide.folded(),
            RoomName::new("lobby").expect("a line").folded()
        );
    }

    proptest! {
        #[test]
        fn an_accepted_line_is_accepted_again_unchanged(text in "\\PC{0,80}") {
            if let Ok(line) = RoomName::new(&text) {
                prop_assert_eq!(RoomName::new(line.as_str()), Ok(line.clone()));
                prop_assert_eq!(line.as_str().lines().count(), 1);
            }
        }
    }
}

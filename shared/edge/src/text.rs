//! Words for a person, in both languages.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use koeba_domain::{EmailError, LineError, Locale};

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    ja: Cow<'static, str>,
    en: Cow<'static, str>,
}

impl Text {
    /// A sentence that is always the same.
    #[must_use]
    pub const fn fixed(ja: &'static str, en: &'static str) -> Self {
        Self {
            ja: Cow::Borrowed(ja),
            en: Cow::Borrowed(en),
        }
    }

    /// A sentence with figures in it. What a request said has no place here.
    #[must_use]
    pub const fn of(ja: String, en: String) -> Self {
        Self {
            ja: Cow::Owned(ja),
            en: Cow::Owned(en),
        }
    }

    /// The sentence in one language.
    #[must_use]
    pub fn in_language(&self, locale: Locale) -> &str {
        match locale {
            Locale::Ja => &self.ja,
            Locale::En => &self.en,
        }
    }
}

/// An error of the domain that can be explained to the person who made it.
pub trait Explain {
    /// What is wrong and what to do.
    fn explain(&self) -> Text;
}

impl Explain for LineError {
    fn explain(&self) -> Text {
        match self {
            Self::Empty => Text::fixed("入力してください。", "Enter something."),
            Self::TooLong { max } => Text::of(
                format!("{max}文字以内で入力してください。"),
                format!("Use at most {max} characters."),
            ),
            Self::Forbidden => Text::fixed(
                "改行、制御文字、文字の方向を変える記号は使えません。",
                "Leave out line breaks, control characters and direction overrides.",
            ),
        }
    }
}

impl Explain for EmailError {
    fn explain(&self) -> Text {
        Text::fixed(
            "メールアドレスの形式で入力してください（例: aiko@example.jp）。",
            "Enter an e-mail address, such as aiko@example.com.",
        )
    }
}

/// The language to answer in: the one of `Accept-Language` that we have and that weighs most.
#[must_use]
pub fn preferred_language(headers: &HeaderMap) -> Locale {
    let weighed = headers
        .get_all(ACCEPT_LANGUAGE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|item| {
            let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
            let primary = tag.trim().split('-').next().unwrap_or_default();
            let locale = match primary.to_ascii_lowercase().as_str() {
                "ja" => Locale::Ja,
                "en" => Locale::En,
                _ => return None,
            };
            let weight = parameters
                .trim()
                .strip_prefix("q=")
                .map_or(Some(1.0), |text| text.parse::<f32>().ok())?;
            (weight > 0.0).then_some((locale, weight))
        });
    weighed
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map_or(Locale::En, |(locale, _)| locale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_weighs_most_is_answered() {
        for (header, locale) in [
            ("ja", Locale::Ja),
            ("ja-JP,ja;q=0.9,en;q=0.8", Locale::Ja),
            ("en-GB,ja;q=0.9", Locale::En),
            ("en;q=0.5, ja", Locale::Ja),
            ("fr, ja;q=0.1", Locale::Ja),
            ("fr", Locale::En),
            ("ja;q=0", Locale::En),
            ("ja;q=x, *", Locale::En),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, header.parse().expect("a header value"));
            assert_eq!(preferred_language(&headers), locale, "{header}");
        }
        assert_eq!(preferred_language(&HeaderMap::new()), Locale::En);
    }
}

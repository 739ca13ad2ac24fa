//! Advisories that are accepted for a while.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Deserializer};
use time::Date;

use crate::failure::Failure;

/// One advisory that does not stop anybody until a day.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accepted {
    /// The advisory's own id, such as `RUSTSEC-2026-0001`.
    pub(crate) id: String,
    /// Why it does no harm here, in one sentence; asked for so that somebody has thought of it.
    because: String,
    /// The last day on which it is accepted.
    #[serde(deserialize_with = "day")]
    until: Date,
}

impl Accepted {
    /// Whether it covers this advisory on this day.
    pub(crate) fn covers(&self, id: &str, today: Date) -> bool {
        self.id == id && today <= self.until
    }
}

/// Reads what is accepted.
///
/// # Errors
///
/// If the file cannot be read or is not a list of them, or if one has no reason.
pub(crate) fn read(file: &Path) -> Result<Vec<Accepted>, Failure> {
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::because(format!("cannot read {}", file.display()), error))?;
    parse(&text).map_err(|error| Failure::because(file.display(), error))
}

fn parse(text: &str) -> Result<Vec<Accepted>, Failure> {
    let accepted: Vec<Accepted> = serde_json::from_str(text)
        .map_err(|error| Failure::because("not a list of accepted advisories", error))?;
    for one in &accepted {
        if one.because.trim().is_empty() {
            return Err(Failure::new(format!(
                "{} is accepted for no reason",
                one.id
            )));
        }
    }
    Ok(accepted)
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    super::parse_day(&text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn what_is_accepted_is_so_until_its_day() {
        let text = r#"[{"id": "A-1", "because": "not reached", "until": "2026-11-30"}]"#;
        let accepted = parse(text).expect("it is well written");
        assert!(accepted[0].covers("A-1", date!(2026 - 11 - 30)));
        assert!(!accepted[0].covers("A-1", date!(2026 - 12 - 01)));
        assert!(!accepted[0].covers("A-2", date!(2026 - 11 - 30)));
    }

    #[test]
    fn nothing_is_accepted_without_a_reason_or_for_ever() {
        for text in [
            r#"[{"id": "A-1", "because": " ", "until": "2026-11-30"}]"#,
            r#"[{"id": "A-1", "because": "not reached"}]"#,
            r#"[{"id": "A-1", "because": "not reached", "until": "some day"}]"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}

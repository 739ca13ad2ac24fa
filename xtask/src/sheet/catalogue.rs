//! The rows of the sheet.

use std::fs;

use serde::Deserialize;

use crate::failure::Failure;
use crate::places;

/// Where the rows stand.
const ROWS: &str = "infra/compliance/web-application.json";

/// One row of the check sheet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// The key by which tests name it; never changes.
    pub(crate) id: String,
    /// Its number in the form.
    pub(crate) row: u16,
    /// What it is against.
    pub(crate) vulnerability: Words,
    /// Whether it is a fundamental solution rather than an insurance.
    pub(crate) fundamental: bool,
    /// Whether one measure of its group is enough.
    pub(crate) any_of_group: bool,
    /// The measure, in the words of the form.
    pub(crate) measure: Words,
    /// Our answer.
    pub(crate) answer: Answer,
    /// What there is instead of a bare answer.
    pub(crate) because: Words,
    /// How the measure is taken out, to see a test fail.
    pub(crate) taken_out: Vec<TakenOut>,
}

/// A text in both languages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) ja: String,
    pub(crate) en: String,
}

/// What the form can be answered with.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answer {
    /// 対応済.
    Done,
    /// 対応不要.
    NotNeeded,
    /// 未対策.
    Open,
}

impl Answer {
    /// The form's own word, and ours.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Done => "対応済 · done",
            Self::NotNeeded => "対応不要 · not needed",
            Self::Open => "未対策 · open",
        }
    }
}

/// One change that takes a measure out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakenOut {
    /// The file that is changed.
    pub(crate) file: String,
    /// What is there.
    pub(crate) find: String,
    /// What is put in its place.
    pub(crate) replace: String,
    /// What must fail then: `cargo:<package>:<test target or lib>:<filter>` or `vitest:<file>`.
    pub(crate) run: String,
}

pub(crate) fn read() -> Result<Vec<Row>, Failure> {
    let text = fs::read_to_string(places::root().join(ROWS))
        .map_err(|error| Failure::because(format!("cannot read {ROWS}"), error))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::because(format!("{ROWS} is not as it should be"), error))
}

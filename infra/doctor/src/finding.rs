//! What the doctor found.

use serde::Serialize;

/// What was examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Whether both accounts can sign in.
    SignIn,
    /// Whether one of them hears the other.
    Call,
    /// Whether a page is told who is where without asking.
    Live,
    /// Whether an address speaks TLS 1.3 and nothing older, with a valid certificate.
    Tls,
    /// Whether a foreign workspace stays closed.
    ForeignWorkspace,
    /// Whether the API answers nobody who comes around CloudFront.
    AroundTheFront,
    /// Whether there is a fresh backup in a region.
    Backups,
    /// Whether any alarm is raised in a region.
    Alarms,
}

impl Check {
    /// What it is called in a table.
    #[must_use]
    pub fn words(self) -> Words {
        let (ja, en) = match self {
            Self::SignIn => ("サインイン", "Signing in"),
            Self::Call => ("試験通話", "Test call"),
            Self::Live => ("在室状況の通知", "Told who is where"),
            Self::Tls => ("TLS", "TLS"),
            Self::ForeignWorkspace => ("他ワークスペースの遮断", "Foreign workspace"),
            Self::AroundTheFront => ("CloudFrontの迂回", "Around CloudFront"),
            Self::Backups => ("バックアップ", "Backups"),
            Self::Alarms => ("アラーム", "Alarms"),
        };
        Words::new(ja, en)
    }
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Well,
    /// Not as it should be; somebody has to do something.
    Ill,
    /// There is no such thing here.
    NotHere,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Words {
    /// Both.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            ja: ja.into(),
            en: en.into(),
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was examined.
    pub check: Check,
    /// Where: an address, a region, a room.
    pub place: String,
    /// How it is.
    pub verdict: Verdict,
    /// What is so, and what to do about it.
    pub said: Words,
}

/// Everything that was looked at, in the order of looking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether nothing is ill.
    pub well: bool,
    /// Each finding.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Of these findings.
    #[must_use]
    pub fn of(findings: Vec<Finding>) -> Self {
        Self {
            well: findings
                .iter()
                .all(|finding| finding.verdict != Verdict::Ill),
            findings,
        }
    }
}

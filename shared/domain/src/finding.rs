//! Findings: what the guards of the account found, told to those who run a workspace without a word
//! of what stands behind it.

use serde::{Deserialize, Serialize};

/// What was found, as far as people are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// How bad.
    pub severity: Severity,
    /// Where.
    pub region: FindingRegion,
    /// What has become of it.
    pub state: FindingState,
    /// What the world calls it; none where that would tell more than it should.
    pub name: Option<FindingName>,
}

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Somebody tries something: from Amazon `GuardDuty`.
    Threat,
    /// A file that somebody uploaded is harmful (malware scan).
    Malware,
    /// A version in use has a known vulnerability (Amazon Inspector).
    Vulnerability,
    /// Something is not set up as it should be (AWS Security Hub).
    Configuration,
}

/// How bad, from the least that people are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 4.0 to 6.9 of 10.
    Medium,
    /// 7.0 to 8.9.
    High,
    /// 9.0 and more.
    Critical,
}

impl Severity {
    /// From a score of 0 to 10; none below 4, of which nobody is told.
    ///
    /// `GuardDuty` draws [the same lines].
    ///
    /// [the same lines]: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
    #[must_use]
    pub fn of_score(score: f64) -> Option<Self> {
        match score {
            9.0.. => Some(Self::Critical),
            7.0.. => Some(Self::High),
            4.0.. => Some(Self::Medium),
            _ => None,
        }
    }

    /// From the word that AWS's services have for it; none for what is less than medium.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "CRITICAL" => Some(Self::Critical),
            "HIGH" => Some(Self::High),
            "MEDIUM" => Some(Self::Medium),
            _ => None,
        }
    }
}

/// Where something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingRegion {
    /// `ap-northeast-1`, where Koeba runs.
    Tokyo,
    /// `ap-northeast-3`, where its copies are.
    Osaka,
    /// Anywhere else.
    Elsewhere,
}

impl FindingRegion {
    /// The region of this name.
    #[must_use]
    pub fn named(region: &str) -> Self {
        match region {
            "ap-northeast-1" => Self::Tokyo,
            "ap-northeast-3" => Self::Osaka,
            _ => Self::Elsewhere,
        }
    }
}

/// What has become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// Somebody has to look.
    Open,
    /// It does no harm where it is: nobody can read a file in which something was found.
    Contained,
    /// It is over.
    Closed,
}

/// A name that the world has for what was found: `CVE-2026-12345`, a type of `GuardDuty`'s, a control
/// of Security Hub's, a virus. One that could hold an identifier of ours is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FindingName(String);

impl FindingName {
    /// The longest name, in characters.
    const LONGEST: usize = 96;
    /// As many digits in a row as an AWS account has.
    const ACCOUNT: usize = 12;

    /// The name, if it is a public one: 1 to 96 letters, digits and `.:/_!&+-`, no ARN, no number
    /// of an account, nothing that is called like us.
    #[must_use]
    pub fn public(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".:/_!&+-".contains(c);
        let lower = text.to_ascii_lowercase();
        let numbers = text.split(|c: char| !c.is_ascii_digit());
        let private = lower.contains("arn:")
            || lower.contains("koeba")
            || numbers.into_iter().any(|run| run.len() >= Self::ACCOUNT);
        let fits = !text.is_empty() && text.len() <= Self::LONGEST && text.chars().all(plain);
        (fits && !private).then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_of_less_than_four_of_ten() {
        for (score, severity) in [
            (0.0, None),
            (3.9, None),
            (4.0, Some(Severity::Medium)),
            (6.9, Some(Severity::Medium)),
            (7.0, Some(Severity::High)),
            (9.0, Some(Severity::Critical)),
            (10.0, Some(Severity::Critical)),
            (f64::NAN, None),
        ] {
            assert_eq!(Severity::of_score(score), severity, "{score}");
        }
        assert_eq!(Severity::of_word("LOW"), None);
    }

    #[test]
    fn a_name_of_the_worlds_is_told_and_one_of_ours_is_not() {
        for name in [
            "CVE-2026-12345",
            "UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom",
            "Backdoor:Runtime/C&CActivity.B!DNS",
            "S3.8",
            "EICAR-Test-File",
        ] {
            assert!(FindingName::public(name).is_some(), "{name}");
        }
        for name in [
            "",
            "arn:aws:s3:::x",
            "role-111122223333",
            "koeba-files",
            "two words",
            "漏えい",
            "<b>",
        ] {
            assert_eq!(FindingName::public(name), None, "{name}");
        }
        assert_eq!(FindingName::public(&"a".repeat(97)), None);
    }
}

//! What the API shows of findings.

use koeba_domain::{FindingKind, FindingRegion, FindingState, Moment, Severity};
use koeba_storage::FindingOnFile;
use serde::Serialize;
use time::serde::rfc3339;
use utoipa::ToSchema;

/// How many are shown at most.
const MOST: usize = 200;

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Finding)]
pub(crate) struct FindingView {
    /// Which.
    id: String,
    #[schema(inline)]
    kind: KindName,
    #[schema(inline)]
    severity: SeverityName,
    #[schema(inline)]
    region: RegionName,
    #[schema(inline)]
    state: StateName,
    /// What the world calls it; none where that would tell more than it should.
    #[schema(example = "CVE-2026-12345")]
    name: Option<String>,
    /// When it was first heard of.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    first_seen_at: Moment,
    /// When it was last heard of.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    seen_at: Moment,
}

/// Findings, the one last heard of first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingList {
    /// At most 200.
    items: Vec<FindingView>,
    /// How many older ones are left out.
    left_out: usize,
}

/// What kind of thing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KindName {
    /// Somebody tries something.
    Threat,
    /// An uploaded file is harmful.
    Malware,
    /// A version in use has a known vulnerability.
    Vulnerability,
    /// Something is not set up as it should be.
    Configuration,
}

/// How bad.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SeverityName {
    Medium,
    High,
    Critical,
}

/// Where.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RegionName {
    Tokyo,
    Osaka,
    Elsewhere,
}

/// What has become of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StateName {
    /// Somebody has to look.
    Open,
    /// It does no harm where it is.
    Contained,
    /// It is over.
    Closed,
}

impl From<Vec<FindingOnFile>> for FindingList {
    fn from(findings: Vec<FindingOnFile>) -> Self {
        Self {
            left_out: findings.len().saturating_sub(MOST),
            items: findings.into_iter().take(MOST).map(Into::into).collect(),
        }
    }
}

impl From<FindingOnFile> for FindingView {
    fn from(found: FindingOnFile) -> Self {
        let finding = found.finding;
        Self {
            id: found.id,
            kind: match finding.kind {
                FindingKind::Threat => KindName::Threat,
                FindingKind::Malware => KindName::Malware,
                FindingKind::Vulnerability => KindName::Vulnerability,
                FindingKind::Configuration => KindName::Configuration,
            },
            severity: match finding.severity {
                Severity::Medium => SeverityName::Medium,
                Severity::High => SeverityName::High,
                Severity::Critical => SeverityName::Critical,
            },
            region: match finding.region {
                FindingRegion::Tokyo => RegionName::Tokyo,
                FindingRegion::Osaka => RegionName::Osaka,
                FindingRegion::Elsewhere => RegionName::Elsewhere,
            },
            state: match finding.state {
                FindingState::Open => StateName::Open,
                FindingState::Contained => StateName::Contained,
                FindingState::Closed => StateName::Closed,
            },
            name: finding.name.map(|name| name.as_str().to_owned()),
            first_seen_at: found.first_seen_at,
            seen_at: found.seen_at,
        }
    }
}

//! From the events of the account's guards to findings that people are told of.
//!
//! What comes in is an event of `EventBridge`'s default bus, by a rule; what goes on holds no ARN, no
//! number of an account and no name of ours, whatever the event said.

use koeba_domain::{
    Finding, FindingKind, FindingName, FindingRegion, FindingState, Moment, Severity,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A finding as it came: under which identifier of the guard's own, and when.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) source: String,
    pub(crate) finding: Finding,
    pub(crate) at: Moment,
}

/// An event is of no guard that is known, or not as that guard writes them.
#[derive(Debug, thiserror::Error)]
pub enum UnknownEvent {
    /// Nobody listens to this.
    #[error("nobody listens to {source_name} {kind}")]
    Guard {
        /// The event's `source`.
        source_name: String,
        /// The event's `detail-type`.
        kind: String,
    },
    /// It lacks what it has to have.
    #[error("an event is not as it should be: {0}")]
    Malformed(#[from] serde_json::Error),
}

/// What every event has (<https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html>).
#[derive(Deserialize)]
struct Event {
    source: String,
    #[serde(rename = "detail-type")]
    kind: String,
    #[serde(with = "time::serde::rfc3339")]
    time: Moment,
    region: String,
    detail: Value,
}

/// One guard's word about one thing, before it is made fit to be told.
struct Word {
    source: String,
    kind: FindingKind,
    severity: Option<Severity>,
    state: FindingState,
    name: Option<String>,
}

/// Reads an event; what is less than medium is left out.
///
/// # Errors
/// [`UnknownEvent`] when it is of no guard or not as that guard writes them.
pub(crate) fn read(event: Value) -> Result<Vec<Heard>, UnknownEvent> {
    let event: Event = serde_json::from_value(event)?;
    let words = match (event.source.as_str(), event.kind.as_str()) {
        ("aws.guardduty", "GuardDuty Finding") => vec![detail::<Threat>(event.detail)?.into()],
        ("aws.guardduty", "GuardDuty Malware Protection Object Scan Result") => {
            detail::<Scan>(event.detail)?.words()
        }
        ("aws.inspector2", "Inspector2 Finding") => {
            vec![detail::<Vulnerability>(event.detail)?.into()]
        }
        ("aws.securityhub", "Security Hub Findings - Imported") => {
            let imported: Imported = detail(event.detail)?;
            imported.findings.into_iter().map(Word::from).collect()
        }
        _ => {
            return Err(UnknownEvent::Guard {
                source_name: event.source,
                kind: event.kind,
            });
        }
    };
    let region = FindingRegion::named(&event.region);
    let heard = words.into_iter().filter_map(|word| {
        Some(Heard {
            source: format!("{} {} {}", event.source, event.region, word.source),
            finding: Finding {
                kind: word.kind,
                severity: word.severity?,
                region,
                state: word.state,
                name: word.name.as_deref().and_then(FindingName::public),
            },
            at: event.time,
        })
    });
    Ok(heard.collect())
}

fn detail<T: DeserializeOwned>(detail: Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(detail)
}

/// Open as long as `is_open`.
const fn state(is_open: bool) -> FindingState {
    if is_open {
        FindingState::Open
    } else {
        FindingState::Closed
    }
}

/// <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html>
#[derive(Deserialize)]
struct Threat {
    id: String,
    severity: f64,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    service: Service,
}

#[derive(Default, Deserialize)]
struct Service {
    #[serde(default)]
    archived: bool,
}

impl From<Threat> for Word {
    fn from(threat: Threat) -> Self {
        Self {
            source: threat.id,
            kind: FindingKind::Threat,
            severity: Severity::of_score(threat.severity),
            state: state(!threat.service.archived),
            name: Some(threat.kind),
        }
    }
}

/// <https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scan {
    s3_object_details: ObjectDetails,
    scan_result_details: ScanResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ObjectDetails {
    bucket_name: String,
    object_key: String,
    version_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScanResult {
    scan_result_status: String,
    threats: Option<Vec<Harm>>,
}

#[derive(Deserialize)]
struct Harm {
    name: String,
}

impl Scan {
    fn words(self) -> Vec<Word> {
        if self.scan_result_details.scan_result_status != "THREATS_FOUND" {
            return Vec::new();
        }
        let object = self.s3_object_details;
        let version = object.version_id.unwrap_or_default();
        let threats = self.scan_result_details.threats.unwrap_or_default();
        vec![Word {
            source: format!("{} {} {version}", object.bucket_name, object.object_key),
            kind: FindingKind::Malware,
            // `GuardDuty`'s own finding about a harmful object is of severity 8.
            severity: Some(Severity::High),
            state: FindingState::Contained,
            name: threats.into_iter().next().map(|harm| harm.name),
        }]
    }
}

/// <https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability {
    finding_arn: String,
    severity: String,
    status: String,
    package_vulnerability_details: Option<PackageVulnerability>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PackageVulnerability {
    vulnerability_id: String,
}

impl From<Vulnerability> for Word {
    fn from(found: Vulnerability) -> Self {
        Self {
            source: found.finding_arn,
            kind: FindingKind::Vulnerability,
            severity: Severity::of_word(&found.severity),
            state: state(found.status == "ACTIVE"),
            name: found
                .package_vulnerability_details
                .map(|details| details.vulnerability_id),
        }
    }
}

/// <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html>
#[derive(Deserialize)]
struct Imported {
    findings: Vec<Check>,
}

/// <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html>
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Check {
    id: String,
    severity: CheckSeverity,
    record_state: String,
    #[serde(default)]
    workflow: Workflow,
    #[serde(default)]
    compliance: Compliance,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CheckSeverity {
    label: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Workflow {
    status: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Compliance {
    status: Option<String>,
    security_control_id: Option<String>,
}

impl From<Check> for Word {
    fn from(check: Check) -> Self {
        let settled = matches!(
            check.workflow.status.as_deref(),
            Some("RESOLVED" | "SUPPRESSED")
        );
        let passed = check.compliance.status.as_deref() == Some("PASSED");
        Self {
            source: check.id,
            kind: FindingKind::Configuration,
            severity: Severity::of_word(&check.severity.label),
            state: state(check.record_state == "ACTIVE" && !settled && !passed),
            name: check.compliance.security_control_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    fn event(source: &str, kind: &str, detail: &Value) -> Value {
        json!({
            "version": "0", "id": "e", "detail-type": kind, "source": source,
            "account": "111122223333", "time": "2026-11-23T09:00:00Z",
            "region": "ap-northeast-3", "resources": [], "detail": detail,
        })
    }

    fn heard(source: &str, kind: &str, detail: &Value) -> Vec<Heard> {
        read(event(source, kind, detail)).expect("a known event")
    }

    fn threat(severity: f64, name: &str) -> Value {
        json!({
            "schemaVersion": "2.0", "accountId": "111122223333", "region": "ap-northeast-3",
            "arn": "arn:aws:guardduty:ap-northeast-3:111122223333:detector/d/finding/f",
            "id": "f", "type": name, "severity": severity,
            "resource": { "accessKeyDetails": { "userName": "koeba-accounts" } },
            "service": { "archived": false, "count": 1 },
            "title": "API call by koeba-accounts of 111122223333",
        })
    }

    #[test]
    fn a_threat_is_told_by_its_type_and_nothing_of_whom_it_befell() {
        let name = "UnauthorizedAccess:IAMUser/MaliciousIPCaller";
        let found = heard("aws.guardduty", "GuardDuty Finding", &threat(8.0, name));
        let [one] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(one.at, datetime!(2026-11-23 9:00 UTC));
        assert_eq!(
            one.finding,
            Finding {
                kind: FindingKind::Threat,
                severity: Severity::High,
                region: FindingRegion::Osaka,
                state: FindingState::Open,
                name: FindingName::public(name),
            }
        );
        let written = serde_json::to_string(&one.finding).expect("it is written");
        for secret in ["111122223333", "arn:", "koeba"] {
            assert!(!written.contains(secret), "{written}");
        }
    }

    #[test]
    fn less_than_medium_is_told_to_nobody() {
        let low = threat(3.9, "Recon:IAMUser/X");
        assert_eq!(heard("aws.guardduty", "GuardDuty Finding", &low), []);
        let informational = json!({
            "findingArn": "arn:x", "severity": "INFORMATIONAL", "status": "ACTIVE"
        });
        assert_eq!(
            heard("aws.inspector2", "Inspector2 Finding", &informational),
            []
        );
    }

    #[test]
    fn a_vulnerability_is_open_until_it_is_mended() {
        for (status, state) in [
            ("ACTIVE", FindingState::Open),
            ("CLOSED", FindingState::Closed),
            ("SUPPRESSED", FindingState::Closed),
        ] {
            let detail = json!({
                "findingArn": "arn:aws:inspector2:ap-northeast-3:111122223333:finding/f",
                "severity": "CRITICAL", "status": status, "type": "PACKAGE_VULNERABILITY",
                "firstObservedAt": "Nov 23, 2026, 9:00:00 AM",
                "packageVulnerabilityDetails": { "vulnerabilityId": "CVE-2026-12345" },
            });
            let found = heard("aws.inspector2", "Inspector2 Finding", &detail);
            assert_eq!(found[0].finding.state, state, "{status}");
            assert_eq!(found[0].finding.severity, Severity::Critical);
            let name = found[0].finding.name.as_ref().map(FindingName::as_str);
            assert_eq!(name, Some("CVE-2026-12345"));
        }
    }

    #[test]
    fn a_check_that_passes_again_closes_what_it_found() {
        let check = |compliance: &str, workflow: &str| {
            json!({ "findings": [{
                "Id": "arn:aws:securityhub:ap-northeast-3:111122223333:s/1/finding/f",
                "Severity": { "Label": "MEDIUM" }, "RecordState": "ACTIVE",
                "Workflow": { "Status": workflow },
                "Compliance": { "Status": compliance, "SecurityControlId": "S3.8" },
            }]})
        };
        for (compliance, workflow, state) in [
            ("FAILED", "NEW", FindingState::Open),
            ("PASSED", "NEW", FindingState::Closed),
            ("FAILED", "SUPPRESSED", FindingState::Closed),
        ] {
            let found = heard(
                "aws.securityhub",
                "Security Hub Findings - Imported",
                &check(compliance, workflow),
            );
            assert_eq!(found[0].finding.state, state, "{compliance} {workflow}");
            assert_eq!(found[0].finding.kind, FindingKind::Configuration);
        }
    }

    #[test]
    fn a_harmful_upload_is_contained_and_a_clean_one_is_no_news() {
        let scan = |status: &str, threats: Value| {
            json!({
                "scanStatus": "COMPLETED",
                "s3ObjectDetails": { "bucketName": "koeba-files", "objectKey": "ws_x/y" },
                "scanResultDetails": { "scanResultStatus": status, "threats": threats },
            })
        };
        let kind = "GuardDuty Malware Protection Object Scan Result";
        let found = heard(
            "aws.guardduty",
            kind,
            &scan("THREATS_FOUND", json!([{ "name": "EICAR-Test-File" }])),
        );
        assert_eq!(found[0].finding.state, FindingState::Contained);
        assert_eq!(found[0].finding.kind, FindingKind::Malware);
        let clean = scan("NO_THREATS_FOUND", Value::Null);
        assert_eq!(heard("aws.guardduty", kind, &clean), []);
    }

    #[test]
    fn what_nobody_listens_to_is_an_error_and_so_is_half_an_event() {
        for event in [
            event("aws.health", "AWS Health Event", &json!({})),
            event("aws.guardduty", "GuardDuty Finding", &json!({ "id": "f" })),
            json!({ "detail-type": "GuardDuty Finding" }),
        ] {
            assert!(read(event.clone()).is_err(), "{event}");
        }
    }
}

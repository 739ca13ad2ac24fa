//! What AWS says of backups and alarms, asked through the AWS CLI.
//!
//! Whoever deploys has it, with credentials however they come: single sign-on, a profile, a second
//! factor. The doctor reads them nowhere and needs only `backup:ListRecoveryPointsByBackupVault`
//! and `cloudwatch:DescribeAlarms`.

use std::ffi::OsString;
use std::io::ErrorKind;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::process::Command;

/// Where Koeba is deployed: Tokyo, and Osaka with the copies and the watcher.
pub(crate) const REGIONS: [&str; 2] = ["ap-northeast-1", "ap-northeast-3"];
/// The vault's name in both, as `cdk/lib/backups.ts` has it.
const VAULT: &str = "koeba";
/// What the names of all alarms begin with.
const ALARMS: &str = "koeba-";

/// The AWS CLI.
#[derive(Clone, Debug)]
pub struct Cloud {
    program: OsString,
}

/// Why AWS does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// There is no such program.
    NoTool,
    /// It ended without an answer: the last line that it wrote.
    Refused(String),
}

/// An alarm.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Alarm {
    #[serde(rename = "AlarmName")]
    pub(crate) name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    #[serde(rename = "StateValue")]
    pub(crate) state: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Alarms {
    #[serde(default)]
    metric_alarms: Vec<Alarm>,
    #[serde(default)]
    composite_alarms: Vec<Alarm>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RecoveryPoints {
    #[serde(default)]
    recovery_points: Vec<RecoveryPoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RecoveryPoint {
    status: String,
    /// RFC 3339, as version 2 of the CLI writes it.
    creation_date: String,
}

impl Cloud {
    /// The `aws` that a shell would find, or another program that answers like it.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
        }
    }

    /// When the newest complete backup of a region was made, in seconds since 1970.
    pub(crate) async fn newest_backup(&self, region: &str) -> Result<Option<i64>, Silence> {
        let points: RecoveryPoints = self
            .ask(
                region,
                &[
                    "backup",
                    "list-recovery-points-by-backup-vault",
                    "--backup-vault-name",
                    VAULT,
                ],
            )
            .await?;
        Ok(newest(&points.recovery_points))
    }

    /// Every alarm of a region.
    pub(crate) async fn alarms(&self, region: &str) -> Result<Vec<Alarm>, Silence> {
        let mut told: Alarms = self
            .ask(
                region,
                &[
                    "cloudwatch",
                    "describe-alarms",
                    "--alarm-name-prefix",
                    ALARMS,
                    "--alarm-types",
                    "MetricAlarm",
                    "CompositeAlarm",
                ],
            )
            .await?;
        told.metric_alarms.append(&mut told.composite_alarms);
        Ok(told.metric_alarms)
    }

    async fn ask<T: DeserializeOwned>(&self, region: &str, what: &[&str]) -> Result<T, Silence> {
        let asked = Command::new(&self.program)
            .args(what)
            .args(["--region", region, "--output", "json", "--no-cli-pager"])
            .output()
            .await;
        let output = match asked {
            Ok(output) => output,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(Silence::NoTool),
            Err(error) => return Err(Silence::Refused(error.to_string())),
        };
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let last = said.lines().rev().find(|line| !line.trim().is_empty());
            return Err(Silence::Refused(last.unwrap_or("?").trim().to_owned()));
        }
        serde_json::from_slice(&output.stdout).map_err(|error| Silence::Refused(error.to_string()))
    }
}

fn newest(points: &[RecoveryPoint]) -> Option<i64> {
    points
        .iter()
        .filter(|point| point.status == "COMPLETED")
        .filter_map(|point| OffsetDateTime::parse(&point.creation_date, &Rfc3339).ok())
        .map(OffsetDateTime::unix_timestamp)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_complete_backup_counts() {
        // The shape of `aws backup list-recovery-points-by-backup-vault`, AWS CLI version 2.
        let text = r#"{"RecoveryPoints": [
            {"RecoveryPointArn": "arn:1", "Status": "COMPLETED", "CreationDate": "2026-11-22T03:00:00.123000+09:00"},
            {"RecoveryPointArn": "arn:2", "Status": "PARTIAL", "CreationDate": "2026-11-23T03:00:00+09:00"},
            {"RecoveryPointArn": "arn:3", "Status": "COMPLETED", "CreationDate": "2026-11-21T03:00:00+09:00"}
        ]}"#;
        let points: RecoveryPoints = serde_json::from_str(text).expect("points");
        assert_eq!(newest(&points.recovery_points), Some(1_795_284_000));
        assert_eq!(newest(&[]), None);
    }

    #[test]
    fn alarms_of_both_kinds_are_read() {
        // The shape of `aws cloudwatch describe-alarms`.
        let text = r#"{
            "CompositeAlarms": [{"AlarmName": "koeba-people-cannot-sign-in", "StateValue": "OK", "ActionsEnabled": true}],
            "MetricAlarms": [{"AlarmName": "koeba-api-fails", "StateValue": "ALARM", "Threshold": 5.0}]
        }"#;
        let alarms: Alarms = serde_json::from_str(text).expect("alarms");
        assert_eq!(alarms.metric_alarms[0].state, "ALARM");
        assert_eq!(alarms.composite_alarms.len(), 1);
    }

    #[tokio::test]
    async fn a_missing_tool_and_a_refusal_are_told_apart() {
        let missing = Cloud::new("there-is-no-such-program")
            .alarms("ap-northeast-1")
            .await;
        assert_eq!(missing, Err(Silence::NoTool));
        // `false` ends without a word, as a tool without credentials ends with one.
        let refused = Cloud::new("false").newest_backup("ap-northeast-1").await;
        assert_eq!(refused, Err(Silence::Refused("?".to_owned())));
    }
}

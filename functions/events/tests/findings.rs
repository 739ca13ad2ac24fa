//! What the guards of the account find is written down, whatever order it comes in, and in no
//! audit log.

mod support;

use axum::Router;
use koeba_domain::{FindingState, Severity};
use koeba_emulator::Role as EmulatedRole;
use koeba_events::Delivery;
use koeba_router_app::App;
use serde_json::{Value, json};

use support::settings;

fn found(status: &str, time: &str) -> Value {
    json!({
        "version": "0", "id": "e", "detail-type": "Inspector2 Finding", "source": "aws.inspector2",
        "account": "111122223333", "time": time, "region": "ap-northeast-1",
        "resources": ["arn:aws:ecr:ap-northeast-1:111122223333:repository/koeba-node"],
        "detail": {
            "findingArn": "arn:aws:inspector2:ap-northeast-1:111122223333:finding/f",
            "severity": "HIGH", "status": status,
            "packageVulnerabilityDetails": { "vulnerabilityId": "CVE-2026-12345" },
        },
    })
}

#[tokio::test]
async fn what_a_guard_finds_is_kept_once_without_a_word_of_ours() {
    let app = App::start(EmulatedRole::Workspaces, |_| Router::new()).await;
    let sdk = app.emulator().sdk_config(EmulatedRole::Events);
    let delivery = Delivery::with_clock(&sdk, settings(), app.context.clock.clone());
    let closed = found("CLOSED", "2026-04-02T09:00:00Z");
    let open = found("ACTIVE", "2026-04-01T09:00:00Z");
    for event in [&open, &closed, &open] {
        let answer = delivery.answer(event.clone()).await;
        assert_eq!(answer.expect("the event is understood"), Value::Null);
    }
    let findings = app.context.table.directory().findings().await;
    let [one] = &findings.expect("the store answers")[..] else {
        panic!("one finding, however often it comes");
    };
    assert_eq!(one.finding.state, FindingState::Closed);
    assert_eq!(one.finding.severity, Severity::High);
    let kept: Vec<String> = app
        .dump()
        .into_iter()
        .filter(|item| item.contains("FINDING"))
        .collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    for secret in ["111122223333", "arn:", "koeba"] {
        assert!(!kept[0].contains(secret), "{kept:?}");
    }
    let unknown = json!({ "detail-type": "x", "source": "aws.health", "time": "2026-04-01T09:00:00Z", "region": "x", "detail": {} });
    assert!(delivery.answer(unknown).await.is_err());
}

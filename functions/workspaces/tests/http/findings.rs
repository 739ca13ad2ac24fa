use koeba_domain::{
    Finding, FindingKind, FindingName, FindingRegion, FindingState, Moment, Role, Severity,
};
use koeba_emulator::TENANT_ROLE_ARN;
use koeba_router_app::EmulatedRole;
use koeba_storage::{Table, TableSettings};
use serde_json::json;
use time::Duration;

use crate::app::App;

fn finding(kind: FindingKind, name: &str) -> Finding {
    Finding {
        kind,
        severity: Severity::Critical,
        region: FindingRegion::Osaka,
        state: FindingState::Open,
        name: FindingName::public(name),
    }
}

/// As the events function writes it down.
async fn note(app: &App, source: &str, finding: &Finding, at: Moment) {
    let settings = TableSettings {
        name: "koeba".to_owned(),
        tenant_role_arn: TENANT_ROLE_ARN.to_owned(),
        cursor_key: [0; 32],
    };
    let events = app.emulator().sdk_config(EmulatedRole::Events);
    let directory = Table::new(&events, settings).directory();
    let noted = directory.note_finding(source, finding, at).await;
    noted.expect("the store answers");
}

#[tokio::test]
async fn managers_read_what_the_guards_found_the_latest_first_and_members_do_not() {
    let app = App::start().await;
    let (aiko, ken, mia) = (
        app.person("aiko").await,
        app.person("ken").await,
        app.person("mia").await,
    );
    let workspace = app.workspace(&aiko, "team").await;
    app.add(&aiko, &workspace, &ken, Role::Manager).await;
    app.add(&aiko, &workspace, &mia, Role::Member).await;
    let page = format!("/api/workspaces/{}/findings", workspace.id);
    let none = app.get(&ken, &page).await;
    assert_eq!(none.body, json!({ "items": [], "left_out": 0 }));

    let now = app.context.clock.now();
    for (source, found, at) in [
        (
            "a",
            finding(FindingKind::Vulnerability, "CVE-2026-12345"),
            now,
        ),
        (
            "b",
            finding(FindingKind::Threat, "arn:aws:iam::x"),
            now + Duration::HOUR,
        ),
    ] {
        note(&app, source, &found, at).await;
    }
    let shown = app.get(&ken, &page).await;
    let items = shown.body["items"].as_array().expect("a list");
    assert_eq!(items.len(), 2, "{shown:?}");
    assert_eq!(items[0]["kind"], "threat");
    assert_eq!(items[0]["name"], json!(null));
    assert_eq!(items[1]["id"].as_str().map(str::len), Some(64));
    assert_eq!(items[1]["name"], "CVE-2026-12345");
    assert_eq!(items[1]["severity"], "critical");
    assert_eq!(items[1]["region"], "osaka");
    assert_eq!(items[1]["state"], "open");
    assert_eq!(items[1]["seen_at"], items[1]["first_seen_at"]);
    assert_eq!(app.get(&aiko, &page).await.body, shown.body);
    assert_eq!(app.get(&mia, &page).await.refusal().0, 403);
}

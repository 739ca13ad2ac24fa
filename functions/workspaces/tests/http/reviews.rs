use http::StatusCode;
use koeba_domain::Role;
use koeba_edge::StatementKind;
use koeba_router_app::Person;
use serde_json::{Value, json};
use time::Duration;

use crate::app::App;

const DUE: &str = "2026-04-30T09:00:00Z";

async fn begun(app: &App, by: &Person, base: &str) -> String {
    let body = json!({ "title": "2026年度上期", "due_at": DUE });
    let begun = app.post(by, &format!("{base}/access-reviews"), body).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{begun:?}");
    let id = begun.body["id"].as_str().expect("an identifier");
    format!("{base}/access-reviews/{id}")
}

async fn decide(app: &App, by: &Person, review: &str, on: &Person, body: Value) -> (u16, String) {
    let path = format!("{review}/decisions/{}", on.user.id);
    let answer = app.put(by, &path, body).await;
    (answer.status.as_u16(), answer.slug().to_owned())
}

#[tokio::test]
async fn a_review_lists_every_account_carries_out_what_is_decided_and_signs_it() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let (ken, mia) = (app.person("ken").await, app.person("mia").await);
    app.add(&aiko, &workspace, &ken, Role::Manager).await;
    app.add(&aiko, &workspace, &mia, Role::Member).await;
    let base = format!("/api/workspaces/{}", workspace.id);
    let review = begun(&app, &aiko, &base).await;
    let shown = app.get(&aiko, &review).await;
    assert_eq!(shown.body["counts"], json!({ "total": 3, "decided": 0 }));
    let names: Vec<_> = shown.body["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| item["display_name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, ["aiko", "ken", "mia"]);

    let early = app
        .post(&aiko, &format!("{review}/completion"), json!({}))
        .await;
    assert_eq!(early.refusal(), (409, "review-incomplete"));
    let keep = json!({ "decision": "keep" });
    assert_eq!(decide(&app, &aiko, &review, &aiko, keep).await.0, 204);
    let change = json!({ "decision": "change", "new_role": "member", "note": "異動" });
    assert_eq!(decide(&app, &aiko, &review, &ken, change).await.0, 204);
    let remove = json!({ "decision": "remove", "note": "=退社" });
    assert_eq!(decide(&app, &aiko, &review, &mia, remove).await.0, 204);

    app.context.clock.advance(Duration::minutes(1));
    let done = app
        .post(&aiko, &format!("{review}/completion"), json!({}))
        .await;
    assert_eq!(done.status, StatusCode::OK, "{done:?}");
    let jws = done.body["jws"].as_str().expect("a statement");
    let key = &app.context.settings.signing_key;
    let statement: Value = key
        .read(StatementKind::AccessReview, jws)
        .expect("signed by us");
    assert_eq!(statement, done.body["statement"]);
    assert_eq!(statement["completed_at"], "2026-04-01T09:01:00Z");
    assert_eq!(statement["overdue"], false);
    assert!(!done.text.contains("mia") && !done.text.contains("example.test"));
    let members = app.get(&aiko, &format!("{base}/members")).await;
    let roles: Vec<_> = members.body["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| item["role"].as_str().expect("a role"))
        .collect();
    assert_eq!(roles.len(), 2);
    assert!(roles.contains(&"owner") && roles.contains(&"member"));

    let result = app.get(&aiko, &format!("{review}/result")).await;
    assert_eq!(result.body, done.body);
    let sheet = app.get(&aiko, &format!("{review}/result.csv")).await;
    assert_eq!(sheet.header("content-type"), "text/csv; charset=utf-8");
    assert!(sheet.text.contains("'=退社") && sheet.text.contains("removed"));
    let shown = app.get(&aiko, &review).await;
    assert_eq!(shown.body["state"], "completed");
    let again = app
        .post(&aiko, &format!("{review}/completion"), json!({}))
        .await;
    assert_eq!(again.refusal(), (409, "review-completed"));
    let late = decide(&app, &aiko, &review, &ken, json!({ "decision": "keep" })).await;
    assert_eq!(late, (409, "review-completed".to_owned()));
}

#[tokio::test]
async fn decisions_keep_to_the_rules_about_members() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let (ken, mia) = (app.person("ken").await, app.person("mia").await);
    app.add(&aiko, &workspace, &ken, Role::Manager).await;
    app.add(&aiko, &workspace, &mia, Role::Member).await;
    let base = format!("/api/workspaces/{}", workspace.id);
    let review = begun(&app, &ken, &base).await;
    let refused = async |on: &Person, body: Value| decide(&app, &ken, &review, on, body).await;
    assert_eq!(
        refused(&aiko, json!({ "decision": "remove" })).await,
        (403, "role-not-grantable".to_owned())
    );
    assert_eq!(
        refused(&mia, json!({ "decision": "change", "new_role": "owner" })).await,
        (403, "role-not-grantable".to_owned())
    );
    for body in [
        json!({ "decision": "change" }),
        json!({ "decision": "keep", "new_role": "guest" }),
    ] {
        assert_eq!(
            refused(&mia, body).await,
            (422, "fields-invalid".to_owned())
        );
    }
    let stranger = app.person("stranger").await;
    assert_eq!(
        refused(&stranger, json!({ "decision": "keep" })).await,
        (404, "not-found".to_owned())
    );
    for path in [&review, &format!("{base}/access-reviews")] {
        let answer = app.get(&mia, path).await;
        assert_eq!(answer.refusal(), (403, "forbidden"));
    }
}

#[tokio::test]
async fn a_review_has_a_title_and_a_day_that_makes_sense() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/access-reviews", workspace.id);
    for (body, field) in [
        (json!({ "title": " ", "due_at": DUE }), "title"),
        (json!({ "title": "x", "due_at": "tomorrow" }), "due_at"),
        (
            json!({ "title": "x", "due_at": "2026-04-01T09:30:00Z" }),
            "due_at",
        ),
    ] {
        let refused = app.post(&aiko, &path, body).await;
        assert_eq!(
            (refused.refusal(), refused.field()),
            ((422, "fields-invalid"), field)
        );
    }
    let listed = app.get(&aiko, &path).await;
    assert_eq!(listed.body, json!({ "items": [], "next_cursor": null }));
}

use http::StatusCode;
use koeba_domain::{Role, SecondStepMethod};
use koeba_router_app::Browser;
use serde_json::{Value, json};

use crate::app::App;

fn policy() -> Value {
    json!({
        "second_step": "managers",
        "email_token_allowed": true,
        "member_session": { "idle_hours": 168, "absolute_days": 30 },
        "manager_session": { "idle_hours": 12, "absolute_days": 30 },
        "allowed_networks": [],
        "invitation_domains": [],
        "guests_allowed": true,
        "dtls_floor": "1.3",
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut policy = policy();
    policy[field] = value;
    policy
}

#[tokio::test]
async fn a_policy_is_shown_as_a_difference_and_then_saved() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/policy", workspace.id);
    let shown = app.get(&aiko, &path).await;
    assert_eq!(
        shown.body,
        json!({ "policy": policy(), "version": 0, "changed_at": null, "changed_by": null })
    );
    let strict = with("guests_allowed", json!(false));
    let preview = app
        .post(
            &aiko,
            &format!("{path}/preview"),
            json!({ "policy": strict }),
        )
        .await;
    assert_eq!(
        preview.body["changes"],
        json!([{ "field": "guests_allowed", "before": "true", "after": "false" }])
    );
    assert_eq!(preview.body["warnings"][0]["field"], "guests_allowed");
    assert_eq!(preview.body["locks_you_out"], false);
    let saved = app
        .put(&aiko, &path, json!({ "policy": strict, "version": 0 }))
        .await;
    assert_eq!(
        (saved.status, &saved.body["version"]),
        (StatusCode::OK, &json!(1))
    );
    assert_eq!(saved.body["changed_by"], aiko.user.id.to_string());
    assert_eq!(app.get(&aiko, &path).await.body, saved.body);
    assert!(
        app.mails_to("aiko@example.test")
            .contains(&"policy_changed".to_owned())
    );
    let late = app
        .put(&aiko, &path, json!({ "policy": policy(), "version": 0 }))
        .await;
    assert_eq!(late.refusal(), (409, "changed-meanwhile"));
    let again = app
        .put(&aiko, &path, json!({ "policy": policy(), "version": 1 }))
        .await;
    assert_eq!(again.body["version"], 2);
}

#[tokio::test]
async fn nobody_locks_themselves_out() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/policy", workspace.id);
    let office = with("allowed_networks", json!(["203.0.113.0/24"]));
    let save = async |browser: &Browser| {
        let body = json!({ "policy": office, "version": 0 });
        app.put(browser, &path, body).await
    };
    let elsewhere = aiko.browser.from("198.51.100.7");
    let refused = save(&elsewhere).await;
    assert_eq!(refused.refusal(), (409, "would-lock-you-out"));
    let preview = app
        .post(
            &elsewhere,
            &format!("{path}/preview"),
            json!({ "policy": office }),
        )
        .await;
    assert_eq!(preview.body["locks_you_out"], true);
    let inside = aiko.browser.from("203.0.113.7");
    assert_eq!(save(&inside).await.status, StatusCode::OK);
    let refused = app.get(&elsewhere, &path).await;
    assert_eq!(refused.refusal(), (403, "network-not-allowed"));
    assert_eq!(app.get(&inside, &path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_policy_that_makes_no_sense_is_refused() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/policy", workspace.id);
    for (field, value) in [
        ("allowed_networks", json!(["everywhere"])),
        ("invitation_domains", json!(["not a domain"])),
        (
            "member_session",
            json!({ "idle_hours": 0, "absolute_days": 30 }),
        ),
        (
            "manager_session",
            json!({ "idle_hours": 12, "absolute_days": 366 }),
        ),
    ] {
        let body = json!({ "policy": with(field, value), "version": 0 });
        let refused = app.put(&aiko, &path, body).await;
        assert_eq!(
            (refused.refusal(), refused.field()),
            ((422, "fields-invalid"), field)
        );
    }
    let member = app.person("member").await;
    app.add(&aiko, &workspace, &member, Role::Member).await;
    assert_eq!(app.get(&member, &path).await.refusal(), (403, "forbidden"));
}

#[tokio::test]
async fn the_policy_holds_when_people_are_invited_and_when_they_accept() {
    let app = App::start().await;
    let (aiko, ken) = (app.person("aiko").await, app.person("ken").await);
    let workspace = app.workspace(&aiko, "team").await;
    let base = format!("/api/workspaces/{}", workspace.id);
    let (_, token) = app.invited(&aiko, &workspace, "ken", Role::Guest).await;
    let mut closed = with("invitation_domains", json!(["elsewhere.test"]));
    closed["guests_allowed"] = json!(false);
    let body = json!({ "policy": closed, "version": 0 });
    app.put(&aiko, &format!("{base}/policy"), body).await;
    let accept = json!({ "token": token });
    let refused = app.post(&ken, "/api/invitations/accept", accept).await;
    assert_eq!(refused.refusal(), (403, "guests-not-allowed"));
    for (role, slug) in [
        ("guest", "guests-not-allowed"),
        ("member", "domain-not-allowed"),
    ] {
        let wish = json!({ "email": "mia@example.test", "role": role });
        let refused = app.post(&aiko, &format!("{base}/invitations"), wish).await;
        assert_eq!(refused.refusal(), (403, slug));
    }
}

/// Check sheet: WA-11-01.
#[tokio::test]
async fn where_no_tokens_by_mail_are_allowed_another_second_step_is_asked_for() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}", workspace.id);
    let by_mail = app
        .sign_in_with(&aiko, Some(SecondStepMethod::EmailToken))
        .await;
    assert_eq!(app.get(&by_mail, &path).await.status, StatusCode::OK);
    let strict = with("email_token_allowed", json!(false));
    let saved = app
        .put(
            &aiko,
            &format!("{path}/policy"),
            json!({ "policy": strict, "version": 0 }),
        )
        .await;
    assert_eq!(saved.status, StatusCode::OK, "{saved:?}");
    let refused = app.get(&by_mail, &path).await;
    assert_eq!(refused.refusal(), (403, "stronger-second-step-required"));
    for method in [SecondStepMethod::Totp, SecondStepMethod::Passkey] {
        let strong = app.sign_in_with(&aiko, Some(method)).await;
        assert_eq!(app.get(&strong, &path).await.status, StatusCode::OK);
    }
}

use http::{Method, StatusCode};
use koeba_domain::{Invitation, Role};
use serde_json::json;
use time::Duration;

use crate::app::App;

#[tokio::test]
async fn an_invitation_is_sent_listed_and_taken_back() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/invitations", workspace.id);
    let body = json!({ "email": "Ken@example.test", "role": "member" });
    let made = app.post(&aiko, &path, body).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let id = made.body["id"].as_str().expect("an identifier").to_owned();
    assert_eq!(
        made.body,
        json!({
            "id": id,
            "email": "Ken@example.test",
            "role": "member",
            "state": "pending",
            "created_at": "2026-04-01T09:00:00Z",
            "expires_at": "2026-04-08T09:00:00Z",
        })
    );
    let listed = app.get(&aiko, &path).await;
    assert_eq!(
        listed.body,
        json!({ "items": [made.body], "next_cursor": null })
    );
    let again = app
        .post(
            &aiko,
            &path,
            json!({ "email": "ken@example.test", "role": "guest" }),
        )
        .await;
    assert_eq!(again.refusal(), (409, "already-invited"));
    let revoked = app.delete(&aiko, &format!("{path}/{id}")).await;
    assert_eq!(
        (revoked.status, &revoked.body),
        (StatusCode::NO_CONTENT, &json!(null))
    );
    let listed = app.get(&aiko, &path).await;
    assert_eq!(listed.body["items"][0]["state"], "revoked");
    for unknown in ["in_00000000000000000000000000", "x"] {
        let refused = app.delete(&aiko, &format!("{path}/{unknown}")).await;
        assert_eq!(refused.refusal(), (404, "not-found"), "{unknown}");
    }
}

#[tokio::test]
async fn the_link_shows_what_it_offers_and_makes_a_member_once() {
    let app = App::start().await;
    let (aiko, ken) = (app.person("aiko").await, app.person("ken").await);
    let workspace = app.workspace(&aiko, "team").await;
    let (_, token) = app.invited(&aiko, &workspace, "KEN", Role::Manager).await;
    let body = json!({ "token": token });
    let shown = app
        .ask(
            None,
            Method::POST,
            "/api/invitations/preview",
            Some(body.clone()),
        )
        .await;
    assert_eq!(
        (shown.status, shown.body),
        (
            StatusCode::OK,
            json!({
                "workspace_name": "team",
                "inviter_name": "aiko",
                "email": "KEN@example.test",
                "suggested_name": null,
                "role": "manager",
                "expires_at": "2026-04-08T09:00:00Z",
            })
        )
    );
    let taken = app
        .post(&ken, "/api/invitations/accept", body.clone())
        .await;
    assert_eq!(
        (taken.status, taken.body),
        (
            StatusCode::OK,
            json!({
                "id": workspace.id.to_string(),
                "name": "team",
                "role": "manager",
                "created_at": "2026-04-01T09:00:00Z",
            })
        )
    );
    let again = app
        .post(&ken, "/api/invitations/accept", body.clone())
        .await;
    assert_eq!(again.refusal(), (410, "invitation-used"));
    let shown = app
        .ask(None, Method::POST, "/api/invitations/preview", Some(body))
        .await;
    assert_eq!(shown.refusal(), (410, "invitation-used"));
    let path = format!("/api/workspaces/{}", workspace.id);
    assert_eq!(app.get(&ken, &path).await.body["role"], "manager");
}

#[tokio::test]
async fn each_invitation_that_cannot_be_taken_says_why_and_makes_no_member() {
    let app = App::start().await;
    let (aiko, ken) = (app.person("aiko").await, app.person("ken").await);
    let mallory = app.person("mallory").await;
    let workspace = app.workspace(&aiko, "team").await;
    let accept = "/api/invitations/accept";

    let (revoked, token) = app.invited(&aiko, &workspace, "ken", Role::Member).await;
    let path = format!(
        "/api/workspaces/{}/invitations/{}",
        workspace.id, revoked.id
    );
    app.delete(&aiko, &path).await;
    let refused = app.post(&ken, accept, json!({ "token": token })).await;
    assert_eq!(refused.refusal(), (410, "invitation-revoked"));

    let (_, token) = app.invited(&aiko, &workspace, "ken", Role::Member).await;
    let refused = app.post(&mallory, accept, json!({ "token": token })).await;
    assert_eq!(refused.refusal(), (403, "invitation-for-another-address"));
    let refused = app
        .ask(None, Method::POST, accept, Some(json!({ "token": token })))
        .await;
    assert_eq!(refused.refusal(), (401, "not-signed-in"));

    let other = app.workspace(&mallory, "other").await;
    let forged = [
        token.replace("secret", "guess"),
        token.replace(&workspace.id.to_string(), &other.id.to_string()),
        format!("{token}x"),
        format!("{token}.x"),
        String::new(),
        "x".repeat(10_000),
        "ws_0.in_0.secret".to_owned(),
    ];
    for forged in forged {
        for path in [accept, "/api/invitations/preview"] {
            let refused = app.post(&ken, path, json!({ "token": forged })).await;
            assert_eq!(
                refused.refusal(),
                (404, "invitation-not-found"),
                "{path} {forged}"
            );
        }
    }

    app.context
        .clock
        .advance(Invitation::LIFETIME - Duration::SECOND);
    let ken_again = app.sign_in(&ken).await;
    app.context.clock.advance(Duration::SECOND);
    let refused = app
        .post(&ken_again, accept, json!({ "token": token }))
        .await;
    assert_eq!(refused.refusal(), (410, "invitation-expired"));
    let path = format!("/api/workspaces/{}", workspace.id);
    assert_eq!(
        app.get(&ken_again, &path).await.refusal(),
        (404, "not-found")
    );
}

#[tokio::test]
async fn somebody_who_belongs_already_keeps_their_role() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let (_, token) = app.invited(&aiko, &workspace, "aiko", Role::Guest).await;
    let refused = app
        .post(&aiko, "/api/invitations/accept", json!({ "token": token }))
        .await;
    assert_eq!(refused.refusal(), (409, "already-member"));
    let path = format!("/api/workspaces/{}", workspace.id);
    assert_eq!(app.get(&aiko, &path).await.body["role"], "owner");
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/invitations", workspace.id);
    let wish = |role: &str| json!({ "email": "friend@example.test", "role": role });
    let refused = app.post(&aiko, &path, wish("owner")).await;
    assert_eq!(refused.refusal(), (403, "role-not-grantable"));
    let manager = app.person("manager").await;
    app.add(&aiko, &workspace, &manager, Role::Manager).await;
    let refused = app.post(&manager, &path, wish("owner")).await;
    assert_eq!(refused.refusal(), (403, "role-not-grantable"));
    for (name, role) in [("member", Role::Member), ("guest", Role::Guest)] {
        let person = app.person(name).await;
        app.add(&aiko, &workspace, &person, role).await;
        for wished in ["guest", "member", "manager", "owner"] {
            let refused = app.post(&person, &path, wish(wished)).await;
            assert_eq!(refused.refusal(), (403, "forbidden"), "{name} {wished}");
        }
        assert_eq!(app.get(&person, &path).await.refusal(), (403, "forbidden"));
    }
    assert_eq!(
        app.post(&manager, &path, wish("manager")).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn an_invitation_to_no_address_or_as_no_role_is_refused() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/invitations", workspace.id);
    for email in [
        "",
        "ken",
        "ken@example.test, mallory@example.test",
        "ken@example.test\nBcc: x@y.z",
    ] {
        let refused = app
            .post(&aiko, &path, json!({ "email": email, "role": "member" }))
            .await;
        assert_eq!(
            (refused.refusal(), refused.field()),
            ((422, "fields-invalid"), "email")
        );
    }
    let email = "ken@example.test";
    for role in [json!("admin"), json!("")] {
        let refused = app
            .post(&aiko, &path, json!({ "email": email, "role": role }))
            .await;
        assert_eq!(
            (refused.refusal(), refused.field()),
            ((422, "fields-invalid"), "role")
        );
    }
    let body = json!({ "email": email, "role": "member", "state": "accepted" });
    let refused = app.post(&aiko, &path, body).await;
    assert_eq!(
        (refused.refusal(), refused.field()),
        ((422, "field-unknown"), "state")
    );
    assert_eq!(app.get(&aiko, &path).await.body["items"], json!([]));
}

#[tokio::test]
async fn an_invitation_of_another_workspace_cannot_be_taken_back() {
    let app = App::start().await;
    let (aiko, mallory) = (app.person("aiko").await, app.person("mallory").await);
    let (ours, theirs) = (
        app.workspace(&aiko, "ours").await,
        app.workspace(&mallory, "theirs").await,
    );
    let (invitation, _) = app.invited(&aiko, &ours, "ken", Role::Member).await;
    for workspace in [ours.id, theirs.id] {
        let path = format!("/api/workspaces/{workspace}/invitations/{}", invitation.id);
        let refused = app.delete(&mallory, &path).await;
        assert_eq!(refused.refusal(), (404, "not-found"));
    }
    let path = format!("/api/workspaces/{}/invitations", ours.id);
    assert_eq!(
        app.get(&aiko, &path).await.body["items"][0]["state"],
        "pending"
    );
}

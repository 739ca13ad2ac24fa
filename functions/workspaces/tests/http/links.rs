use http::StatusCode;
use koeba_domain::Role;
use serde_json::{Value, json};
use time::Duration;

use crate::app::App;

fn token_of(made: &Value) -> String {
    let link = made["link"].as_str().expect("a link");
    link.split_once('#').expect("a fragment").1.to_owned()
}

#[tokio::test]
async fn a_link_lets_in_as_many_as_it_says_from_its_domains() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/invitation-links", workspace.id);
    let wish = json!({
        "role": "member",
        "expires_in_hours": 24,
        "domains": ["@Example.test"],
        "most_uses": 2,
    });
    let made = app.post(&aiko, &path, wish).await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(made.body["domains"], json!(["example.test"]));
    assert_eq!(made.body["expires_at"], "2026-04-02T09:00:00Z");
    let body = json!({ "token": token_of(&made.body) });
    let shown = app
        .ask(
            None,
            http::Method::POST,
            "/api/invitations/preview",
            Some(body.clone()),
        )
        .await;
    assert_eq!(
        (&shown.body["email"], &shown.body["role"]),
        (&json!(null), &json!("member"))
    );
    let accept = "/api/invitations/accept";
    for name in ["ken", "mia"] {
        let person = app.person(name).await;
        let taken = app.post(&person, accept, body.clone()).await;
        assert_eq!(taken.status, StatusCode::OK, "{name}");
    }
    let ren = app.person("ren").await;
    let refused = app.post(&ren, accept, body).await;
    assert_eq!(refused.refusal(), (410, "link-used-up"));
    let listed = app.get(&aiko, &path).await;
    let item = &listed.body["items"][0];
    assert_eq!(
        (&item["uses"], &item["link"]),
        (&json!(2), &Value::Null),
        "the address is shown once"
    );
}

#[tokio::test]
async fn a_link_ends_by_time_by_being_taken_back_and_for_other_domains() {
    let app = App::start().await;
    let (aiko, ken) = (app.person("aiko").await, app.person("ken").await);
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/invitation-links", workspace.id);
    let accept = "/api/invitations/accept";
    let make = async |domains: Value| {
        let wish = json!({ "role": "guest", "expires_in_hours": 1, "domains": domains });
        app.post(&aiko, &path, wish).await.body
    };
    let elsewhere = make(json!(["elsewhere.test"])).await;
    let refused = app
        .post(&ken, accept, json!({ "token": token_of(&elsewhere) }))
        .await;
    assert_eq!(refused.refusal(), (403, "domain-not-allowed"));
    let revoked = make(json!([])).await;
    let id = revoked["id"].as_str().expect("an identifier");
    let gone = app.delete(&aiko, &format!("{path}/{id}")).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let refused = app
        .post(&ken, accept, json!({ "token": token_of(&revoked) }))
        .await;
    assert_eq!(refused.refusal(), (410, "invitation-revoked"));
    let expired = make(json!([])).await;
    app.context.clock.advance(Duration::HOUR);
    let refused = app
        .post(&ken, accept, json!({ "token": token_of(&expired) }))
        .await;
    assert_eq!(refused.refusal(), (410, "invitation-expired"));
}

#[tokio::test]
async fn no_link_makes_managers_or_works_for_ever() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/invitation-links", workspace.id);
    for role in ["manager", "owner"] {
        let wish = json!({ "role": role, "expires_in_hours": 1 });
        let refused = app.post(&aiko, &path, wish).await;
        assert_eq!(refused.refusal(), (403, "role-not-grantable"), "{role}");
    }
    for (field, value) in [
        ("expires_in_hours", json!(721)),
        ("expires_in_hours", json!(0)),
        ("most_uses", json!(0)),
        ("domains", json!(["no domain"])),
    ] {
        let mut wish = json!({ "role": "member", "expires_in_hours": 1 });
        wish[field] = value;
        let refused = app.post(&aiko, &path, wish).await;
        assert_eq!(
            (refused.refusal(), refused.field()),
            ((422, "fields-invalid"), field)
        );
    }
    let member = app.person("member").await;
    app.add(&aiko, &workspace, &member, Role::Member).await;
    let wish = json!({ "role": "guest", "expires_in_hours": 1 });
    let refused = app.post(&member, &path, wish).await;
    assert_eq!(refused.refusal(), (403, "forbidden"));
}

#[tokio::test]
async fn of_a_list_each_row_is_invited_or_told_why_not() {
    let app = App::start().await;
    let (aiko, _) = (app.person("aiko").await, app.person("known").await);
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/invitations/import", workspace.id);
    let csv = "email,display_name,role\r\n\
               ken@example.test,健,member\r\n\
               known@example.test,,guest\r\n\
               ken@example.test,,member\r\n\
               aiko@example.test,,member\r\n\
               not an address,,member\r\n\
               boss@example.test,,owner\r\n";
    let done = app.post(&aiko, &path, json!({ "csv": csv })).await;
    assert_eq!(done.status, StatusCode::OK);
    let items = done.body["items"].as_array().expect("a list");
    let outcomes: Vec<_> = items
        .iter()
        .map(|item| {
            let reason = item["reason"].as_str().unwrap_or("invited");
            (item["line"].as_u64().expect("a line"), reason)
        })
        .collect();
    assert_eq!(
        outcomes,
        [
            (2, "invited"),
            (3, "invited"),
            (4, "already-invited"),
            (5, "already-member"),
            (6, "fields-invalid"),
            (7, "role-not-grantable"),
        ]
    );
    let to_join = app.mail_to("ken@example.test", "join_invitation");
    assert!(to_join.text("link").contains("/join#ws_"), "{to_join:?}");
    let with_account = app.mail_to("known@example.test", "invitation");
    assert!(with_account.text("link").contains("/invite#ws_"));
    let refused = app.post(&aiko, &path, json!({ "csv": "a,b\n1,2\n" })).await;
    assert_eq!(
        (refused.refusal(), refused.field()),
        ((422, "fields-invalid"), "csv")
    );
}

use http::{Method, StatusCode};
use koeba_access_token::{DtlsFloor, TokenError, TokenKey, verify_join};
use koeba_domain::Policy;
use serde_json::json;
use time::Duration;

use crate::app::{App, NOW, TOKEN_SECRET};

#[tokio::test]
async fn joining_gives_a_token_for_this_room_and_person_and_one_minute() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let path = format!("/api/workspaces/{}/rooms", workspace.id);
    let room = app
        .post(&aiko, &path, json!({ "name": "Lobby" }))
        .await
        .body;
    let room = room["id"].as_str().expect("an identifier");
    let join = format!("{path}/{room}/join");
    let joined = app.ask(Some(&aiko), Method::POST, &join, None).await;
    assert_eq!(joined.status, StatusCode::OK);
    assert_eq!(joined.body["url"], "ws://127.0.0.1:7880");
    assert_eq!(joined.body["identity"], aiko.user.id.to_string());
    assert_eq!(joined.body["expires_at"], "2026-04-01T09:01:00Z");
    assert_eq!(joined.body.as_object().expect("an object").len(), 4);

    let key = TokenKey::new("key-1", TOKEN_SECRET);
    let token = joined.body["token"].as_str().expect("a token");
    let claims = verify_join(&key, token, NOW).expect("a good token");
    assert_eq!(claims.workspace, workspace.id.to_string());
    assert_eq!(claims.room, room);
    assert_eq!(claims.identity, aiko.user.id.to_string());
    assert_eq!(claims.name, "aiko");
    assert_eq!(claims.dtls, DtlsFloor::V1_3);
    assert!(claims.grant.can_publish && claims.grant.can_subscribe && !claims.grant.hidden);
    assert_eq!(
        verify_join(&key, token, NOW + Duration::minutes(2)).map(drop),
        Err(TokenError::Expired)
    );
    let stranger = TokenKey::new("key-1", &"x".repeat(32));
    assert_eq!(
        verify_join(&stranger, token, NOW).map(drop),
        Err(TokenError::Signature)
    );
}

/// Check sheet: SEC-P-03.
#[tokio::test]
async fn a_token_carries_what_the_policy_says_of_networks_and_dtls() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let workspace = app.workspace(&aiko, "team").await;
    let policy = Policy {
        allowed_networks: vec!["203.0.113.0/24".parse().expect("a network")],
        dtls_floor: koeba_domain::DtlsFloor::Dtls12,
        ..Policy::default()
    };
    let scope = app.scope(&aiko, &workspace).await;
    let table = app.context.table.workspace(&scope);
    let saved = table.put_policy(&policy, 0, aiko.user.id, NOW, &[]).await;
    saved.expect("saved");
    let inside = aiko.browser.from("203.0.113.7");
    let path = format!("/api/workspaces/{}/rooms", workspace.id);
    let room = app
        .post(&inside, &path, json!({ "name": "Lobby" }))
        .await
        .body;
    let room = room["id"].as_str().expect("an identifier");
    let join = format!("{path}/{room}/join");
    let joined = app.ask(Some(&inside), Method::POST, &join, None).await;
    let key = TokenKey::new("key-1", TOKEN_SECRET);
    let token = joined.body["token"].as_str().expect("a token");
    let claims = verify_join(&key, token, NOW).expect("a good token");
    assert_eq!(claims.dtls, DtlsFloor::V1_2);
    assert_eq!(claims.networks, policy.allowed_networks);
    let elsewhere = aiko.browser.from("198.51.100.1");
    let refused = app.ask(Some(&elsewhere), Method::POST, &join, None).await;
    assert_eq!(refused.refusal(), (403, "network-not-allowed"));
}

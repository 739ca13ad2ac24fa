//! What a token of the server API is good for: the workspace whose key signed it, and no more.

use jsonwebtoken::{EncodingKey, Header};
use koeba_access_token::{
    ApiKey, JoinClaims, TokenError, TokenKey, mint_join, verify_api, verify_join,
};
use serde_json::{Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const NOW: OffsetDateTime = datetime!(2026-04-01 09:00 UTC);

#[test]
fn a_token_speaks_for_the_workspace_whose_key_signed_it() {
    let video = json!({ "roomAdmin": true, "room": "lobby", "roomList": true, "later": 1 });
    let token = mint(&key().api_key("ws_1"), &video);
    let claims = verify_api(&key(), &token, NOW).expect("a good token");
    assert_eq!(claims.workspace, "ws_1");
    assert_eq!(claims.room_admin.as_deref(), Some("lobby"));
    assert!(claims.room_list && !claims.room_create);
}

#[test]
fn one_workspaces_key_cannot_speak_for_another() {
    let mut forged = key().api_key("ws_1");
    forged.id = key().api_key("ws_2").id;
    let token = mint(&forged, &json!({ "roomList": true }));
    assert_eq!(verify_api(&key(), &token, NOW), Err(TokenError::Signature));
}

#[test]
fn the_right_to_administer_is_for_a_named_room() {
    let token = mint(&key().api_key("ws_1"), &json!({ "roomAdmin": true }));
    let claims = verify_api(&key(), &token, NOW).expect("a good token");
    assert_eq!(claims.room_admin, None);
}

#[test]
fn tokens_of_other_keys_and_purposes_are_refused() {
    let joining = JoinClaims::new("ws_1", "lobby", "aoi", NOW + Duration::minutes(1));
    let joining = mint_join(&key(), &joining, NOW);
    assert_eq!(
        verify_api(&key(), &joining, NOW),
        Err(TokenError::UnknownKey)
    );
    let nameless = mint(&key().api_key(""), &json!({}));
    assert_eq!(
        verify_api(&key(), &nameless, NOW),
        Err(TokenError::UnknownKey)
    );
    assert_eq!(
        verify_api(&key(), "no.jwt", NOW),
        Err(TokenError::Malformed)
    );
    let api = mint(
        &key().api_key("ws_1"),
        &json!({ "roomJoin": true, "room": "lobby" }),
    );
    assert!(verify_join(&key(), &api, NOW).is_err());
}

#[test]
fn a_token_ends() {
    let token = mint(&key().api_key("ws_1"), &json!({ "roomList": true }));
    let later = NOW + Duration::minutes(11);
    assert_eq!(verify_api(&key(), &token, later), Err(TokenError::Expired));
}

#[test]
fn a_key_is_printed_without_its_secret() {
    let key = key().api_key("ws_1");
    let printed = format!("{key:?}");
    assert!(printed.contains("ws_1") && !printed.contains(&key.secret));
}

/// As LiveKit's server SDKs do it.
fn mint(key: &ApiKey, video: &Value) -> String {
    let claims = json!({
        "iss": key.id,
        "nbf": NOW.unix_timestamp(),
        "exp": (NOW + Duration::minutes(10)).unix_timestamp(),
        "video": video,
    });
    let secret = EncodingKey::from_secret(key.secret.as_bytes());
    jsonwebtoken::encode(&Header::default(), &claims, &secret).expect("plain JSON")
}

fn key() -> TokenKey {
    TokenKey::new("key", "a secret of a test, long enough for its key")
}

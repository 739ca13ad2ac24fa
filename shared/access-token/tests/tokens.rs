//! What a token is good for, and what it is not.

use koeba_access_token::{
    DtlsFloor, JoinClaims, TokenError, TokenKey, VideoGrant, mint_join, mint_node, verify_join,
    verify_node,
};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const NOW: OffsetDateTime = datetime!(2026-04-01 09:00 UTC);

#[test]
fn a_token_reads_back_as_it_was_minted() {
    let claims = JoinClaims {
        name: "愛子".into(),
        dtls: DtlsFloor::V1_2,
        networks: vec!["203.0.113.0/24".parse().expect("a network")],
        grant: VideoGrant {
            can_publish: false,
            ..VideoGrant::default()
        },
        ..claims()
    };
    let token = mint_join(&key(), &claims, NOW);
    assert_eq!(verify_join(&key(), &token, NOW), Ok(claims));
}

#[test]
fn a_token_of_a_restricted_workspace_is_for_its_networks() {
    let claims = JoinClaims {
        networks: vec!["203.0.113.0/24".parse().expect("a network")],
        ..claims()
    };
    let allows = |text: &str| claims.allows(text.parse().expect("an address"));
    assert!(allows("203.0.113.9") && allows("::ffff:203.0.113.9"));
    assert!(!allows("198.51.100.1") && !allows("2001:db8::1"));
}

#[test]
fn a_token_is_good_until_it_ends_and_not_before_it_begins() {
    let token = mint_join(&key(), &claims(), NOW);
    let at = |moment| verify_join(&key(), &token, moment).err();
    assert_eq!(at(NOW + Duration::seconds(59)), None);
    assert_eq!(at(NOW + Duration::seconds(66)), Some(TokenError::Expired));
    assert_eq!(
        at(NOW - Duration::minutes(1)),
        Some(TokenError::NotYetValid)
    );
}

#[test]
fn another_secret_another_key_and_another_algorithm_are_refused() {
    let token = mint_join(&key(), &claims(), NOW);
    let other_secret = TokenKey::new("key", "another secret of thirty-two letters");
    let other_key = TokenKey::new("other", SECRET);
    assert_eq!(
        verify_join(&other_secret, &token, NOW),
        Err(TokenError::Signature)
    );
    assert_eq!(
        verify_join(&other_key, &token, NOW),
        Err(TokenError::UnknownKey)
    );
    // {"alg":"none","typ":"JWT"}
    let (_, rest) = token.split_once('.').expect("a JWT has dots");
    let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{rest}");
    assert!(verify_join(&key(), &none, NOW).is_err());
    assert_eq!(
        verify_join(&key(), "not.a.token", NOW),
        Err(TokenError::Malformed)
    );
}

#[test]
fn a_changed_token_is_refused() {
    let token = mint_join(&key(), &claims(), NOW);
    let other = mint_join(
        &key(),
        &JoinClaims {
            room: "rm_other".into(),
            ..claims()
        },
        NOW,
    );
    let mut parts: Vec<&str> = token.split('.').collect();
    parts[1] = other.split('.').nth(1).expect("a JWT has three parts");
    assert_eq!(
        verify_join(&key(), &parts.join("."), NOW),
        Err(TokenError::Signature)
    );
}

#[test]
fn tokens_without_a_name_or_a_room_make_no_sense() {
    let refusal =
        |claims| verify_join(&key(), &mint_join(&key(), &claims, NOW), NOW).expect_err("a refusal");
    assert_eq!(
        refusal(JoinClaims {
            identity: String::new(),
            ..claims()
        }),
        TokenError::NoIdentity
    );
    assert_eq!(
        refusal(JoinClaims {
            room: String::new(),
            ..claims()
        }),
        TokenError::NoRoom
    );
    assert_eq!(
        refusal(JoinClaims {
            identity: "あ".repeat(257),
            ..claims()
        }),
        TokenError::TooLong
    );
    assert!(TokenError::TooLong.is_bad_request());
    assert!(!TokenError::Expired.is_bad_request());
}

#[test]
fn a_node_token_opens_no_room_and_a_join_token_reports_nothing() {
    let node = mint_node(&key(), "node-1", NOW, Duration::minutes(1));
    let join = mint_join(&key(), &claims(), NOW);
    assert_eq!(verify_node(&key(), &node, NOW), Ok("node-1".into()));
    assert_eq!(verify_join(&key(), &node, NOW), Err(TokenError::Purpose));
    assert_eq!(verify_node(&key(), &join, NOW), Err(TokenError::Purpose));
}

#[test]
fn the_key_never_shows_its_secret() {
    assert!(!format!("{:?}", key()).contains(SECRET));
}

const SECRET: &str = "a secret of at least thirty-two letters";

fn key() -> TokenKey {
    TokenKey::new("key", SECRET)
}

fn claims() -> JoinClaims {
    JoinClaims::new("ws_1", "rm_1", "us_1", NOW + Duration::minutes(1))
}

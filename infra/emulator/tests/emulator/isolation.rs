//! The policies at work, seen by the real SDK clients.

use crate::calls::Call;
use crate::support::*;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use koeba_emulator::{Emulator, Role};

const OURS: &str = "WS#ws_a#META";
const THEIRS: &str = "WS#ws_b#META";
/// Begins like ours, and is not.
const NEARLY_OURS: &str = "WS#ws_ab#META";

#[tokio::test]
async fn a_tenant_reads_and_writes_its_own_workspace() {
    let emulator = seeded().await;
    let ours = tenant(&emulator, "ws_a").await;
    for call in Call::ALL {
        assert_eq!(call.make(&ours, &[OURS]).await, None, "{call:?}");
    }
}

/// Check sheet: WA-01-05.
#[tokio::test]
async fn every_call_that_touches_another_workspace_is_refused() {
    let emulator = seeded().await;
    let ours = tenant(&emulator, "ws_a").await;
    for call in Call::ALL {
        for keys in [
            &[THEIRS][..],
            &[NEARLY_OURS],
            &["USER#us_a"],
            &[OURS, THEIRS],
        ] {
            if keys.len() > 1 && !call.takes_many() {
                continue;
            }
            let refusal = call.make(&ours, keys).await;
            assert_eq!(
                refusal.as_deref(),
                Some("AccessDeniedException"),
                "{call:?} {keys:?}"
            );
        }
    }
}

/// Check sheet: WA-01-01, WA-01-05.
#[tokio::test]
async fn scans_and_statements_are_refused_in_the_words_of_aws() {
    let emulator = seeded().await;
    for client in [
        tenant(&emulator, "ws_a").await,
        client(&emulator, Role::Accounts),
    ] {
        let scan = client
            .scan()
            .table_name(TABLE)
            .send()
            .await
            .expect_err("refused");
        assert_eq!(scan.code(), Some("AccessDeniedException"));
        let words = scan.message().unwrap_or_default();
        assert!(
            words.contains(
                "is not authorized to perform: dynamodb:Scan on resource: arn:aws:dynamodb:"
            ),
            "{words}"
        );
        let statement = format!("SELECT * FROM \"{TABLE}\" WHERE pk = '{OURS}'");
        let answer = client.execute_statement().statement(statement).send().await;
        assert_eq!(
            answer.expect_err("refused").code(),
            Some("AccessDeniedException")
        );
        let answer = client.delete_table().table_name(TABLE).send().await;
        assert_eq!(
            answer.expect_err("refused").code(),
            Some("AccessDeniedException")
        );
    }
}

#[tokio::test]
async fn a_function_reads_the_directory_and_no_workspace() {
    let emulator = seeded().await;
    for role in [Role::Accounts, Role::Workspaces, Role::Rooms, Role::Events] {
        let function = client(&emulator, role);
        assert_eq!(Call::Get.make(&function, &["USER#us_a"]).await, None);
        let refusal = Call::Put.make(&function, &["RESET#r"]).await;
        assert_eq!(refusal.is_none(), role == Role::Accounts, "{role:?}");
        let refusal = Call::Get.make(&function, &[OURS]).await;
        assert_eq!(
            refusal.as_deref(),
            Some("AccessDeniedException"),
            "{role:?}"
        );
    }
}

#[tokio::test]
async fn the_index_by_user_answers_functions_for_users_only() {
    let emulator = seeded().await;
    let function = client(&emulator, Role::Workspaces);
    let query = |client: &Client, user: &str| {
        client
            .query()
            .table_name(TABLE)
            .index_name("by_user")
            .key_condition_expression("user_pk = :u")
            .expression_attribute_values(":u", text(user))
            .send()
    };
    let found = query(&function, "USER#us_a").await.expect("an answer");
    assert_eq!(found.count(), 1);
    let refused = query(&function, OURS).await.expect_err("refused");
    assert_eq!(refused.code(), Some("AccessDeniedException"));
    let tenant = tenant(&emulator, "ws_a").await;
    let refused = query(&tenant, "USER#us_a").await.expect_err("refused");
    assert_eq!(refused.code(), Some("AccessDeniedException"));
}

#[tokio::test]
async fn an_unknown_key_or_a_forged_token_is_not_recognized() {
    let emulator = seeded().await;
    for token in [None, Some("forged"), Some("Zm9yZ2Vk.Zm9yZ2Vk")] {
        let stranger = with_credentials(&emulator, "AKIASTRANGER", "secret", token);
        let refusal = Call::Get.make(&stranger, &[OURS]).await;
        assert_eq!(
            refusal.as_deref(),
            Some("UnrecognizedClientException"),
            "{token:?}"
        );
    }
}

#[tokio::test]
async fn a_session_token_under_another_access_key_is_not_recognized() {
    let emulator = seeded().await;
    let sts = aws_sdk_sts::Client::new(&emulator.sdk_config(Role::Rooms));
    let assume = sts
        .assume_role()
        .role_arn(koeba_emulator::TENANT_ROLE_ARN)
        .role_session_name("test");
    let session = assume
        .tags(tag("workspace", "ws_a"))
        .send()
        .await
        .expect("a session");
    let token = session.credentials().expect("credentials").session_token();
    let mixed = with_credentials(&emulator, "ASIAOTHER", "secret", Some(token));
    let refusal = Call::Get.make(&mixed, &[OURS]).await;
    assert_eq!(refusal.as_deref(), Some("UnrecognizedClientException"));
}

#[tokio::test]
async fn a_session_is_given_for_one_workspace_and_nothing_else() {
    let emulator = seeded().await;
    let sts = aws_sdk_sts::Client::new(&emulator.sdk_config(Role::Rooms));
    let ours = koeba_emulator::TENANT_ROLE_ARN;
    let other = "arn:aws:iam::000000000000:role/koeba-operator";
    for (role, tags) in [
        (ours, vec![]),
        (ours, vec![tag("workspace", "*")]),
        (ours, vec![tag("workspace", "ws_")]),
        (ours, vec![tag("workspace", "ws_a#META")]),
        (ours, vec![tag("workspace", "ws_a"), tag("role", "owner")]),
        (ours, vec![tag("other", "ws_a")]),
        (other, vec![tag("workspace", "ws_a")]),
    ] {
        let assume = sts.assume_role().role_arn(role).role_session_name("test");
        let answer = assume.set_tags(Some(tags.clone())).send().await;
        assert!(answer.is_err(), "{role} {tags:?}");
    }
}

#[tokio::test]
async fn a_tenant_cannot_become_another_tenant() {
    let emulator = seeded().await;
    let sts = aws_sdk_sts::Client::new(&emulator.sdk_config(Role::Rooms));
    let assume = sts
        .assume_role()
        .role_arn(koeba_emulator::TENANT_ROLE_ARN)
        .role_session_name("test");
    let session = assume
        .tags(tag("workspace", "ws_a"))
        .send()
        .await
        .expect("a session");
    let session = session.credentials().expect("credentials");
    let credentials = aws_credential_types::Credentials::new(
        session.access_key_id(),
        session.secret_access_key(),
        Some(session.session_token().to_owned()),
        None,
        "test",
    );
    let config = aws_sdk_sts::config::Builder::from(&emulator.sdk_config(Role::Rooms));
    let chained = aws_sdk_sts::Client::from_conf(config.credentials_provider(credentials).build());
    let assume = chained
        .assume_role()
        .role_arn(koeba_emulator::TENANT_ROLE_ARN)
        .role_session_name("test");
    let refused = assume
        .tags(tag("workspace", "ws_b"))
        .send()
        .await
        .expect_err("refused");
    assert_eq!(refused.code(), Some("AccessDenied"));
}

/// Two workspaces and a user, as an operator can put them there.
async fn seeded() -> Emulator {
    let emulator = emulator().await;
    let operator = client(&emulator, Role::Operator);
    for pk in [OURS, THEIRS, NEARLY_OURS, "USER#us_a"] {
        let mut item = item(pk, "X");
        if pk == OURS {
            item.insert("user_pk".to_owned(), text("USER#us_a"));
            item.insert("user_sk".to_owned(), text("WS#ws_a"));
        }
        let put = operator.put_item().table_name(TABLE).set_item(Some(item));
        put.send().await.expect("a seeded item");
    }
    emulator
}

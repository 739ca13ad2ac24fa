//! Mail, faults, expiry and what survives a restart.

use std::time::Duration;

use crate::support::*;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use koeba_emulator::{Emulator, Fault, Role, Storage};

#[tokio::test]
async fn a_mail_sent_by_the_sdk_lands_in_the_mailbox() {
    let emulator = emulator().await;
    let id = send(&emulator, Role::Events, "aiko@example.test", "hello")
        .await
        .expect("sent");
    let mailbox = emulator.mailbox();
    let found = mailbox
        .wait_for(Duration::from_secs(5), |mail| mail.subject == "hello")
        .await;
    let mail = found.expect("the mail");
    assert_eq!(
        (mail.id, mail.to),
        (id, vec!["aiko@example.test".to_owned()])
    );
    assert_eq!(
        (mail.text.as_str(), mail.html.as_str()),
        ("text", "<p>html</p>")
    );
}

#[tokio::test]
async fn only_the_events_function_may_send_mail() {
    let emulator = emulator().await;
    for role in [Role::Accounts, Role::Workspaces, Role::Rooms] {
        let refusal = send(&emulator, role, "aiko@example.test", "hello").await;
        assert_eq!(refusal, Err("AccessDeniedException".to_owned()), "{role:?}");
    }
    assert!(emulator.mailbox().list().is_empty());
}

#[tokio::test]
async fn a_subject_that_would_start_a_header_is_refused() {
    let emulator = emulator().await;
    for (to, subject) in [
        ("a@example.test", "hello\r\nBcc: b@example.test"),
        ("a@example.test\n", "hello"),
    ] {
        let refusal = send(&emulator, Role::Events, to, subject).await;
        assert_eq!(refusal, Err("BadRequestException".to_owned()));
    }
}

#[tokio::test]
async fn ordered_faults_happen_once_each_and_only_to_what_they_were_ordered_for() {
    let emulator = emulator().await;
    let function = client(&emulator, Role::Accounts);
    emulator
        .faults()
        .fail_next_of("PutItem", 1, Fault::Throttling);
    let get = || {
        function
            .get_item()
            .table_name(TABLE)
            .set_key(Some(item("USER#a", "X")))
            .send()
    };
    let put = || {
        function
            .put_item()
            .table_name(TABLE)
            .set_item(Some(item("USER#a", "X")))
            .send()
    };
    get().await.expect("not ordered for this");
    assert_eq!(
        put().await.expect_err("throttled").code(),
        Some("ThrottlingException")
    );
    put().await.expect("the fault was used up");
    emulator.faults().fail_next(1, Fault::InternalError);
    assert_eq!(
        get().await.expect_err("broken").code(),
        Some("InternalServerError")
    );
}

#[tokio::test]
async fn a_conflicting_transaction_is_cancelled_with_its_reason() {
    let emulator = emulator().await;
    emulator.faults().fail_next(1, Fault::TransactionConflict);
    let put = Put::builder()
        .table_name(TABLE)
        .set_item(Some(item("USER#a", "X")))
        .build();
    let write = TransactWriteItem::builder()
        .put(put.expect("an item"))
        .build();
    let accounts = client(&emulator, Role::Accounts);
    let answer = accounts
        .transact_write_items()
        .transact_items(write)
        .send()
        .await;
    let error = answer.expect_err("cancelled").into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        panic!("not cancelled: {error:?}");
    };
    assert_eq!(
        cancelled.cancellation_reasons()[0].code(),
        Some("TransactionConflict")
    );
}

#[tokio::test]
async fn what_is_past_its_time_to_live_is_swept() {
    let emulator = emulator().await;
    let accounts = client(&emulator, Role::Accounts);
    let mut expired = item("SIGNUP#a", "X");
    expired.insert("expires_at".to_owned(), AttributeValue::N("1".to_owned()));
    accounts
        .put_item()
        .table_name(TABLE)
        .set_item(Some(expired))
        .send()
        .await
        .expect("put");
    assert_eq!(emulator.sweep_expired().await.expect("swept"), 1);
    let key = Some(item("SIGNUP#a", "X"));
    let found = accounts
        .get_item()
        .table_name(TABLE)
        .set_key(key)
        .send()
        .await
        .expect("read");
    assert!(found.item().is_none());
}

#[tokio::test]
async fn items_and_mails_survive_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Storage::Directory(folder.path().to_owned());
    let emulator = emulator_over(data.clone()).await;
    let accounts = client(&emulator, Role::Accounts);
    let put = accounts
        .put_item()
        .table_name(TABLE)
        .set_item(Some(item("USER#a", "X")));
    put.send().await.expect("put");
    send(&emulator, Role::Events, "aiko@example.test", "kept")
        .await
        .expect("sent");
    emulator.shutdown().await;

    let emulator = emulator_over(data).await;
    let accounts = client(&emulator, Role::Accounts);
    let key = Some(item("USER#a", "X"));
    let found = accounts
        .get_item()
        .table_name(TABLE)
        .set_key(key)
        .send()
        .await
        .expect("read");
    assert!(found.item().is_some());
    assert_eq!(emulator.mailbox().list()[0].subject, "kept");
}

#[tokio::test]
async fn a_request_that_nobody_signed_is_refused() {
    let emulator = emulator().await;
    let answer = reqwest::Client::new()
        .post(emulator.endpoint())
        .body("{}")
        .send()
        .await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), 400);
    assert!(
        answer
            .text()
            .await
            .expect("a body")
            .contains("MissingAuthenticationTokenException")
    );
}

async fn send(emulator: &Emulator, role: Role, to: &str, subject: &str) -> Result<String, String> {
    let part = |data: &str| Content::builder().data(data).build().expect("a part");
    let body = Body::builder()
        .text(part("text"))
        .html(part("<p>html</p>"))
        .build();
    let message = Message::builder().subject(part(subject)).body(body).build();
    aws_sdk_sesv2::Client::new(&emulator.sdk_config(role))
        .send_email()
        .from_email_address("koeba@localhost")
        .destination(Destination::builder().to_addresses(to).build())
        .content(EmailContent::builder().simple(message).build())
        .send()
        .await
        .map(|sent| sent.message_id().unwrap_or_default().to_owned())
        .map_err(|error| error.code().unwrap_or("no code").to_owned())
}

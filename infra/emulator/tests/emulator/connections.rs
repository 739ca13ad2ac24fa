//! What functions say to browsers at the other end of a WebSocket.

use crate::support::*;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::error::ProvideErrorMetadata;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use koeba_emulator::{Emulator, Role, ToConnection};

const ID: &str = "JKJaXmPLvHcESHA=";

#[tokio::test]
async fn what_the_events_function_says_arrives_until_it_hangs_up() {
    let emulator = emulator().await;
    let events = gateway(&emulator, Role::Events);
    assert_eq!(
        say(&events, "nobody is there").await,
        Err("GoneException".to_owned())
    );
    let mut browser = emulator.connections().open(ID);
    assert_eq!(say(&events, "hello").await, Ok(()));
    let hung_up = events.delete_connection().connection_id(ID).send().await;
    hung_up.expect("it was open");
    for expected in [
        ToConnection::Message("hello".to_owned()),
        ToConnection::HangUp,
    ] {
        assert_eq!(browser.recv().await, Some(expected));
    }
    drop(browser);
    assert_eq!(
        say(&events, "hello?").await,
        Err("GoneException".to_owned())
    );
    assert_eq!(emulator.connections().count(), 0);
}

#[tokio::test]
async fn only_the_events_function_may_speak_to_browsers() {
    let emulator = emulator().await;
    let mut browser = emulator.connections().open(ID);
    for role in [Role::Accounts, Role::Workspaces, Role::Rooms, Role::Live] {
        let gateway = gateway(&emulator, role);
        let refused = Err("ForbiddenException".to_owned());
        assert_eq!(say(&gateway, "hello").await, refused, "{role:?}");
        let hung_up = gateway.delete_connection().connection_id(ID).send().await;
        let code = hung_up.expect_err("refused").code().map(str::to_owned);
        assert_eq!(code.as_deref(), Some("ForbiddenException"), "{role:?}");
    }
    assert!(browser.try_recv().is_err());
}

#[tokio::test]
async fn a_message_holds_so_much_and_no_more() {
    let emulator = emulator().await;
    let _browser = emulator.connections().open(ID);
    let events = gateway(&emulator, Role::Events);
    assert_eq!(say(&events, &"x".repeat(128 * 1024)).await, Ok(()));
    let refused = Err("PayloadTooLargeException".to_owned());
    assert_eq!(say(&events, &"x".repeat(128 * 1024 + 1)).await, refused);
}

fn gateway(emulator: &Emulator, role: Role) -> Client {
    let config = aws_sdk_apigatewaymanagement::config::Builder::from(&emulator.sdk_config(role))
        .endpoint_url(emulator.connections_endpoint());
    Client::from_conf(config.build())
}

async fn say(gateway: &Client, text: &str) -> Result<(), String> {
    let sent = gateway
        .post_to_connection()
        .connection_id(ID)
        .data(Blob::new(text))
        .send()
        .await;
    sent.map(drop)
        .map_err(|error| error.code().unwrap_or("no code").to_owned())
}

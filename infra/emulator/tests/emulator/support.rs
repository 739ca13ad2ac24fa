//! An emulator with Koeba's table, and clients of it as each role.

use std::collections::HashMap;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use koeba_emulator::{Emulator, EmulatorConfig, Role, Storage, TENANT_ROLE_ARN};

pub(crate) const TABLE: &str = "koeba";

pub(crate) async fn emulator() -> Emulator {
    emulator_over(Storage::Memory).await
}

pub(crate) async fn emulator_over(data: Storage) -> Emulator {
    let config = EmulatorConfig::new(data).expect("sound policies");
    let emulator = Emulator::start(config).await.expect("an emulator");
    emulator.create_table(TABLE).expect("a table");
    emulator
}

pub(crate) fn client(emulator: &Emulator, role: Role) -> Client {
    Client::new(&emulator.sdk_config(role))
}

/// A client with a session that is tagged with one workspace.
pub(crate) async fn tenant(emulator: &Emulator, workspace: &str) -> Client {
    let sts = aws_sdk_sts::Client::new(&emulator.sdk_config(Role::Rooms));
    let session = sts
        .assume_role()
        .role_arn(TENANT_ROLE_ARN)
        .role_session_name("test")
        .tags(tag("workspace", workspace))
        .send()
        .await
        .expect("a session");
    let session = session.credentials().expect("credentials");
    with_credentials(
        emulator,
        session.access_key_id(),
        session.secret_access_key(),
        Some(session.session_token()),
    )
}

pub(crate) fn with_credentials(
    emulator: &Emulator,
    key: &str,
    secret: &str,
    token: Option<&str>,
) -> Client {
    let credentials = Credentials::new(key, secret, token.map(str::to_owned), None, "test");
    let config = aws_sdk_dynamodb::config::Builder::from(&emulator.sdk_config(Role::Rooms))
        .credentials_provider(credentials)
        .build();
    Client::from_conf(config)
}

pub(crate) fn tag(key: &str, value: &str) -> aws_sdk_sts::types::Tag {
    let tag = aws_sdk_sts::types::Tag::builder().key(key).value(value);
    tag.build().expect("a tag")
}

pub(crate) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub(crate) fn item(pk: &str, sk: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

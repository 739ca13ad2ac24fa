//! Reaches browsers at the other end of a WebSocket, through the gateway's management API.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::error::ProvideErrorMetadata;
use aws_sdk_apigatewaymanagement::primitives::Blob;

/// How long the gateway may take for one browser; the next notice, or the browser's own look, brings
/// what this one would have.
const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) struct Switchboard {
    client: Client,
}

/// Whether a browser was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// It was.
    Yes,
    /// It has gone.
    Gone,
}

/// The gateway did not do what it was asked; its word for why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the WebSocket gateway did not take it ({0})")]
pub(crate) struct NotTaken(String);

impl Switchboard {
    pub(crate) fn new(sdk: &SdkConfig, endpoint: String) -> Self {
        let timeouts = TimeoutConfig::builder().operation_timeout(PATIENCE).build();
        let config = aws_sdk_apigatewaymanagement::config::Builder::from(sdk)
            .endpoint_url(endpoint)
            .timeout_config(timeouts);
        Self {
            client: Client::from_conf(config.build()),
        }
    }

    /// Sends a text to a browser (`PostToConnection`).
    pub(crate) async fn tell(&self, connection: &str, text: &str) -> Result<Reached, NotTaken> {
        let sent = self
            .client
            .post_to_connection()
            .connection_id(connection)
            .data(Blob::new(text))
            .send()
            .await;
        reached(sent.map(drop))
    }

    /// Ends a connection (`DeleteConnection`).
    pub(crate) async fn hang_up(&self, connection: &str) -> Result<Reached, NotTaken> {
        let ended = self
            .client
            .delete_connection()
            .connection_id(connection)
            .send()
            .await;
        reached(ended.map(drop))
    }
}

fn reached(
    outcome: Result<(), impl ProvideErrorMetadata + std::fmt::Debug>,
) -> Result<Reached, NotTaken> {
    match outcome {
        Ok(()) => Ok(Reached::Yes),
        Err(error) if error.code() == Some("GoneException") => Ok(Reached::Gone),
        Err(error) => Err(NotTaken(error.code().unwrap_or("no answer").to_owned())),
    }
}

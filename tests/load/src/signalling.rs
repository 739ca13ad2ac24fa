//! The signalling of one client, as LiveKit's clients do it.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use koeba_protocol::proto::{self, signal_request, signal_response};
use koeba_protocol::{JoinRequest, SignalRequest, SignalResponse, encode_join_request};
use prost::Message as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::run::LoadError;
use crate::wire::{self, Wire};

/// How long a node may take to let somebody in.
const JOIN_WITHIN: Duration = Duration::from_secs(10);

pub(crate) struct Signalling(WebSocketStream<Wire>);

impl Signalling {
    /// Connects with an offer in hand and waits for the first message, which has to be the join.
    pub(crate) async fn join(url: &str, token: &str, offer: String) -> Result<Self, LoadError> {
        let request = JoinRequest {
            client_info: Some(proto::ClientInfo {
                sdk: proto::client_info::Sdk::Rust.into(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                protocol: 17,
                ..proto::ClientInfo::default()
            }),
            connection_settings: Some(proto::ConnectionSettings {
                auto_subscribe: true,
                ..proto::ConnectionSettings::default()
            }),
            publisher_offer: Some(description(1, offer)),
            ..JoinRequest::default()
        };
        let join_request = encode_join_request(&request);
        let address = format!("{url}/rtc/v1?access_token={token}&join_request={join_request}");
        let connecting = async {
            let wire = wire::connect(url).await?;
            let (socket, _) = client_async(address, wire).await.map_err(boxed)?;
            let mut signalling = Self(socket);
            match signalling.next().await? {
                Some(signal_response::Message::Join(_)) => Ok(signalling),
                _ => Err(LoadError::NotLetIn),
            }
        };
        let joined = tokio::time::timeout(JOIN_WITHIN, connecting).await;
        joined.map_err(|_| LoadError::NotLetIn)?
    }

    /// The next message, or none when the node has closed.
    pub(crate) async fn next(&mut self) -> Result<Option<signal_response::Message>, LoadError> {
        while let Some(frame) = self.0.next().await {
            match frame.map_err(boxed)? {
                Message::Binary(bytes) => {
                    let response =
                        SignalResponse::decode(bytes).map_err(|_| LoadError::Signalling)?;
                    if response.message.is_some() {
                        return Ok(response.message);
                    }
                }
                Message::Close(_) => return Ok(None),
                _ => {}
            }
        }
        Ok(None)
    }

    pub(crate) async fn say(&mut self, message: signal_request::Message) -> Result<(), LoadError> {
        let request = SignalRequest {
            message: Some(message),
        };
        let frame = Message::Binary(request.encode_to_vec().into());
        self.0.send(frame).await.map_err(boxed)
    }

    /// Leaves in the way that closes the participant's place at once.
    pub(crate) async fn leave(mut self) -> Result<(), LoadError> {
        let leave = proto::LeaveRequest {
            reason: proto::DisconnectReason::ClientInitiated.into(),
            ..proto::LeaveRequest::default()
        };
        self.say(signal_request::Message::Leave(leave)).await?;
        self.0.close(None).await.map_err(boxed)
    }
}

pub(crate) fn description(id: u32, sdp: String) -> proto::SessionDescription {
    proto::SessionDescription {
        r#type: "offer".to_owned(),
        sdp,
        id,
        ..proto::SessionDescription::default()
    }
}

fn boxed(error: tungstenite::Error) -> LoadError {
    LoadError::WebSocket(Box::new(error))
}

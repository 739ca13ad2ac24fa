//! Holds the WebSocket connections of `/live`, as API Gateway does in the cloud: what happens to one is a
//! request to the live function's router, and what a function says to one goes out over it.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts as _, Request};
use axum::response::{IntoResponse as _, Response};
use http::{Extensions, HeaderMap, StatusCode};
use koeba_edge::{Entropy, SocketEvent, SocketId, socket_request};
use koeba_emulator::{Connections, ToConnection};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tower::ServiceExt as _;

/// How long a connection may last, and be silent: API Gateway's quotas.
const LONGEST: Duration = Duration::from_secs(2 * 60 * 60);
const LONGEST_SILENCE: Duration = Duration::from_secs(10 * 60);
/// What a browser may say at once (API Gateway's quota).
const LARGEST_FRAME: usize = 32 * 1024;

/// The gateway.
#[derive(Clone)]
pub(crate) struct LiveGateway {
    pub(crate) function: Router,
    pub(crate) connections: Connections,
    pub(crate) entropy: Entropy,
    pub(crate) stopping: watch::Receiver<bool>,
}

impl LiveGateway {
    /// Answers a request for a connection. Why one is refused the function's status says, and
    /// nothing else: a browser's own script learns not even that.
    pub(crate) async fn answer(self, request: Request) -> Response {
        let (mut parts, _) = request.into_parts();
        let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
            Ok(upgrade) => upgrade.max_message_size(LARGEST_FRAME),
            Err(refusal) => return refusal.into_response(),
        };
        let id = self.entropy.bytes::<12>().map(|byte| format!("{byte:02x}"));
        let id = SocketId(format!("{}=", id.concat()));
        let (status, _) = self
            .call(socket_request(
                SocketEvent::Asked,
                id.clone(),
                parts.uri.query().unwrap_or_default(),
                parts.headers,
                parts.extensions,
                Body::empty(),
            ))
            .await;
        if status != StatusCode::OK {
            return status.into_response();
        }
        let told = self.connections.open(&id.0);
        upgrade.on_upgrade(move |socket| self.hold(socket, id, told))
    }

    /// Holds a socket until one side has had enough.
    async fn hold(
        self,
        mut socket: WebSocket,
        id: SocketId,
        mut told: mpsc::Receiver<ToConnection>,
    ) {
        let mut stopping = self.stopping.clone();
        let end = Instant::now() + LONGEST;
        let mut silent_until = Instant::now() + LONGEST_SILENCE;
        loop {
            let next = tokio::select! {
                said = socket.recv() => match said {
                    Some(Ok(Message::Text(text))) => self.pass_on(&id, text.to_string()).await,
                    Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                },
                what = told.recv() => match what {
                    Some(ToConnection::Message(text)) => Some(text),
                    Some(ToConnection::HangUp) | None => {
                        say_farewell(&mut socket).await;
                        break;
                    }
                },
                () = sleep_until(end.min(silent_until)) => {
                    say_farewell(&mut socket).await;
                    break;
                }
                _ = stopping.changed() => {
                    say_farewell(&mut socket).await;
                    break;
                }
            };
            silent_until = Instant::now() + LONGEST_SILENCE;
            if let Some(text) = next
                && socket.send(Message::Text(text.into())).await.is_err()
            {
                break;
            }
        }
        self.connections.close(&id.0);
        self.tell(SocketEvent::Closed, &id, String::new()).await;
    }

    /// Passes on what a browser said; answers what it is to be answered.
    async fn pass_on(&self, id: &SocketId, text: String) -> Option<String> {
        let (status, answer) = self.tell(SocketEvent::Said, id, text).await;
        (status == StatusCode::OK && !answer.is_empty()).then_some(answer)
    }

    async fn tell(&self, event: SocketEvent, id: &SocketId, body: String) -> (StatusCode, String) {
        let (headers, extensions) = (HeaderMap::new(), Extensions::new());
        let body = Body::from(body);
        let request = socket_request(event, id.clone(), "", headers, extensions, body);
        self.call(request).await
    }

    async fn call(&self, request: Request) -> (StatusCode, String) {
        let response = match self.function.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status();
        let body = to_bytes(response.into_body(), LARGEST_FRAME).await;
        let text = body.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        (status, text.unwrap_or_default())
    }
}

async fn say_farewell(socket: &mut WebSocket) {
    let frame = CloseFrame {
        code: close_code::AWAY,
        reason: "Going away".into(),
    };
    // A browser that has gone already hears nothing.
    let _ = socket.send(Message::Close(Some(frame))).await;
}

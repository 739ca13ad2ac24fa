//! A page that is told who is where, as a browser is: over a WebSocket, without asking.

use std::time::Duration;

use futures_util::StreamExt as _;
use http::HeaderValue;
use http::header::{COOKIE, ORIGIN};
use koeba_load::{Wire, connect_wire};
use serde_json::Value;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long the gateway may take to let a page in.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// How long word of somebody may take.
const TOLD_WITHIN: Duration = Duration::from_secs(10);

/// Why nothing was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Untold {
    /// Nobody answers, or not as a WebSocket.
    Unreachable,
    /// The page was refused, with this status.
    Refused(u16),
    /// It was let in, and heard nothing of the room, or was hung up on.
    Nothing,
}

/// A page that listens.
pub(crate) struct Page(WebSocketStream<Wire>);

impl Page {
    /// Opens a page of a workspace at `app`, an origin, with the cookie of somebody's session.
    pub(crate) async fn open(
        app: &str,
        workspace: &str,
        cookie: &HeaderValue,
    ) -> Result<Self, Untold> {
        let url = format!(
            "{}/live?workspace={workspace}",
            app.replacen("http", "ws", 1)
        );
        let opening = async {
            let origin = HeaderValue::try_from(app).map_err(|_| Untold::Unreachable)?;
            let request = url.as_str().into_client_request();
            let mut request = request.map_err(|_| Untold::Unreachable)?;
            request.headers_mut().insert(COOKIE, cookie.clone());
            request.headers_mut().insert(ORIGIN, origin);
            let wire = connect_wire(&url).await;
            let wire = wire.map_err(|_| Untold::Unreachable)?;
            match client_async(request, wire).await {
                Ok((socket, _)) => Ok(Self(socket)),
                Err(Error::Http(answer)) => Err(Untold::Refused(answer.status().as_u16())),
                Err(_) => Err(Untold::Unreachable),
            }
        };
        let opened = tokio::time::timeout(OPEN_WITHIN, opening).await;
        opened.map_err(|_| Untold::Unreachable)?
    }

    /// Waits until it is told that somebody is in `room`.
    pub(crate) async fn hears_of(mut self, room: &str) -> Result<(), Untold> {
        let told = async {
            while let Some(Ok(message)) = self.0.next().await {
                if let Message::Text(text) = message
                    && is_about(&text, room)
                {
                    return Ok(());
                }
            }
            Err(Untold::Nothing)
        };
        let told = tokio::time::timeout(TOLD_WITHIN, told).await;
        told.map_err(|_| Untold::Nothing)?
    }
}

/// Whether a message says that somebody is in a room.
fn is_about(text: &str, room: &str) -> bool {
    let told: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let changes = told["changes"].as_array().into_iter().flatten();
    changes.into_iter().any(|change| {
        let somebody = change["occupants"]
            .as_array()
            .is_some_and(|all| !all.is_empty());
        change["kind"] == "occupants" && change["room_id"] == room && somebody
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_word_of_somebody_in_the_room_counts() {
        let told = |kind: &str, room: &str, people: Value| {
            let change = json!({ "kind": kind, "room_id": room, "occupants": people });
            is_about(
                &json!({ "type": "changes", "changes": [change] }).to_string(),
                "rm_1",
            )
        };
        assert!(told("occupants", "rm_1", json!([{ "name": "Aiko" }])));
        assert!(!told("occupants", "rm_1", json!([])));
        assert!(!told("occupants", "rm_2", json!([{ "name": "Aiko" }])));
        assert!(!told("room", "rm_1", json!([{ "name": "Aiko" }])));
        assert!(!is_about("no JSON", "rm_1") && !is_about("{}", "rm_1"));
    }
}

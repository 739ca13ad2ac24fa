//! A page of somebody's that is told of changes over `/live`.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Visitor;

/// How long something may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection that is open.
#[derive(Debug)]
pub struct Listener(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Listener {
    /// Connects as a page from `origin` does.
    ///
    /// # Errors
    /// The status of the refusal.
    ///
    /// # Panics
    /// When nothing answers at all.
    pub async fn connect(
        visitor: &Visitor,
        app: &str,
        workspace: &str,
        origin: Option<&str>,
    ) -> Result<Self, u16> {
        let url = format!(
            "{}/live?workspace={workspace}",
            app.replacen("http", "ws", 1)
        );
        let mut request = url.into_client_request().expect("an address");
        let cookie = visitor.session().map(|(cookie, _)| cookie);
        for (name, value) in [("cookie", cookie.as_deref()), ("origin", origin)] {
            if let Some(value) = value {
                let value = value.parse().expect("a header");
                request.headers_mut().insert(name, value);
            }
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("nothing answers: {error}"),
        }
    }

    /// What it is told next; `None` when it is hung up on.
    ///
    /// # Panics
    /// When nothing comes for a long time.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let next = timeout(PATIENCE, self.0.next()).await;
            match next.expect("something comes in time")? {
                Ok(Message::Text(text)) => {
                    return Some(serde_json::from_str(&text).expect("it is JSON"));
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Says that it is there; what comes before the answer is given back with it.
    ///
    /// # Panics
    /// When it is hung up on.
    pub async fn ping(&mut self) -> (Vec<Value>, Value) {
        let text = json!({ "type": "ping" }).to_string();
        let said = self.0.send(Message::Text(text.into())).await;
        said.expect("it is connected");
        let mut before = Vec::new();
        loop {
            let next = self.next().await.expect("it is connected");
            if next["type"] == "changes" || next["type"] == "read_anew" {
                before.push(next);
            } else {
                return (before, next);
            }
        }
    }

    /// Goes, and says so.
    ///
    /// # Panics
    /// When it is hung up on already.
    pub async fn close(mut self) {
        self.0.close(None).await.expect("it is connected");
    }
}

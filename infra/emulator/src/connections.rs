//! API Gateway's `@connections`: what a function says to a browser at the other end of a WebSocket.
//!
//! The sockets themselves are held by whoever runs the emulator, see `infra/local`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::response::Response;
use http::{Method, StatusCode};
use tokio::sync::mpsc;

use crate::aws_error::{AwsError, respond};
use crate::caller::Caller;
use crate::{ACCOUNT, REGION};

/// The stage and the path under which connections are reached, as after the domain's mapping.
const CONNECTIONS: &str = "/live/@connections/";
/// The name that `infra/policies` give the WebSocket API.
const API: &str = "koeba-live";
/// What one message may hold (API Gateway's quota).
const LARGEST: usize = 128 * 1024;
/// Messages that wait for a socket; one that is slower than that is hung up.
const WAITING: usize = 256;

/// What a function does to a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToConnection {
    /// Sends it a text.
    Message(String),
    /// Ends it.
    HangUp,
}

/// The connections that are open. Cloning is cheap and shares them.
#[derive(Clone, Debug, Default)]
pub struct Connections(Arc<Mutex<HashMap<String, mpsc::Sender<ToConnection>>>>);

impl Connections {
    /// Opens a connection under a name that nobody had; what functions do to it arrives here.
    #[must_use]
    pub fn open(&self, id: &str) -> mpsc::Receiver<ToConnection> {
        let (sender, receiver) = mpsc::channel(WAITING);
        self.open_ones().insert(id.to_owned(), sender);
        receiver
    }

    /// Forgets a connection.
    pub fn close(&self, id: &str) {
        self.open_ones().remove(id);
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.open_ones().len()
    }

    fn tell(&self, id: &str, what: ToConnection) -> bool {
        let sender = self.open_ones().get(id).cloned();
        let told = sender.is_some_and(|sender| sender.try_send(what).is_ok());
        if !told {
            self.close(id);
        }
        told
    }

    fn open_ones(&self) -> MutexGuard<'_, HashMap<String, mpsc::Sender<ToConnection>>> {
        // A panic while the lock was held cannot have left the map half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers one call of the management API.
pub(crate) fn handle(
    connections: &Connections,
    caller: &Caller<'_>,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Response {
    act(connections, caller, method, path, body).unwrap_or_else(AwsError::into_rest_json)
}

fn act(
    connections: &Connections,
    caller: &Caller<'_>,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Result<Response, AwsError> {
    let path = path.replace("%40", "@").replace("%3D", "=");
    let id = path
        .strip_prefix(CONNECTIONS)
        .filter(|id| !id.is_empty() && !id.contains('/'))
        .ok_or_else(|| {
            AwsError::new(
                StatusCode::FORBIDDEN,
                "ForbiddenException",
                "only connections of the stage live are emulated",
            )
        })?;
    let resource =
        format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/live/{method}/@connections/{id}");
    caller
        .check(
            "execute-api:ManageConnections",
            &resource,
            std::collections::BTreeMap::default(),
        )
        .map_err(|error| AwsError {
            status: StatusCode::FORBIDDEN,
            code: "ForbiddenException",
            ..error
        })?;
    let (what, status) = match *method {
        Method::POST if body.len() > LARGEST => {
            return Err(AwsError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "PayloadTooLargeException",
                "a message holds 128 KB at most",
            ));
        }
        Method::POST => {
            let text = String::from_utf8_lossy(body).into_owned();
            (ToConnection::Message(text), StatusCode::OK)
        }
        Method::DELETE => (ToConnection::HangUp, StatusCode::NO_CONTENT),
        _ => {
            return Err(AwsError::new(
                StatusCode::NOT_FOUND,
                "NotFoundException",
                "only PostToConnection and DeleteConnection are emulated",
            ));
        }
    };
    if connections.tell(id, what) {
        Ok(respond(status, "application/json", String::new()))
    } else {
        Err(AwsError::new(StatusCode::GONE, "GoneException", "gone"))
    }
}

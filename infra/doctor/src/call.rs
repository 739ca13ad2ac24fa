//! The test call.

use std::time::Duration;

use koeba_load::{Call, CallReport, LoadError, Ticket, call};

/// How long one talks and the other listens.
const TALK: Duration = Duration::from_secs(2);

/// Places a call with two tickets of one room.
pub(crate) async fn place(
    [talker, listener]: [Ticket; 2],
    ready_within: Duration,
) -> Result<CallReport, LoadError> {
    let talk = TALK;
    let outcome = call(talker, listener, Call { ready_within, talk }).await;
    match outcome {
        // A connection that is refused inside the handshake is nobody who answers, too.
        Err(LoadError::WebSocket(error)) => match *error {
            koeba_load::WebSocketError::Io(error) => Err(LoadError::Socket(error)),
            error => Err(LoadError::WebSocket(Box::new(error))),
        },
        outcome => outcome,
    }
}

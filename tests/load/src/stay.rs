//! One caller who only stays.

use std::rc::Rc;
use std::time::Instant;

use tokio::sync::watch;

use crate::board::Board;
use crate::client::Part;
use crate::run::LoadError;

/// Joins a room and stays there, silent, until something ends it; answers what did.
pub async fn stay(url: String, token: String) -> LoadError {
    let (_stopper, stop) = watch::channel(false);
    let part = Part {
        url,
        token,
        loud: false,
        phase: None,
        voices: 0,
        listeners: 0,
        payload_bytes: 0,
        board: Rc::new(Board::new()),
        beat: Instant::now(),
        stop,
    };
    match part.play().await {
        Ok(()) => LoadError::Closed,
        Err(error) => error,
    }
}

//! One call between two: the first talks, the second listens.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};

use crate::board::Board;
use crate::client::Part;
use crate::run::{LoadError, pause};

/// Bytes of each packet of voice: 32 kbit/s.
const PAYLOAD_BYTES: usize = 80;
const LOOK_INTERVAL: Duration = Duration::from_millis(10);
/// What is still under way when the call ends arrives within this time or never.
const STRAGGLERS: Duration = Duration::from_millis(500);

/// What lets one caller into a room.
#[derive(Clone)]
pub struct Ticket {
    /// The node's signalling address, `ws://…` or `wss://…`.
    pub url: String,
    /// The join token. It is a secret, so this type has no `Debug`.
    pub token: String,
}

/// How a call is placed.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// How long it may take until the second can hear the first.
    pub ready_within: Duration,
    /// How long the first then talks.
    pub talk: Duration,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallReport {
    /// From the first connection to the moment when the second could hear the first.
    pub ready: Duration,
    /// Packets of voice that the first sent.
    pub sent: u64,
    /// How many of them the second heard.
    pub heard: u64,
    /// How long half of these took at most.
    pub median_delay: Duration,
}

/// Places a call: two callers enter a room with the tickets given, one talks, the other listens.
///
/// # Errors
/// [`LoadError`] says what broke.
pub async fn call(talker: Ticket, listener: Ticket, call: Call) -> Result<CallReport, LoadError> {
    LocalSet::new()
        .run_until(place(talker, listener, call))
        .await
}

async fn place(talker: Ticket, listener: Ticket, call: Call) -> Result<CallReport, LoadError> {
    let board = Rc::new(Board::new());
    let begun = Instant::now();
    let (stopper, stop) = watch::channel(false);
    let part = |ticket: Ticket, talks: bool| Part {
        url: ticket.url,
        token: ticket.token,
        phase: talks.then_some(Duration::ZERO),
        loud: talks,
        voices: usize::from(!talks),
        listeners: 1,
        payload_bytes: PAYLOAD_BYTES,
        board: Rc::clone(&board),
        beat: begun,
        stop: stop.clone(),
    };
    let mut callers = JoinSet::new();
    callers.spawn_local(part(listener, false).play());
    callers.spawn_local(part(talker, true).play());
    let deadline = begun + call.ready_within;
    while board.ready() < 2 {
        if Instant::now() > deadline {
            let (ready, clients) = (board.ready(), 2);
            return Err(LoadError::NotReady { ready, clients });
        }
        pause(&mut callers, LOOK_INTERVAL).await?;
    }
    let ready = begun.elapsed();
    board.open_window();
    pause(&mut callers, call.talk).await?;
    board.close_window();
    pause(&mut callers, STRAGGLERS).await?;
    let mut seen = board.take();
    // Whoever is gone already need not be told.
    let _ = stopper.send(true);
    while let Some(ended) = callers.join_next().await {
        // It only has to be gone: the node may close first.
        drop(ended);
    }
    let middle = seen.delays_ns.len() / 2;
    seen.delays_ns.sort_unstable();
    let median = seen.delays_ns.get(middle).copied().unwrap_or(0);
    Ok(CallReport {
        ready,
        sent: seen.expected,
        heard: u64::try_from(seen.delays_ns.len()).unwrap_or(u64::MAX),
        median_delay: Duration::from_nanos(median.into()),
    })
}

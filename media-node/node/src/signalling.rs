//! One signalling connection: carries messages between a client's WebSocket and the media thread.
//!
//! The reader runs from the first moment, so that nothing a client sends while it is being let in
//! is lost; the media thread answers in its own order.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use koeba_protocol::{FrameError, decode_frame};
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant};

use crate::admission::Admitted;
use crate::command::{Command, ConnectionId, Outbound};
use crate::gateway::Gateway;

/// How many messages may wait for a client that does not read; then it is taken for gone.
const OUTBOUND: usize = 256;
/// How long a client that was told to go may take to close its side.
const LINGER: Duration = Duration::from_secs(2);
/// Malformed messages that a connection survives: one may come from a newer client, many do not.
const MALFORMED: u32 = 8;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Carries messages until either side closes.
pub(crate) async fn carry(socket: WebSocket, admitted: Admitted, gateway: Gateway) {
    let connection = ConnectionId(NEXT.fetch_add(1, Ordering::Relaxed));
    let (outbound, frames) = mpsc::channel(OUTBOUND);
    let (sink, stream) = socket.split();
    let connected = Command::Connected {
        connection,
        admitted: Box::new(admitted),
        outbound,
    };
    if gateway.commands.send(connected).await.is_err() {
        return;
    }
    gateway.counters.connections.one();
    let mut writer = tokio::spawn(write(sink, frames));
    let writing = tokio::select! {
        () = read(stream, connection, &gateway) => true,
        _ = &mut writer => false,
    };
    // The media thread is gone only when the node ends.
    let _ = gateway.commands.send(Command::Lost { connection }).await;
    // Lets a last message, such as a leave, reach a client that still reads.
    if writing && tokio::time::timeout(LINGER, &mut writer).await.is_err() {
        writer.abort();
    }
    gateway.counters.connections.less();
}

async fn write(mut sink: SplitSink<WebSocket, Message>, mut frames: mpsc::Receiver<Outbound>) {
    let mut reason = "the room has ended";
    while let Some(outbound) = frames.recv().await {
        match outbound {
            Outbound::Frame(frame) => {
                if sink.send(Message::Binary(frame)).await.is_err() {
                    return;
                }
            }
            Outbound::Close => {
                reason = "";
                break;
            }
        }
    }
    let close = CloseFrame {
        code: close_code::NORMAL,
        reason: reason.into(),
    };
    // The client may be gone already.
    let _ = sink.send(Message::Close(Some(close))).await;
    let _ = sink.close().await;
}

async fn read(mut stream: SplitStream<WebSocket>, connection: ConnectionId, gateway: &Gateway) {
    let counters = &gateway.counters;
    let mut allowance = Allowance::new(gateway.limits.messages_per_second, Instant::now());
    let mut malformed = 0;
    while let Some(message) = stream.next().await {
        let decoded = match message {
            Ok(Message::Binary(bytes)) => decode_frame(&bytes),
            Ok(Message::Text(_)) => Err(FrameError::Text),
            Ok(Message::Ping(_) | Message::Pong(_)) => continue,
            Ok(Message::Close(_)) => return,
            Err(error) => {
                // A frame beyond the limit, torn, or against the protocol: the connection is over,
                // and its participant is expected back on another.
                counters.connections_broken_total.one();
                tracing::info!(connection = connection.0, %error, "a signalling connection broke");
                return;
            }
        };
        if !allowance.take(Instant::now()) {
            counters.frames_too_many_total.one();
            tracing::warn!(
                connection = connection.0,
                "closed for sending too many messages"
            );
            return;
        }
        match decoded {
            Ok(request) => {
                let message = Command::Message {
                    connection,
                    request: Box::new(request),
                };
                if gateway.commands.send(message).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                counters.frames_malformed_total.one();
                if malformed == 0 {
                    tracing::warn!(connection = connection.0, %error, "a malformed message");
                }
                malformed += 1;
                if malformed == MALFORMED {
                    return;
                }
            }
        }
    }
}

/// A token bucket: so many messages a second, saved up for ten.
struct Allowance {
    per_second: f64,
    left: f64,
    at: Instant,
}

impl Allowance {
    const SAVED_SECONDS: f64 = 10.0;

    fn new(per_second: u32, now: Instant) -> Self {
        let per_second = f64::from(per_second);
        Self {
            per_second,
            left: per_second * Self::SAVED_SECONDS,
            at: now,
        }
    }

    fn take(&mut self, now: Instant) -> bool {
        let earned = now.duration_since(self.at).as_secs_f64() * self.per_second;
        self.left = (self.left + earned).min(self.per_second * Self::SAVED_SECONDS);
        self.at = now;
        if self.left < 1.0 {
            return false;
        }
        self.left -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_fine_and_a_flood_is_not() {
        let start = Instant::now();
        let mut allowance = Allowance::new(50, start);
        assert!((0..500).all(|_| allowance.take(start)));
        assert!(!allowance.take(start));
        assert!(allowance.take(start + Duration::from_millis(100)));
    }
}

//! Media over TCP, for networks that let no UDP through: the passive side of ICE-TCP (RFC 6544),
//! framed as RFC 4571 says.
//!
//! Each connection is a task that hands whole datagrams to the media thread and takes whole
//! datagrams from it. Nothing is kept for a connection that does not take what it is sent: voice
//! that is late is worth nothing, so it is dropped, as the network would drop it. A connection
//! proves whose it is by its first connectivity check that the media thread answers, and is closed
//! if none is answered in time.

mod accept;
mod carry;
mod outlets;

pub(crate) use accept::Acceptor;
pub(crate) use outlets::Outlets;

use std::net::SocketAddr;

use tokio::sync::mpsc;

/// Names a connection for as long as the node runs: an address may come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StreamId(u64);

/// From a connection to the media thread.
pub(crate) enum StreamEvent {
    /// It was opened. What is to be sent to it goes into the outlet.
    Opened {
        id: StreamId,
        from: SocketAddr,
        outlet: mpsc::Sender<Vec<u8>>,
    },
    /// A datagram came over it.
    Datagram { from: SocketAddr, datagram: Vec<u8> },
    /// It is gone.
    Closed { id: StreamId, from: SocketAddr },
}

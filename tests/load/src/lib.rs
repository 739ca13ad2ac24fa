//! Synthetic callers: rooms full of LiveKit clients that talk to a media node over real sockets
//! and measure what gets through.
//!
//! Every client is a [`str0m`] peer behind a UDP socket and a WebSocket of its own. All of them
//! live in one thread, so that a node beside them has the machine's other core to itself. Each
//! packet carries the moment it was sent: sender and receiver have the same clock.
//!
//! [`floor`] measures what the same traffic costs a program that only copies datagrams: the bound
//! below which no node can come.

mod board;
mod call;
mod client;
mod floor;
mod payload;
mod plot;
mod report;
mod run;
mod signalling;
mod stay;
mod voice;
mod wire;

pub use call::{Call, CallReport, Ticket, call};
pub use floor::{FloorOptions, FloorReport, floor};
pub use plot::{Point, plot};
pub use report::Report;
pub use run::{LoadError, Moment, Options, load};
pub use stay::stay;
pub use tokio_tungstenite::tungstenite::Error as WebSocketError;
pub use wire::{Stream, Wire, connect as connect_wire};

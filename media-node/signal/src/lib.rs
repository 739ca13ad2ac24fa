//! Between LiveKit's signalling and the [room](koeba_room): what a client sent becomes an input,
//! what the room says becomes a message. Pure, and the only place that knows both vocabularies.
//!
//! ```
//! use koeba_protocol::proto::signal_request::Message;
//! use koeba_protocol::SignalRequest;
//! use koeba_room::{Input, ParticipantSid};
//! use koeba_signal::{Received, Server, receive};
//!
//! let participant = ParticipantSid::from_random(7);
//! let message = SignalRequest { message: Some(Message::Ping(1)) };
//! match receive(participant, message, 1_000) {
//!     Received::Input(input) => { /* room.handle(now, input) */ }
//!     Received::Offer(offer) => { /* peer.answer(…), then koeba_signal::answer(offer.id, …) */ }
//!     Received::Sync(state) => { /* of use where a room was taken over */ }
//!     Received::Reply(response) => { /* send it to this client */ }
//!     Received::Nothing => {}
//! }
//! # let _ = Server { node_id: "node-1".into(), region: String::new() };
//! ```
//!
//! Many mistakes in this protocol are silent: the client neither complains nor works. Each one
//! known is a sentence in `tests/silent_failures`.

mod arrival;
mod data;
mod grant;
mod receive;
mod send;
mod sync;
pub mod told;

pub use arrival::{Arrival, Joiner, arrive, permitted_sources};
pub use data::{read_data, write_data};
pub use grant::{permission, source_names};
pub use receive::{Offer, Received, receive};
pub use send::{
    PING_INTERVAL_S, PING_TIMEOUT_S, Server, answer, media_sections_requirement, refresh_token,
    send,
};
pub use sync::SyncState;

//! One WebRTC peer, without I/O: datagrams, offers and moments go in; datagrams, answers and
//! events come out. The only crate that knows the engine underneath.
//!
//! The client always offers and the node always answers, over one transport per participant.
//! Receiving sections ("slots") are opened by the client; [`Peer::subscribe`] makes a track wait
//! for one, and the answer to the client's next offer binds it.
//!
//! # What the caller must keep
//!
//! 1. After every call that takes `now`, take everything from [`Peer::poll_transmit`] and
//!    [`Peer::poll_event`].
//! 2. After a batch of [`Peer::forward`] call [`Peer::flush`] once: not everything leaves before.
//! 3. Call [`Peer::handle_timeout`] when [`Peer::poll_timeout`] is due.
//! 4. After [`Peer::answer`] look at [`Peer::ufrag`] again: an ICE restart changes it.
//!
//! ```no_run
//! # use std::time::Instant;
//! # use koeba_peer::{DtlsFloor, Engine, Event, Peer, PeerConfig, TransportAddress};
//! # fn run(offer: &str, datagram: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! # let now = Instant::now();
//! let engine = Engine::new()?;
//! let announced = vec!["192.0.2.7:7880".parse()?];
//! let mut peer = Peer::new(&engine, PeerConfig::new(1, announced, DtlsFloor::V1_3), now)?;
//! let answer = peer.answer(now, offer)?;
//! let from = TransportAddress::udp("198.51.100.2:4000".parse()?);
//! peer.handle_datagram(now, from, datagram);
//! while let Some(transmit) = peer.poll_transmit() { /* send it */ }
//! while let Some(event) = peer.poll_event() { /* forward a packet, tell the room */ }
//! # Ok(()) }
//! ```

mod answer;
mod data_queue;
mod demux;
mod engine;
mod event;
mod fast_path;
mod gate;
mod measure;
mod packet;
mod payload_types;
mod peer;
mod rebase;
mod red;
mod renumber;
mod restoring;
mod sdp_answer;
mod sections;
mod selection;
mod slots;
mod transport;
mod vp8;

pub use answer::{Answer, AnswerError};
pub use demux::{Datagram, classify};
pub use engine::{DtlsFloor, Engine, EngineError, PeerConfig};
pub use event::{DtlsVersion, Event, LossCause, Transmit};
pub use gate::Gate;
pub use measure::Measurement;
pub use packet::{AudioLevel, Encoding, Mid, Packet, Source};
pub use peer::Peer;
pub use sdp_answer::OfferError;
pub use transport::{Transport, TransportAddress};

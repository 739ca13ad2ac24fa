//! A room: who is in it, what they publish, who hears whom, and what each of them has to be told.
//!
//! A [`Room`] decides and does nothing else. It has no clock, draws no random number and knows
//! neither sockets nor session descriptions, so every story about it is a test without sleeping.
//!
//! # What the caller must keep
//!
//! 1. After every [`Room::handle`] and [`Room::administer`] take outputs from [`Room::poll_output`] until it is empty, and
//!    act on them **in that order**: a client must read its [`Message::Joined`] before anything
//!    else, and hear of a track before the session description that carries it.
//! 2. Call `handle(now, Input::Timeout)` when [`Room::poll_timeout`] is due.
//! 3. `now` never goes backwards.
//! 4. When a signalling connection has replaced another of the same participant, the end of the
//!    old one is no [`Input::SignalLost`].
//! 5. A [`ParticipantSid`] is drawn at random for every [`Join`] and never used again; in a
//!    [`Restore`] it is the one that was drawn for the same connection, which a token proves.
//!
//! ```
//! # use std::time::Instant;
//! # use koeba_room::{Input, Output, Room, RoomConfig};
//! # let (config, input, now) = (RoomConfig::new("lobby", 7, Instant::now(), 0), Input::Timeout, Instant::now());
//! let mut room = Room::new(config);
//! room.handle(now, input);
//! while let Some(output) = room.poll_output() {
//!     match output {
//!         Output::Send { to, message } => { /* encode once, write to each of `to` */ }
//!         Output::Subscribed(subscription) => { /* bind a slot of the subscriber's peer */ }
//!         Output::Unsubscribed { subscriber, track } => { /* free it */ }
//!         Output::LayerChosen { subscriber, track, layer } => { /* send this size of a picture */ }
//!         Output::CloseSignal { participant } => { /* flush and close the socket, keep the peer */ }
//!         Output::Departed { participant, reason } => { /* drop its peer, flush and close its socket */ }
//!         Output::Data { to, from, identity, data } => { /* stamp it, write to each of `to` */ }
//!         Output::RestoringEnded => { /* free slots kept for tracks that did not come back */ }
//!         Output::RosterChanged => { /* report `room.roster()` */ }
//!         Output::Closed => { /* forget the room */ }
//!     }
//! }
//! ```
//!
//! # The packet path
//!
//! [`Room::track_at`] names the track behind a participant's section (keep the answer until the
//! next [`Input::Sections`]), [`Room::observe_audio`] feeds the speaker detection,
//! [`Room::subscribers`] lists who gets the packet, nobody while the track is muted, and
//! [`Room::is_heard`] says whether it is among the loudest voices. Of a picture's packet
//! [`Room::observe_video`] says whether it goes on and whether a whole picture is due. None of
//! them allocates for a packet.

mod administering;
mod audio_level;
mod clock;
mod config;
mod data;
mod downlink;
mod input;
mod layers;
mod loudest;
mod output;
mod participant;
mod picture;
mod presence;
mod profile;
mod publishing;
mod quality;
mod restoring;
mod room;
mod sid;
mod speaking;
mod subscribing;
mod telling;
mod track;

pub use administering::{Order, OrderError};
pub use audio_level::AudioObservation;
pub use config::RoomConfig;
pub use data::{Data, DataLimits, Delivery};
pub use input::{
    Close, Input, Join, ProfileChange, SubscriptionChange, SubscriptionRule, TrackSettings, Trusted,
};
pub use layers::{Layer, PictureSize};
pub use loudest::DEFAULT_LOUDEST;
pub use output::{
    Answered, LeaveAction, LeaveReason, Message, Outcome, Output, Quality, RosterEntry, Speaker,
    Subscription,
};
pub use participant::{ClientTraits, ParticipantInfo, ParticipantState, Permission, RoomInfo};
pub use picture::{PictureObservation, PictureVerdict};
pub use restoring::{Restore, Restored};
pub use room::Room;
pub use sid::{ParticipantSid, RoomSid, SidError, TrackSid};
pub use track::{
    Encryption, Section, SimulcastCodec, TrackInfo, TrackKind, TrackRequest, TrackSource,
    VideoLayer,
};

//! The server API: LiveKit's `RoomService` over Twirp, as its server SDKs speak it.
//!
//! `call` says what may be asked and which grant it takes, `http` reads and answers requests,
//! `serving` carries them out on the media thread, which owns the rooms.

mod call;
mod error;
mod http;
mod serving;

pub(crate) use call::{Call, Reply};
pub(crate) use error::TwirpError;
pub(crate) use http::routes;

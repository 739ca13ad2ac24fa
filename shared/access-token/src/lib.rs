//! Access tokens: what a media node is shown before it lets somebody in.
//!
//! Join tokens have the shape of LiveKit's (HS256, a `video` grant), so any of its SDKs can carry
//! them, and one claim of our own: the workspace, and the oldest DTLS that it allows. Node tokens
//! go the other way: a media node shows one to the control plane. Tokens of a workspace's own
//! [`ApiKey`] are shown to the server API, by LiveKit's server SDKs.
//!
//! There is no clock here: every function is given the moment it shall judge by.

mod api;
mod claims;
mod error;
mod join;
mod key;
mod node;
mod relay;

pub use api::{ApiClaims, ApiKey, verify_api};
pub use claims::{DtlsFloor, JoinClaims, Kind, SeatClaims, VideoGrant};
pub use error::TokenError;
pub use join::{mint_join, verify_join};
pub use key::TokenKey;
pub use node::{mint_node, verify_node};
pub use relay::{RelayClaims, mint_relay, verify_relay};

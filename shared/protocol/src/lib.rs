//! LiveKit's signalling on the wire: its messages, one per WebSocket frame, and the join request
//! that a connection begins with. No logic.

mod data_packet;
mod frame;
mod join_request;

pub use data_packet::{decode_data_packet, stamp_data_packet};
pub use frame::{FrameError, decode_frame, encode_frame};
pub use join_request::{JoinRequestError, decode_join_request, encode_join_request};
/// LiveKit's messages, as its protocol files define them.
pub use livekit_protocol as proto;
pub use livekit_protocol::{JoinRequest, SignalRequest, SignalResponse};

use koeba_room::{Layer, TrackSid};

use crate::measure::Measurement;
use crate::packet::Packet;
use crate::transport::TransportAddress;

/// Something that happened at a peer.
#[derive(Clone, Debug)]
pub enum Event {
    /// Media can flow; said again after an interruption.
    Connected(DtlsVersion),
    /// Media no longer flows. The client may come back with an ICE restart.
    Lost(LossCause),
    /// A packet of a published track.
    Packet(Packet),
    /// The client needs a whole picture of a track that it receives, in this size, before it
    /// can show more.
    KeyframeWanted(TrackSid, Layer),
    /// How well media got through lately; comes every few seconds while it flows.
    Measured(Measurement),
    /// A data channel of this label is open.
    ChannelOpen(String),
    /// A message on a data channel.
    ChannelData {
        /// The channel's label.
        label: String,
        /// The message.
        message: Vec<u8>,
    },
}

/// The version of DTLS that was negotiated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DtlsVersion {
    /// 1.2, only where the token allows it.
    V1_2,
    /// 1.3.
    V1_3,
    /// The engine did not say.
    Unknown,
}

impl DtlsVersion {
    /// The version as people write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
            Self::Unknown => "unknown",
        }
    }
}

/// Why media no longer flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossCause {
    /// Nothing was heard from the client for too long.
    Silence,
    /// The client closed the transport.
    Closed,
    /// The engine failed; the peer is of no use any more.
    Failed,
}

/// A datagram to send.
#[derive(Clone, Debug)]
pub struct Transmit {
    /// Where to.
    pub destination: TransportAddress,
    /// What.
    pub contents: Vec<u8>,
}

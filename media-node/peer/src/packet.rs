use std::cell::OnceCell;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Instant;

use koeba_room::Layer;
use str0m::rtp::VideoOrientation;

use crate::red::primary_block;

/// The id of a media section, from the client.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mid(pub(crate) str0m::media::Mid);

impl Deref for Mid {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Mid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// Where packets come from: a stream of a peer. Sequence numbers of different sources have
/// nothing to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// [`crate::PeerConfig::number`] of the publisher's peer.
    pub peer: u64,
    /// The stream, as the publisher numbers it.
    pub ssrc: u32,
}

/// How a packet's payload is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Opus.
    Opus,
    /// Opus with a copy of the packet before (RFC 2198).
    Red,
    /// VP8 (RFC 7741).
    Vp8,
}

impl Encoding {
    /// Whether it is a picture.
    #[must_use]
    pub const fn is_video(self) -> bool {
        matches!(self, Self::Vp8)
    }
}

/// How loud a packet is, by its sender (RFC 6464).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioLevel {
    /// Decibels below the loudest: 0 is loudest, 127 is silence.
    pub below_loudest: u8,
    /// Whether the sender takes it for a voice, if it says so.
    pub voice: Option<bool>,
}

/// A packet of a published track, ready to be forwarded to any number of peers.
#[derive(Clone, Debug)]
pub struct Packet {
    /// The publisher's section.
    pub mid: Mid,
    /// The stream it belongs to.
    pub source: Source,
    /// In which of its sizes the picture is, if it comes in several.
    pub layer: Option<Layer>,
    /// Sequence number within the source, extended over rollovers.
    pub sequence: u64,
    /// RTP timestamp, at 48 kHz of audio and at 90 kHz of video.
    pub time: u32,
    /// Whether it begins a talk spurt, or ends a picture.
    pub marker: bool,
    /// How loud it is.
    pub level: Option<AudioLevel>,
    /// How the payload is encoded.
    pub encoding: Encoding,
    /// The payload; shared, so that forwarding copies nothing.
    pub payload: Arc<[u8]>,
    /// When it arrived.
    pub received_at: Instant,
    /// How the picture is to be turned, if its sender says so.
    pub(crate) orientation: Option<VideoOrientation>,
    pub(crate) plain: OnceCell<Option<(u8, Arc<[u8]>)>>,
}

impl Packet {
    /// The payload type and the bytes of plain Opus inside a redundant payload.
    pub(crate) fn plain(&self) -> Option<&(u8, Arc<[u8]>)> {
        let unwrap = || primary_block(&self.payload).map(|(pt, bytes)| (pt, Arc::from(bytes)));
        self.plain.get_or_init(unwrap).as_ref()
    }
}

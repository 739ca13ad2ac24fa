//! The client's numbers for what it sends and can receive.

use std::sync::Arc;

use str0m::Rtc;
use str0m::format::{Codec, PayloadParams};
use str0m::media::Pt;

use crate::packet::{Encoding, Packet};

/// The client's numbers for the codecs.
#[derive(Clone, Copy, Default)]
pub(crate) struct PayloadTypes {
    opus: Option<Pt>,
    red: Option<Pt>,
    vp8: Option<Pt>,
}

impl PayloadTypes {
    pub(crate) fn agreed(rtc: &Rtc) -> Self {
        let mut codecs = rtc.codec_config().params().iter();
        let opus = codecs.find(|params| params.spec().codec == Codec::Opus);
        let mut codecs = rtc.codec_config().params().iter();
        let vp8 = codecs.find(|params| params.spec().codec == Codec::Vp8);
        Self {
            vp8: vp8.map(PayloadParams::pt),
            opus: opus.map(PayloadParams::pt),
            red: opus.and_then(PayloadParams::red),
        }
    }

    pub(crate) fn decode(self, pt: Pt) -> Option<Encoding> {
        match Some(pt) {
            opus if opus == self.opus => Some(Encoding::Opus),
            red if red == self.red => Some(Encoding::Red),
            vp8 if vp8 == self.vp8 => Some(Encoding::Vp8),
            _ => None,
        }
    }

    /// A redundant packet names the payload type of what is inside, so it passes as it is only
    /// between clients that agree on it; the others get the newest block.
    pub(crate) fn encode(self, packet: &Packet) -> Option<(Pt, Arc<[u8]>)> {
        if packet.encoding == Encoding::Vp8 {
            return Some((self.vp8?, Arc::clone(&packet.payload)));
        }
        let opus = self.opus?;
        if packet.encoding == Encoding::Opus {
            return Some((opus, Arc::clone(&packet.payload)));
        }
        let (inner, plain) = packet.plain()?;
        match self.red {
            Some(red) if *inner == *opus => Some((red, Arc::clone(&packet.payload))),
            _ => Some((opus, Arc::clone(plain))),
        }
    }
}

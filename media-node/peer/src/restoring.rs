//! Going on where another node's peer left off: the client keeps its sections and its data channels,
//! and this peer gives each the meaning that it had.

use str0m::channel::{ChannelConfig, Reliability};

use crate::peer::Peer;
use crate::sdp_answer::Offer;
use crate::slots::Wanted;

/// The highest stream number that clients give to a data channel.
const MAX_STREAM: u16 = 1_023;
/// The channel whose messages may get lost: what is late is of no use.
const LOSSY: &str = "_lossy";

impl Peer {
    /// Takes over what the client says it has, before its first offer here: the last answer that it
    /// got, which says which track it receives in which section, and its data channels, by label
    /// and stream number, which it will not open again. What cannot be read is left out.
    pub fn restore(&mut self, answer: &str, channels: &[(String, u16)]) {
        if let Ok(answer) = Offer::parse(answer) {
            for section in &answer.sections {
                if let Some(wanted) = bound_in(section) {
                    self.slots.reserve(section.mid, wanted);
                }
            }
        }
        let mut taken: Vec<u16> = Vec::new();
        for (label, stream) in channels {
            // Channels of both connections of a client are listed; the same one may be, twice.
            if *stream > MAX_STREAM || taken.contains(stream) {
                continue;
            }
            taken.push(*stream);
            let lossy = label == LOSSY;
            let config = ChannelConfig {
                label: label.clone(),
                ordered: !lossy,
                reliability: if lossy {
                    Reliability::MaxRetransmits { retransmits: 0 }
                } else {
                    Reliability::Reliable
                },
                negotiated: Some(*stream),
                protocol: String::new(),
            };
            self.rtc.direct_api().create_data_channel(config);
        }
    }

    /// Gives up the sections that are kept for tracks which have not come back. True if there were
    /// any: the client has to offer again.
    pub fn end_restoring(&mut self) -> bool {
        let gone = self.slots.release_unclaimed();
        for track in &gone {
            self.outgoing.retain(|outgoing| outgoing.track != *track);
        }
        !gone.is_empty()
    }
}

/// The track that an answer says a section carries to the client.
fn bound_in(section: &crate::sdp_answer::OfferedSection<'_>) -> Option<Wanted> {
    let kind = section.kind.carries()?;
    let (publisher, _) = section.stream.split_once('|')?;
    let sends = section.direction.sends() && !section.rejected;
    sends.then_some(Wanted {
        publisher: publisher.parse().ok()?,
        track: section.cid.parse().ok()?,
        kind,
    })
}

//! The tracks on their way to a client.

use koeba_room::{Layer, TrackKind, TrackSid};
use str0m::rtp::{Extension, ExtensionValues, RtpWrite};

use super::Peer;
use crate::event::Event;
use crate::fast_path::{Pace, VoiceHeader};
use crate::packet::Packet;
use crate::rebase::Rebase;
use crate::selection::Selection;
use crate::slots::NewBinding;

/// A track on its way to the client.
pub(crate) struct Outgoing {
    pub(crate) track: TrackSid,
    pub(super) mid: str0m::media::Mid,
    /// The numbers of its stream, if the engine has one for it, and of the extension that tells how
    /// loud it is.
    pub(super) ssrc: Option<u32>,
    pub(super) level_id: Option<u8>,
    pub(super) rebase: Rebase,
    pub(super) selection: Selection,
    pub(super) pace: Pace,
    /// Nothing of it has been sent yet.
    pub(super) fresh: bool,
}

impl Peer {
    /// Stops sending a track at once; its section is free from the client's next offer on.
    pub fn unsubscribe(&mut self, track: TrackSid) {
        self.slots.release(track);
        self.layers.remove(&track);
        self.outgoing.retain(|outgoing| outgoing.track != track);
    }

    /// Queues a packet of a subscribed track. False when it is not sent: the track has no
    /// section yet, or the client is not there.
    pub fn forward(&mut self, track: TrackSid, packet: &Packet) -> bool {
        if !self.connected {
            return false;
        }
        let Some(outgoing) = self.outgoing.iter_mut().find(|out| out.track == track) else {
            return false;
        };
        let Some((pt, mut payload)) = self.payload_types.encode(packet) else {
            return false;
        };
        if packet.encoding.is_video() {
            let wanted = self.layers.get(&track).copied();
            let wanted = wanted.unwrap_or(Layer::HIGHEST);
            let selected = outgoing.selection.select(wanted, packet);
            if let Some(layer) = selected.ask {
                self.events.push_back(Event::KeyframeWanted(track, layer));
            }
            let Some(selected) = selected.payload else {
                return false;
            };
            payload = selected;
        }
        let mapped = outgoing.rebase.map(
            packet.received_at,
            packet.source,
            packet.sequence,
            packet.time,
        );
        let Some((sequence, time)) = mapped else {
            return false;
        };
        if let Some(ssrc) = outgoing.ssrc.filter(|_| !packet.encoding.is_video()) {
            let header = VoiceHeader {
                payload_type: *pt,
                marker: packet.marker,
                sequence,
                time,
                ssrc,
                level: outgoing.level_id.zip(packet.level),
            };
            let pace = &mut outgoing.pace;
            let written = self
                .fast_path
                .write(packet.received_at, pace, &header, &payload);
            if let Some(transmit) = written {
                outgoing.fresh = false;
                self.transmits.push_back(transmit);
                return true;
            }
        }
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(outgoing.mid, None) else {
            return false;
        };
        self.written = true;
        let mut extensions = ExtensionValues::default();
        if let Some(level) = packet.level {
            extensions.audio_level = i8::try_from(level.below_loudest).ok().map(|level| -level);
            extensions.voice_activity = level.voice;
        }
        extensions.video_orientation = packet.orientation;
        let write = RtpWrite::new(pt, sequence.into(), time, packet.received_at, payload);
        let write = write.nackable(packet.encoding.is_video());
        stream.write_rtp(write.marker(packet.marker).ext_vals(extensions));
        let fresh = std::mem::take(&mut outgoing.fresh);
        if fresh && packet.encoding.is_video() && packet.layer.is_none() {
            self.events
                .push_back(Event::KeyframeWanted(track, Layer::LOWEST));
        }
        true
    }

    pub(super) fn open_streams(&mut self, bindings: &[NewBinding]) {
        let bound = &self.slots;
        self.outgoing.retain(|outgoing| {
            bound
                .at(&outgoing.mid)
                .is_some_and(|to| to.track == outgoing.track)
        });
        let opened = bindings.iter();
        let opened = opened.filter(|binding| bound.at(&binding.mid) == Some(binding.wanted));
        for binding in opened {
            let mid = binding.mid.as_str().into();
            if binding.needs_new_stream {
                let mut api = self.rtc.direct_api();
                let (ssrc, rtx) = (api.new_ssrc(), api.new_ssrc());
                // The second number is of use only to a stream that has repetitions.
                api.reset_stream_tx(mid, None, ssrc, Some(rtx));
            }
            let level_id = self
                .rtc
                .media(mid)
                .and_then(|media| media.remote_extmap().id_of(Extension::AudioLevel));
            let mut api = self.rtc.direct_api();
            let stream = api.stream_tx_by_mid(mid, None);
            self.outgoing.push(Outgoing {
                track: binding.wanted.track,
                mid,
                ssrc: stream.map(|stream| *stream.ssrc()),
                level_id,
                pace: Pace::default(),
                selection: Selection::default(),
                rebase: match binding.wanted.kind {
                    TrackKind::Audio => Rebase::audio(),
                    TrackKind::Video => Rebase::video(),
                },
                fresh: true,
            });
        }
    }
}

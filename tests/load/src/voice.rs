//! One client's transport, without I/O: offers as LiveKit's clients do, sends voice, hears voice.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::crypto::dtls::DtlsVersion;
use str0m::format::{Codec, PayloadParams};
use str0m::media::{Direction, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{Extension, ExtensionValues, RtpWrite};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};

use crate::run::LoadError;

/// Sections for receiving that every client offers at first.
const FIRST_SLOTS: usize = 3;
/// RTP time of one packet: 20 ms at 48 kHz.
const PACKET_TICKS: u32 = 960;

/// How loud a packet is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// A clear voice.
    Voice,
    /// A room in which nobody talks.
    Noise,
}

impl Level {
    /// In dB, as RFC 6464 tells it; 0 is overload.
    const fn decibels(self) -> i8 {
        match self {
            Self::Voice => -20,
            Self::Noise => -65,
        }
    }
}

pub(crate) struct Voice {
    rtc: Rtc,
    address: SocketAddr,
    slots: Vec<Mid>,
    slots_to_add: usize,
    microphone: Option<Mid>,
    pending: Option<SdpPendingOffer>,
    sequence: u64,
    time: u32,
    connected: bool,
    lost: bool,
    timeout: Instant,
    transmits: VecDeque<(SocketAddr, Vec<u8>)>,
    heard: Vec<Arc<[u8]>>,
}

impl Voice {
    pub(crate) fn new(address: SocketAddr, now: Instant) -> Result<Self, LoadError> {
        let mut rtc = Rtc::builder()
            .set_crypto_provider(Arc::new(str0m::crypto::from_feature_flags()))
            .set_dtls_version(DtlsVersion::Dtls13)
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .clear_extension_map()
            .set_extension(1, Extension::AudioLevel)
            .set_extension(4, Extension::RtpMid)
            .build(now);
        let candidate = Candidate::host(address, "udp").map_err(|_| LoadError::Address(address))?;
        rtc.add_local_candidate(candidate);
        Ok(Self {
            rtc,
            address,
            slots: Vec::new(),
            slots_to_add: FIRST_SLOTS,
            microphone: None,
            pending: None,
            sequence: 1,
            time: 0,
            connected: false,
            lost: false,
            timeout: now,
            transmits: VecDeque::new(),
            heard: Vec::new(),
        })
    }

    pub(crate) const fn is_connected(&self) -> bool {
        self.connected
    }

    pub(crate) const fn is_lost(&self) -> bool {
        self.lost
    }

    pub(crate) const fn has_offered(&self) -> bool {
        self.pending.is_some()
    }

    pub(crate) fn add_slots(&mut self, count: usize) {
        self.slots_to_add += count;
    }

    /// An offer of everything there is, and of a microphone called `publish` if one is given.
    pub(crate) fn offer(&mut self, publish: Option<&str>) -> Result<String, LoadError> {
        let first = self.slots.is_empty();
        let mut change = self.rtc.sdp_api();
        for &slot in &self.slots {
            change.set_direction(slot, Direction::RecvOnly);
        }
        for _ in 0..std::mem::take(&mut self.slots_to_add) {
            let slot = change.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
            self.slots.push(slot);
        }
        if first {
            change.add_channel("_reliable".to_owned());
        }
        if let Some(cid) = publish {
            let (stream, track) = (Some("load".to_owned()), Some(cid.to_owned()));
            let mid = change.add_media(MediaKind::Audio, Direction::SendOnly, stream, track, None);
            self.microphone = Some(mid);
        }
        if !change.has_changes() {
            // This engine offers only what is new, where a browser repeats itself.
            let slot = change.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
            self.slots.push(slot);
        }
        let (offer, pending) = change.apply().ok_or(LoadError::Offer)?;
        self.pending = Some(pending);
        Ok(offer.to_sdp_string())
    }

    pub(crate) fn accept(&mut self, now: Instant, answer: &str) -> Result<(), LoadError> {
        let answer = SdpAnswer::from_sdp_string(answer).map_err(|_| LoadError::Answer)?;
        let pending = self.pending.take().ok_or(LoadError::Answer)?;
        let accepted = self.rtc.sdp_api().accept_answer(pending, answer);
        accepted.map_err(|_| LoadError::Answer)?;
        self.handle_timeout(now);
        Ok(())
    }

    /// Whether a microphone was offered and answered.
    pub(crate) fn can_speak(&mut self) -> bool {
        let Some(mid) = self.microphone else {
            return false;
        };
        let mut api = self.rtc.direct_api();
        self.connected && api.stream_tx_by_mid(mid, None).is_some()
    }

    /// Sends one packet. Lost packets of a client that cannot send are seen at the listeners.
    pub(crate) fn speak(&mut self, now: Instant, level: Level, payload: Vec<u8>) {
        let (Some(mid), Some(opus)) = (self.microphone, self.opus()) else {
            return;
        };
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(mid, None) else {
            return;
        };
        let extensions = ExtensionValues {
            audio_level: Some(level.decibels()),
            voice_activity: Some(level == Level::Voice),
            ..ExtensionValues::default()
        };
        let write = RtpWrite::new(opus, self.sequence.into(), self.time, now, payload);
        stream.write_rtp(write.ext_vals(extensions));
        self.sequence += 1;
        self.time = self.time.wrapping_add(PACKET_TICKS);
        self.handle_timeout(now);
    }

    fn opus(&self) -> Option<Pt> {
        let mut params = self.rtc.codec_config().params().iter();
        let opus = params.find(|params| params.spec().codec == Codec::Opus);
        opus.map(PayloadParams::pt)
    }

    pub(crate) fn handle_datagram(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        if let Ok(receive) = Receive::new(Protocol::Udp, from, self.address, datagram) {
            self.handle(Input::Receive(now, receive));
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.handle(Input::Timeout(now));
    }

    pub(crate) const fn poll_timeout(&self) -> Instant {
        self.timeout
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        self.transmits.pop_front()
    }

    /// The payloads heard since the last time.
    pub(crate) fn take_heard(&mut self) -> impl Iterator<Item = Arc<[u8]>> + '_ {
        self.heard.drain(..)
    }

    fn handle(&mut self, input: Input<'_>) {
        if self.rtc.handle_input(input).is_err() {
            self.lost = true;
            return;
        }
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.timeout = at;
                    return;
                }
                Ok(Output::Transmit(transmit)) => self
                    .transmits
                    .push_back((transmit.destination, transmit.contents.into())),
                Ok(Output::Event(event)) => self.handle_event(event),
                Err(_) => {
                    self.lost = true;
                    return;
                }
            }
        }
    }

    fn handle_event(&mut self, event: Event) {
        match event {
            Event::Connected => self.connected = true,
            Event::RtpPacket(packet) => self.heard.push(packet.payload),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => self.lost = true,
            _ => {}
        }
    }
}

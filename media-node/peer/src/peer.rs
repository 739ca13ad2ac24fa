mod outgoing;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use koeba_room::{Layer, ParticipantSid, TrackKind, TrackSid};
use str0m::change::SdpOffer;
use str0m::channel::ChannelId;
use str0m::config::CryptoProvider;
use str0m::media::{KeyframeRequestKind, Rid};
use str0m::net::Receive;
use str0m::rtp::RtpPacket;
use str0m::{Event as RtcEvent, IceConnectionState, Input, Output, Rtc};

use crate::answer::{Answer, AnswerError};
use crate::data_queue::DataQueue;
use crate::engine::{Engine, EngineError, PeerConfig};
use crate::event::{DtlsVersion, Event, LossCause, Transmit};
use crate::fast_path::{FastPath, take_agreed};
use crate::measure::Meter;
use crate::packet::{AudioLevel, Mid, Packet, Source};
use crate::payload_types::PayloadTypes;
use crate::renumber::Renumber;
use crate::sdp_answer::{Label, Offer, OfferError, prefer_plain, rejected, rewrite_answer};
use crate::sections::{narrow, published};
use crate::slots::{Slots, Wanted};
use crate::transport::{Transport, TransportAddress};
use outgoing::Outgoing;

/// A client has one stream for each track it publishes; earlier ones need not be remembered.
const MAX_SOURCES: usize = 64;

/// One WebRTC peer. The crate's documentation says how to drive it.
pub struct Peer {
    pub(crate) rtc: Rtc,
    config: PeerConfig,
    pub(crate) slots: Slots,
    /// The ids of the client's tracks that it wants to send without redundancy.
    plain: Vec<String>,
    pub(crate) outgoing: Vec<Outgoing>,
    sources: Vec<(Source, Renumber)>,
    channels: Vec<(ChannelId, String)>,
    /// What waits for a channel, by its label.
    data: Vec<(&'static str, DataQueue)>,
    /// The names of the sizes in which the client sends pictures, by section.
    sizes: Vec<(str0m::media::Mid, Vec<Rid>)>,
    /// Which size of a picture goes to the client; the largest if nothing is said.
    layers: HashMap<TrackSid, Layer>,
    payload_types: PayloadTypes,
    fast_path: FastPath,
    crypto: Arc<CryptoProvider>,
    /// Whether the engine holds something that has not left yet.
    written: bool,
    meter: Meter,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
    ufrag: String,
    timeout: Instant,
    last_heard: Instant,
    connected: bool,
    failed: bool,
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Peer")
            .field("number", &self.config.number)
            .field("connected", &self.connected)
            .finish_non_exhaustive()
    }
}

impl Peer {
    /// Makes a peer that waits for its client's offer.
    ///
    /// # Errors
    /// When an announced address is of no use.
    pub fn new(engine: &Engine, config: PeerConfig, now: Instant) -> Result<Self, EngineError> {
        let mut rtc = engine.rtc(&config, now)?;
        let fast_path = FastPath::new(take_agreed());
        let ufrag = rtc.direct_api().local_ice_credentials().ufrag;
        Ok(Self {
            rtc,
            config,
            slots: Slots::default(),
            plain: Vec::new(),
            outgoing: Vec::new(),
            sources: Vec::new(),
            channels: Vec::new(),
            data: Vec::new(),
            sizes: Vec::new(),
            layers: HashMap::new(),
            payload_types: PayloadTypes::default(),
            fast_path,
            crypto: engine.crypto(),
            written: false,
            meter: Meter::default(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            ufrag,
            timeout: now,
            last_heard: now,
            connected: false,
            failed: false,
        })
    }

    /// The name by which connectivity checks address this peer. An ICE restart changes it.
    #[must_use]
    pub fn ufrag(&self) -> &str {
        &self.ufrag
    }

    /// Whether anything was heard of the client in the time before `now`.
    #[must_use]
    pub fn heard_within(&self, now: Instant, time: std::time::Duration) -> bool {
        self.connected && now.saturating_duration_since(self.last_heard) < time
    }

    /// Whether media can flow.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        self.connected
    }

    /// How media is protected, by its name in IANA's registry; known once media can flow.
    #[must_use]
    pub fn srtp_profile(&self) -> Option<&'static str> {
        self.fast_path.profile()
    }

    /// Answers an offer; the only thing that opens, binds and frees sections.
    ///
    /// # Errors
    /// When the offer makes no sense or the engine refuses it. Media goes on as before, unless
    /// the engine failed for good, which [`Event::Lost`] tells.
    pub fn answer(&mut self, now: Instant, offer: &str) -> Result<Answer, AnswerError> {
        if self.failed {
            return Err(AnswerError::Failed);
        }
        let offer = Offer::parse(offer)?;
        let bindings = self.slots.bind(&offer);
        let slots = &self.slots;
        let narrowed = offer.with_directions(|section| narrow(section, slots));
        let answered = match self.accept(&narrowed, offer.sections.len()) {
            Ok(text) => text,
            Err(refusal) => {
                self.slots.unbind(&bindings);
                return Err(refusal);
            }
        };
        let rejected = rejected(&answered);
        self.slots.reject(&rejected);
        self.payload_types = PayloadTypes::agreed(&self.rtc);
        self.ufrag = self.rtc.direct_api().local_ice_credentials().ufrag;
        self.sizes = sizes(&offer);
        self.open_streams(&bindings);
        let sdp = self.label(&answered);
        let sections = offer.sections.iter();
        let plain = sections.filter(|section| self.plain.iter().any(|cid| cid == section.cid));
        let plain: Vec<_> = plain.map(|section| section.mid).collect();
        let sdp = if plain.is_empty() {
            sdp
        } else {
            prefer_plain(&sdp, &plain)
        };
        self.drive(Input::Timeout(now));
        let bound = self.slots.bound();
        Ok(Answer {
            sdp,
            mid_to_track: bound.map(|(mid, to)| (mid.to_owned(), to.track)).collect(),
            sections: published(&offer, &rejected),
            missing_audio: self.slots.missing(TrackKind::Audio),
            missing_video: self.slots.missing(TrackKind::Video),
        })
    }

    /// Says which of the client's tracks, by their ids, it wants to send without redundancy; every
    /// other voice is asked for with it. Holds from the next answer on.
    pub fn prefer_plain(&mut self, cids: Vec<String>) {
        self.plain = cids;
    }

    /// Lets a track wait for a section. True if the client has to offer again: the track has none
    /// yet.
    pub fn subscribe(
        &mut self,
        publisher: ParticipantSid,
        track: TrackSid,
        kind: TrackKind,
    ) -> bool {
        self.slots.want(Wanted {
            publisher,
            track,
            kind,
        })
    }

    /// How many sections of a kind the client has to add for every track to get one.
    #[must_use]
    pub fn missing(&self, kind: TrackKind) -> usize {
        self.slots.missing(kind)
    }

    /// Chooses which size of a picture goes to the client, if it comes in several.
    pub fn choose_layer(&mut self, track: TrackSid, layer: Layer) {
        self.layers.insert(track, layer);
    }

    /// Asks the client, with the next flush, for a whole picture of the track that it sends in this
    /// section, in this size if it sends several.
    pub fn request_keyframe(&mut self, mid: &str, layer: Layer) {
        let mid = mid.into();
        let known = self.sizes.iter().find(|(of, _)| *of == mid);
        let rid = known.and_then(|(_, sizes)| sizes.get(layer.index()).copied());
        let mut api = self.rtc.direct_api();
        if let Some(stream) = api.stream_rx_by_mid(mid, rid) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
            self.written = true;
        }
    }

    /// Takes a datagram in. False when it is not from this peer's client.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        from: TransportAddress,
        datagram: &[u8],
    ) -> bool {
        let Some(to) = self.announced_for(from) else {
            return false;
        };
        let protocol = from.transport.protocol();
        let Ok(receive) = Receive::new(protocol, from.address, to, datagram) else {
            return false;
        };
        let input = Input::Receive(now, receive);
        if self.failed || !self.rtc.accepts(&input) {
            return false;
        }
        self.last_heard = now;
        self.fast_path.heard_from(from);
        self.drive(input);
        if self.write_data() {
            self.drive(Input::Timeout(now));
        }
        true
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.connected && now.saturating_duration_since(self.last_heard) >= self.config.silence {
            self.lose(LossCause::Silence);
        }
        self.write_data();
        self.drive(Input::Timeout(now));
    }

    /// Queues a message for the data channel that the client opens under this label. A `patient`
    /// one waits until there is one and until the client takes it in; any other is sent with the
    /// next flush or never. False when too much waits already.
    pub fn send_data(&mut self, label: &'static str, patient: bool, message: Arc<[u8]>) -> bool {
        let at = self.data.iter().position(|(known, _)| *known == label);
        let at = at.unwrap_or_else(|| {
            self.data.push((label, DataQueue::new(patient)));
            self.data.len() - 1
        });
        self.data[at].1.push(message)
    }

    /// Hands to the engine what its channels have room for; true if that was anything.
    fn write_data(&mut self) -> bool {
        let mut any = false;
        if self.failed {
            return any;
        }
        let (rtc, channels) = (&mut self.rtc, &self.channels);
        for (label, queue) in self.data.iter_mut().filter(|(_, queue)| !queue.is_empty()) {
            let channel = channels.iter().find(|(_, known)| known == label);
            any |= queue.drain(|message| {
                let write = || {
                    let channel = channel.and_then(|(id, _)| rtc.channel(*id));
                    channel.is_some_and(|mut channel| channel.write(true, message).unwrap_or(false))
                };
                guarded(write).unwrap_or(false)
            });
        }
        any
    }

    /// Sends what was forwarded since the last time.
    pub fn flush(&mut self, now: Instant) {
        if self.write_data() || std::mem::take(&mut self.written) {
            self.drive(Input::Timeout(now));
        }
    }

    /// Closes the transport with a word to the client.
    pub fn close(&mut self, now: Instant) {
        self.connected = false;
        if !self.failed && self.rtc.close().is_ok() {
            self.drive(Input::Timeout(now));
        }
        self.failed = true;
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`Peer::handle_timeout`] is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let silence = self
            .connected
            .then(|| self.last_heard + self.config.silence);
        (!self.failed).then(|| silence.map_or(self.timeout, |at| at.min(self.timeout)))
    }

    /// The one place that moves the engine. It holds one received packet at a time, so every
    /// input is followed by taking everything out.
    fn drive(&mut self, input: Input<'_>) {
        if self.failed {
            return;
        }
        let rtc = &mut self.rtc;
        let moved = guarded(|| rtc.handle_input(input));
        if !matches!(moved, Some(Ok(()))) {
            return self.fail();
        }
        loop {
            let rtc = &mut self.rtc;
            match guarded(|| rtc.poll_output()) {
                Some(Ok(Output::Timeout(at))) => {
                    self.timeout = at;
                    let measured = self.meter.take().filter(|_| self.connected);
                    self.events.extend(measured.map(Event::Measured));
                    return;
                }
                Some(Ok(Output::Transmit(transmit))) => {
                    let transmit = Transmit {
                        destination: TransportAddress {
                            transport: Transport::of(transmit.proto),
                            address: transmit.destination,
                        },
                        contents: transmit.contents.into(),
                    };
                    self.fast_path.learn(&transmit);
                    self.transmits.push_back(transmit);
                }
                Some(Ok(Output::Event(event))) => self.handle_event(event),
                _ => return self.fail(),
            }
        }
    }

    fn handle_event(&mut self, event: RtcEvent) {
        match event {
            RtcEvent::RtpPacket(packet) => self.handle_packet(packet),
            RtcEvent::Connected => self.connect(),
            RtcEvent::IceConnectionStateChange(state) => match state {
                IceConnectionState::Disconnected => self.lose(LossCause::Silence),
                IceConnectionState::Completed | IceConnectionState::Connected => {
                    if self.rtc.is_connected() {
                        self.connect();
                    }
                }
                IceConnectionState::New | IceConnectionState::Checking => {}
            },
            RtcEvent::Closed => {
                self.lose(LossCause::Closed);
                self.failed = true;
            }
            RtcEvent::ChannelOpen(id, label) => {
                self.channels.push((id, label.clone()));
                self.events.push_back(Event::ChannelOpen(label));
            }
            RtcEvent::KeyframeRequest(request) => {
                let mut outgoing = self.outgoing.iter();
                if let Some(outgoing) = outgoing.find(|outgoing| outgoing.mid == request.mid) {
                    let chosen = self.layers.get(&outgoing.track).copied();
                    let layer = outgoing.selection.layer().or(chosen).unwrap_or_default();
                    let wanted = Event::KeyframeWanted(outgoing.track, layer);
                    self.events.push_back(wanted);
                }
            }
            RtcEvent::ChannelClose(id) => self.channels.retain(|(known, _)| *known != id),
            RtcEvent::ChannelData(data) => {
                let known = self.channels.iter().find(|(id, _)| *id == data.id);
                if let Some((_, label)) = known {
                    self.events.push_back(Event::ChannelData {
                        label: label.clone(),
                        message: data.data,
                    });
                }
            }
            RtcEvent::PeerStats(stats) => self.meter.peer(&stats),
            RtcEvent::MediaIngressStats(stats) => {
                if let Some(kind) = self.rtc.media(stats.mid).map(str0m::media::Media::kind) {
                    self.meter.arrived(&stats, kind);
                }
            }
            RtcEvent::MediaEgressStats(stats) => self.meter.sent(&stats),
            _ => {}
        }
    }

    fn handle_packet(&mut self, packet: RtpPacket) {
        let header = &packet.header;
        let mid = header.ext_vals.mid.or_else(|| {
            let mut api = self.rtc.direct_api();
            api.stream_rx(&header.ssrc).map(|stream| stream.mid())
        });
        let (Some(mid), Some(encoding)) = (mid, self.payload_types.decode(header.payload_type))
        else {
            return;
        };
        let Some(layer) = self.layer_of(mid, &packet) else {
            return;
        };
        let header = &packet.header;
        let source = Source {
            peer: self.config.number,
            ssrc: *header.ssrc,
        };
        let known = self.sources.iter().position(|(known, _)| *known == source);
        let at = known.unwrap_or_else(|| {
            if self.sources.len() == MAX_SOURCES {
                self.sources.remove(0);
            }
            self.sources.push((source, Renumber::default()));
            self.sources.len() - 1
        });
        let renumber = &mut self.sources[at].1;
        let sequence = *packet.seq_no;
        if packet.payload.is_empty() {
            return renumber.drop(sequence);
        }
        let level = header.ext_vals.audio_level.map(|level| AudioLevel {
            below_loudest: level.unsigned_abs(),
            voice: header.ext_vals.voice_activity,
        });
        self.events.push_back(Event::Packet(Packet {
            mid: Mid(mid),
            source,
            layer,
            sequence: renumber.number(sequence),
            time: header.timestamp,
            marker: header.marker,
            level,
            encoding,
            payload: packet.payload,
            received_at: packet.timestamp,
            orientation: header.ext_vals.video_orientation,
            plain: std::cell::OnceCell::new(),
        }));
    }

    /// In which size a packet's picture is, if it comes in several; nothing for a size that was not
    /// agreed on.
    fn layer_of(&mut self, mid: str0m::media::Mid, packet: &RtpPacket) -> Option<Option<Layer>> {
        let Some((_, sizes)) = self.sizes.iter().find(|(of, _)| *of == mid) else {
            return Some(None);
        };
        let header = &packet.header;
        // Packets say it only until the client knows that it was understood.
        let rid = header.ext_vals.rid.or_else(|| {
            let mut api = self.rtc.direct_api();
            api.stream_rx(&header.ssrc).and_then(|stream| stream.rid())
        })?;
        let index = sizes.iter().position(|size| *size == rid)?;
        Some(Some(Layer::from_index(index)))
    }

    fn accept(&mut self, offer: &str, sections: usize) -> Result<String, AnswerError> {
        let offer = read(offer, sections)?;
        let rtc = &mut self.rtc;
        match guarded(|| rtc.sdp_api().accept_offer(offer)) {
            Some(Ok(answer)) => Ok(answer.to_sdp_string()),
            Some(Err(error)) => Err(AnswerError::Refused(error.to_string())),
            None => {
                self.fail();
                Err(AnswerError::Failed)
            }
        }
    }

    fn label(&mut self, answer: &str) -> String {
        let mut api = self.rtc.direct_api();
        let labels: Vec<_> = self
            .slots
            .bound()
            .filter_map(|(mid, wanted)| {
                let stream = api.stream_tx_by_mid(mid.into(), None)?;
                let streams = (*stream.ssrc(), stream.rtx().map(|rtx| *rtx));
                Some((mid, wanted.msid(), streams))
            })
            .collect();
        rewrite_answer(answer, &|mid| {
            let (_, msid, (ssrc, rtx)) = labels.iter().find(|(bound, ..)| *bound == mid)?;
            Some(Label {
                msid: msid.clone(),
                ssrc: *ssrc,
                rtx: *rtx,
            })
        })
    }

    /// The engine drops what was sent to an address that is none of its candidates.
    fn announced_for(&self, from: TransportAddress) -> Option<SocketAddr> {
        let announced = match from.transport {
            Transport::Udp => &self.config.announced,
            Transport::Tcp => &self.config.announced_tcp,
        };
        let mut announced = announced.iter();
        announced
            .find(|to| to.is_ipv4() == from.address.is_ipv4())
            .copied()
    }

    fn connect(&mut self) {
        if self.connected {
            return;
        }
        self.connected = true;
        self.fast_path.open(&self.crypto);
        let version = self.rtc.direct_api().dtls_protocol_version();
        let version = match version.map(|version| format!("{version:?}")).as_deref() {
            Some("DTLS1_3") => DtlsVersion::V1_3,
            Some("DTLS1_2") => DtlsVersion::V1_2,
            _ => DtlsVersion::Unknown,
        };
        self.events.push_back(Event::Connected(version));
    }

    fn lose(&mut self, cause: LossCause) {
        if self.connected {
            self.connected = false;
            self.events.push_back(Event::Lost(cause));
        }
    }

    fn fail(&mut self) {
        if !self.failed {
            self.failed = true;
            self.connected = false;
            self.events.push_back(Event::Lost(LossCause::Failed));
        }
    }
}

fn sizes(offer: &Offer<'_>) -> Vec<(str0m::media::Mid, Vec<Rid>)> {
    let sections = offer.sections.iter();
    let sizes = sections.map(|section| (section.mid, section.sizes()));
    let several = sizes.filter(|(_, sizes)| !sizes.is_empty());
    several
        .map(|(mid, sizes)| (mid.into(), sizes.into_iter().map(Rid::from).collect()))
        .collect()
}

/// The engine's reader stops without a word at a section that it cannot read. What it has left out
/// would be missing in the answer, and every track behind it would be the wrong one.
fn read(offer: &str, sections: usize) -> Result<SdpOffer, AnswerError> {
    let read = guarded(|| {
        SdpOffer::from_sdp_string(offer).map(|offer| {
            let count = offer.to_sdp_string().matches("\nm=").count();
            (offer, count)
        })
    });
    match read {
        Some(Ok((offer, count))) if count == sections => Ok(offer),
        Some(Err(error)) => Err(AnswerError::Refused(error.to_string())),
        Some(Ok(_)) | None => Err(OfferError::UnreadableSection.into()),
    }
}

/// The engine reads what strangers wrote. Should it panic, one client is lost and not the node.
fn guarded<T>(act: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(act)).ok()
}

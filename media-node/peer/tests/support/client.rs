//! A client as browsers are: it offers three receiving sections, adds a section for what it
//! publishes, and opens its data channels itself.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::channel::ChannelId;
use str0m::crypto::dtls::DtlsVersion;
use str0m::format::Codec;
use str0m::media::{Direction, KeyframeRequestKind, MediaKind, Mid};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::{ExtensionValues, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc};

#[derive(Clone, Copy)]
pub(crate) struct ClientConfig {
    pub(crate) red: bool,
    pub(crate) dtls: DtlsVersion,
    pub(crate) first_sequence: u64,
    pub(crate) video_placeholders: usize,
    /// Whether its network lets nothing through but TCP.
    pub(crate) tcp_only: bool,
    /// Whether it speaks IPv6 and nothing else.
    pub(crate) ipv6: bool,
}

impl ClientConfig {
    pub(crate) const USUAL: Self = Self {
        red: true,
        dtls: DtlsVersion::Dtls13,
        first_sequence: 5,
        video_placeholders: 1,
        tcp_only: false,
        ipv6: false,
    };
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self::USUAL
    }
}

/// A packet as the client got it.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) mid: String,
    pub(crate) ssrc: u32,
    pub(crate) sequence: u64,
    pub(crate) time: u32,
    pub(crate) red: bool,
    pub(crate) level: Option<i8>,
    pub(crate) marker: bool,
    pub(crate) payload: Arc<[u8]>,
}

pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) connected: bool,
    /// How loud it speaks, in dB; none if it does not say.
    pub(crate) level: Option<i8>,
    pub(crate) received: Vec<Received>,
    /// The labels of the channels that are open.
    pub(crate) channels: Vec<(ChannelId, String)>,
    /// What came over them, by label.
    pub(crate) data: Vec<(String, Vec<u8>)>,
    /// How often it was asked for a whole picture.
    pub(crate) keyframes_asked: usize,
    /// The next packet of media is lost on its way here.
    pub(crate) lose_one: bool,
    rtc: Rtc,
    config: ClientConfig,
    pending: Option<SdpPendingOffer>,
    slots: Vec<Mid>,
    slots_to_add: usize,
    video_slots_to_add: usize,
    publications: BTreeMap<String, Publication>,
    to_publish: Vec<(String, MediaKind)>,
    to_stop: Vec<String>,
    restart: bool,
    transmits: VecDeque<(SocketAddr, Vec<u8>)>,
}

struct Publication {
    mid: Mid,
    sequence: u64,
    time: u32,
}

impl Client {
    pub(crate) fn new(address: SocketAddr, config: ClientConfig, now: Instant) -> Self {
        let mut rtc = Rtc::builder()
            .set_crypto_provider(Arc::new(str0m::crypto::from_feature_flags()))
            .set_dtls_version(config.dtls)
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_vp8(true)
            .enable_opus(true, config.red)
            .build(now);
        let candidate = if config.tcp_only {
            let builder = Candidate::builder().tcp().host(address);
            builder.tcptype(TcpType::Active).build()
        } else {
            Candidate::host(address, "udp")
        };
        rtc.add_local_candidate(candidate.expect("a good address"));
        Self {
            address,
            connected: false,
            level: Some(-20),
            received: Vec::new(),
            channels: Vec::new(),
            data: Vec::new(),
            keyframes_asked: 0,
            lose_one: false,
            rtc,
            config,
            pending: None,
            slots: Vec::new(),
            slots_to_add: 3,
            video_slots_to_add: config.video_placeholders,
            publications: BTreeMap::new(),
            to_publish: Vec::new(),
            to_stop: Vec::new(),
            restart: false,
            transmits: VecDeque::new(),
        }
    }

    pub(crate) fn publish(&mut self, cid: &str) {
        self.to_publish.push((cid.to_owned(), MediaKind::Audio));
    }

    pub(crate) fn publish_video(&mut self, cid: &str) {
        self.to_publish.push((cid.to_owned(), MediaKind::Video));
    }

    pub(crate) fn unpublish(&mut self, cid: &str) {
        self.to_stop.push(cid.to_owned());
    }

    pub(crate) fn add_slots(&mut self, count: usize) {
        self.slots_to_add += count;
    }

    pub(crate) fn add_video_slots(&mut self, count: usize) {
        self.video_slots_to_add += count;
    }

    pub(crate) fn restart_ice(&mut self) {
        self.restart = true;
    }

    pub(crate) fn offer(&mut self) -> String {
        let first = self.slots.is_empty();
        let mut change = self.rtc.sdp_api();
        for &slot in &self.slots {
            change.set_direction(slot, Direction::RecvOnly);
        }
        for _ in 0..std::mem::take(&mut self.slots_to_add) {
            let mid = change.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
            self.slots.push(mid);
        }
        for _ in 0..std::mem::take(&mut self.video_slots_to_add) {
            let mid = change.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
            self.slots.push(mid);
        }
        if first {
            change.add_channel("_reliable".to_owned());
            change.add_channel("_lossy".to_owned());
        }
        for (cid, kind) in self.to_publish.drain(..) {
            let (stream, track) = (Some("stream".to_owned()), Some(cid.clone()));
            let mid = change.add_media(kind, Direction::SendOnly, stream, track, None);
            let publication = Publication {
                mid,
                sequence: self.config.first_sequence,
                time: 1_000,
            };
            self.publications.insert(cid, publication);
        }
        for cid in self.to_stop.drain(..) {
            let publication = self.publications.remove(&cid).expect("it was published");
            change.set_direction(publication.mid, Direction::Inactive);
        }
        if std::mem::take(&mut self.restart) {
            change.ice_restart(true);
        }
        if !change.has_changes() {
            // This engine offers only what is new; a browser would offer the same again.
            change.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
        }
        let (offer, pending) = change.apply().expect("there is something to offer");
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    pub(crate) fn accept(&mut self, now: Instant, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).expect("a readable answer");
        let pending = self.pending.take().expect("an offer is out");
        let accepted = self.rtc.sdp_api().accept_answer(pending, answer);
        accepted.expect("an answer that fits the offer");
        self.handle_timeout(now);
    }

    /// Sends twenty milliseconds of voice.
    pub(crate) fn speak(&mut self, now: Instant, cid: &str, payload: &[u8]) {
        self.send(now, cid, payload, false);
        self.handle_timeout(now);
    }

    /// Sends nothing for so many packets of 20 ms, as browsers do while nobody talks: the clock
    /// goes on and the numbers do not.
    pub(crate) fn fall_silent(&mut self, cid: &str, packets: u32) {
        let publication = self.publications.get_mut(cid).expect("it was published");
        publication.time += 960 * packets;
    }

    /// Sends a packet that never arrives.
    pub(crate) fn speak_in_vain(&mut self, cid: &str) {
        self.lose(cid, 1);
    }

    /// Sends so many packets that never arrive.
    pub(crate) fn lose(&mut self, cid: &str, packets: u32) {
        let publication = self.publications.get_mut(cid).expect("it was published");
        publication.sequence += u64::from(packets);
        publication.time += 960 * packets;
    }

    /// Sends it with the packet before, as RED.
    pub(crate) fn speak_redundantly(&mut self, now: Instant, cid: &str, payload: &[u8]) {
        self.speak_with(now, cid, b"old", payload);
    }

    /// Sends it with what was in the packet before, as RED.
    pub(crate) fn speak_with(&mut self, now: Instant, cid: &str, before: &[u8], payload: &[u8]) {
        let opus = self.codecs().0;
        let length = u8::try_from(before.len()).expect("a few bytes");
        let mut bytes = vec![0x80 | opus, 0x0f, 0x00, length, opus];
        bytes.extend_from_slice(before);
        bytes.extend_from_slice(payload);
        self.send(now, cid, &bytes, true);
        self.handle_timeout(now);
    }

    /// Sends on every publication before anything is taken out: a burst.
    pub(crate) fn speak_on_all(&mut self, now: Instant, payload: &[u8]) {
        let cids: Vec<_> = self.publications.keys().cloned().collect();
        for cid in cids {
            self.send(now, &cid, payload, false);
        }
        self.handle_timeout(now);
    }

    fn send(&mut self, now: Instant, cid: &str, payload: &[u8], red: bool) {
        let (opus, red_pt) = self.codecs();
        let pt = if red {
            red_pt.expect("RED was negotiated")
        } else {
            opus
        };
        let publication = self.publications.get_mut(cid).expect("it was published");
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(publication.mid, None);
        let stream = stream.expect("the section was answered");
        let extensions = ExtensionValues {
            audio_level: self.level,
            voice_activity: self.level.map(|level| level > -50),
            ..ExtensionValues::default()
        };
        let (sequence, time) = (publication.sequence, publication.time);
        let write = RtpWrite::new(pt.into(), sequence.into(), time, now, payload);
        stream.write_rtp(write.ext_vals(extensions));
        publication.sequence += 1;
        publication.time += 960;
    }

    /// Sends one packet of a picture, the last of it.
    pub(crate) fn show(&mut self, now: Instant, cid: &str, payload: &[u8]) {
        let pt = self.vp8();
        let publication = self.publications.get_mut(cid).expect("it was published");
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(publication.mid, None);
        let stream = stream.expect("the section was answered");
        let (sequence, time) = (publication.sequence, publication.time);
        let write = RtpWrite::new(pt.into(), sequence.into(), time, now, payload);
        stream.write_rtp(write.marker(true).nackable(true));
        publication.sequence += 1;
        publication.time += 3_000;
        self.handle_timeout(now);
    }

    /// Asks for a whole picture of what is received in this section.
    pub(crate) fn request_keyframe(&mut self, now: Instant, mid: &str) {
        let mut api = self.rtc.direct_api();
        let stream = api.stream_rx_by_mid(mid.into(), None);
        let stream = stream.expect("something is received there");
        stream.request_keyframe(KeyframeRequestKind::Pli);
        self.handle_timeout(now);
    }

    fn vp8(&self) -> u8 {
        let mut params = self.rtc.codec_config().params().iter();
        let vp8 = params.find(|params| params.spec().codec == Codec::Vp8);
        *vp8.expect("VP8 is always there").pt()
    }

    /// Sends a message over the open channel of this label.
    pub(crate) fn send_data(&mut self, now: Instant, label: &str, message: &[u8]) {
        let channel = self.channels.iter().find(|(_, known)| known == label);
        let (id, _) = channel.expect("the channel is open");
        let mut channel = self.rtc.channel(*id).expect("the channel is open");
        let taken = channel.write(true, message).expect("it can be sent");
        assert!(taken, "there is room for it");
        self.handle_timeout(now);
    }

    fn codecs(&self) -> (u8, Option<u8>) {
        let mut params = self.rtc.codec_config().params().iter();
        let opus = params.find(|params| params.spec().codec == Codec::Opus);
        let opus = opus.expect("opus is always there");
        (*opus.pt(), opus.red().map(|pt| *pt))
    }

    pub(crate) fn handle_datagram(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        let is_rtp = matches!(datagram, [128..=191, kind, ..] if !(192..=223).contains(kind));
        if is_rtp && std::mem::take(&mut self.lose_one) {
            return;
        }
        let protocol = if self.config.tcp_only {
            Protocol::Tcp
        } else {
            Protocol::Udp
        };
        let receive = Receive::new(protocol, from, self.address, datagram);
        let receive = receive.expect("the node sends nothing else");
        // A client that is gone for good takes nothing in any more.
        let _ = self.rtc.handle_input(Input::Receive(now, receive));
        self.drain();
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        let _ = self.rtc.handle_input(Input::Timeout(now));
        self.drain();
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        self.transmits.pop_front()
    }

    fn drain(&mut self) {
        while let Ok(output) = self.rtc.poll_output() {
            match output {
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => self
                    .transmits
                    .push_back((transmit.destination, transmit.contents.into())),
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::RtpPacket(packet)) => {
                    let ssrc = packet.header.ssrc;
                    let red = self.codecs().1 == Some(*packet.header.payload_type);
                    let mut api = self.rtc.direct_api();
                    let mid = api.stream_rx(&ssrc).map(|stream| stream.mid());
                    self.received.push(Received {
                        mid: mid.map(|mid| mid.to_string()).unwrap_or_default(),
                        ssrc: *ssrc,
                        sequence: *packet.seq_no,
                        time: packet.header.timestamp,
                        red,
                        level: packet.header.ext_vals.audio_level,
                        marker: packet.header.marker,
                        payload: packet.payload,
                    });
                }
                Output::Event(Event::KeyframeRequest(_)) => self.keyframes_asked += 1,
                Output::Event(Event::ChannelOpen(id, label)) => self.channels.push((id, label)),
                Output::Event(Event::ChannelData(data)) => {
                    let channel = self.channels.iter().find(|(id, _)| *id == data.id);
                    let (_, label) = channel.expect("it was opened");
                    self.data.push((label.clone(), data.data));
                }
                Output::Event(_) => {}
            }
        }
    }
}

//! Datagrams into a peer that talks to a real client: made up, forged, torn, repeated, lost; and
//! payloads that a client with the right keys makes up.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use koeba_peer::{
    DtlsFloor, Engine, Event, Gate, LossCause, Peer, PeerConfig, TransportAddress, classify,
};
use koeba_room::{ParticipantSid, TrackKind, TrackSid};

use crate::bytes::Bytes;
use crate::client::{Client, ClientConfig};

/// Steps in one input.
const STEPS: usize = 48;
/// How many of the client's datagrams are remembered, to be repeated.
const REMEMBERED: usize = 64;

pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes::new(input);
    let stage = bytes.byte();
    let mut line = Line::new(stage & 1 == 0);
    // Into the middle of the handshake, or into a call.
    if stage < 64 {
        (0..stage >> 1).for_each(|_| line.deliver_one());
    } else {
        line.connect();
    }
    for _ in 0..STEPS {
        if bytes.is_empty() || line.over {
            return;
        }
        line.step(&mut bytes);
    }
}

/// A peer, its client, and the network between them.
struct Line {
    now: Instant,
    peer: Peer,
    client: Client,
    gate: Gate,
    /// Whether the client can send redundancy.
    red: bool,
    /// The stranger has repeated a check of the client's from its own address, which proves as much
    /// as the check itself.
    stranger_is_known: bool,
    /// On their way from the client.
    on_the_way: VecDeque<Vec<u8>>,
    /// What the client has sent lately.
    sent: VecDeque<Vec<u8>>,
    connected: bool,
    over: bool,
}

impl Line {
    fn new(red: bool) -> Self {
        let now = Instant::now();
        let config = ClientConfig {
            red,
            ..ClientConfig::USUAL
        };
        let announced = vec![node()];
        let mut peer_config = PeerConfig::new(1, announced, DtlsFloor::V1_3);
        peer_config.announced_tcp = vec![node()];
        let mut peer = Peer::new(engine(), peer_config, now).expect("a peer");
        let mut client = Client::new(home().address, config, now);
        // It receives what it sends itself: so the whole way of a packet is gone.
        peer.subscribe(publisher(), voice(), TrackKind::Audio);
        peer.subscribe(publisher(), picture(), TrackKind::Video);
        client.publish("mic");
        client.publish_video("cam");
        let answer = peer.answer(now, &client.offer()).expect("an answer");
        client.accept(now, &answer.sdp);
        Self {
            now,
            peer,
            client,
            gate: Gate::default(),
            red,
            stranger_is_known: false,
            on_the_way: VecDeque::new(),
            sent: VecDeque::new(),
            connected: false,
            over: false,
        }
    }

    fn connect(&mut self) {
        for _ in 0..400 {
            if self.connected && self.client.channels.len() == 2 {
                return;
            }
            self.pass(Duration::from_millis(5));
            self.carry();
        }
        panic!("an undisturbed client connects");
    }

    fn step(&mut self, bytes: &mut Bytes<'_>) {
        match bytes.below(16) {
            0 => self.forge(home(), bytes.some()),
            1 => {
                let noise = bytes.some();
                let _ = classify(noise);
                let taken = self.peer.handle_datagram(self.now, stranger(), noise);
                if !self.stranger_is_known {
                    assert!(!taken, "a stranger proves nothing with noise");
                    assert!(self.peer.poll_transmit().is_none(), "and is not answered");
                }
            }
            2 | 3 => self.distort(bytes),
            4 => {
                let from = if bytes.flag() { home() } else { stranger() };
                let which = bytes.below(REMEMBERED);
                if let Some(again) = self.sent.get(which).cloned() {
                    self.forge(from, &again);
                }
            }
            5 => self.forge(TransportAddress::tcp(home().address), bytes.some()),
            6 => drop(self.on_the_way.pop_front()),
            7 => self.pass(Duration::from_millis(20) * u32::from(bytes.byte())),
            8 if self.connected => self.speak(bytes),
            9 if self.connected => self.client.show(self.now, "cam", bytes.some()),
            10 if self.connected => self.send_data(bytes),
            11 if self.connected && self.red => {
                let red = bytes.some();
                self.client.speak_redundantly(self.now, "mic", red);
            }
            12 => {
                if bytes.flag() {
                    self.client.restart_ice();
                }
                let offer = self.client.offer();
                if let Ok(answer) = self.peer.answer(self.now, &offer) {
                    self.client.accept(self.now, &answer.sdp);
                }
            }
            13 => self.deliver_one(),
            _ => self.carry(),
        }
        self.collect();
        self.settle();
    }

    fn speak(&mut self, bytes: &mut Bytes<'_>) {
        self.client.level = bytes.flag().then_some(-20);
        if bytes.flag() {
            self.client.speak_in_vain("mic");
        }
        self.client.fall_silent("mic", bytes.byte().into());
        self.client.speak(self.now, "mic", bytes.some());
    }

    fn send_data(&mut self, bytes: &mut Bytes<'_>) {
        let label = bytes.one_of(&["_reliable", "_lossy"]);
        if self.client.channels.iter().any(|(_, known)| known == label) {
            self.client.send_data(self.now, label, bytes.some());
        }
        self.peer
            .send_data(label, bytes.flag(), bytes.some().into());
    }

    /// The client's next datagram arrives otherwise than it was sent.
    fn distort(&mut self, bytes: &mut Bytes<'_>) {
        let Some(mut datagram) = self.on_the_way.pop_front() else {
            return;
        };
        let at = usize::from(bytes.number());
        match bytes.below(4) {
            0 => datagram.truncate(at % (datagram.len() + 1)),
            1 => datagram.extend_from_slice(bytes.some()),
            _ => {
                let put = bytes.some();
                let length = datagram.len().max(1);
                for (offset, byte) in (at..).zip(put) {
                    if let Some(there) = datagram.get_mut(offset % length) {
                        *there ^= byte;
                    }
                }
            }
        }
        self.forge(home(), &datagram);
    }

    /// Something arrives that the client did not send, or not so, or not now.
    fn forge(&mut self, from: TransportAddress, datagram: &[u8]) {
        let in_a_call = self.connected && !self.over;
        let _ = classify(datagram);
        let taken = self.peer.handle_datagram(self.now, from, datagram);
        self.stranger_is_known |= taken && from == stranger();
        self.settle();
        assert!(!(in_a_call && self.over), "a forgery ends no call");
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
        self.peer.handle_timeout(self.now);
        self.client.handle_timeout(self.now);
        self.collect();
        self.settle();
    }

    fn deliver_one(&mut self) {
        if self.on_the_way.is_empty() {
            self.pass(Duration::from_millis(5));
        }
        if let Some(datagram) = self.on_the_way.pop_front() {
            self.peer.handle_datagram(self.now, home(), &datagram);
            self.settle();
        }
    }

    /// Everything arrives, on both sides.
    fn carry(&mut self) {
        self.collect();
        while let Some(datagram) = self.on_the_way.pop_front() {
            self.peer.handle_datagram(self.now, home(), &datagram);
            self.settle();
            self.collect();
        }
    }

    fn collect(&mut self) {
        while let Some((_, datagram)) = self.client.poll_transmit() {
            if self.sent.len() == REMEMBERED {
                self.sent.pop_front();
            }
            self.sent.push_back(datagram.clone());
            self.on_the_way.push_back(datagram);
        }
    }

    /// Takes everything out of the peer, passes packets on, and lets the client read.
    fn settle(&mut self) {
        loop {
            while let Some(event) = self.peer.poll_event() {
                self.act(event);
            }
            self.peer.flush(self.now);
            let Some(transmit) = self.peer.poll_transmit() else {
                return;
            };
            if transmit.destination == home() {
                let contents = &transmit.contents;
                self.client.handle_datagram(self.now, node(), contents);
            }
        }
    }

    fn act(&mut self, event: Event) {
        match event {
            Event::Connected(_) => self.connected = true,
            Event::Lost(LossCause::Failed | LossCause::Closed) => self.over = true,
            Event::Lost(LossCause::Silence) => self.connected = false,
            Event::Packet(packet) => {
                let track = if packet.encoding.is_video() {
                    picture()
                } else {
                    voice()
                };
                let heard = packet.payload.len() % 5 != 4;
                let peer = &mut self.peer;
                self.gate.pass(heard, packet, |packet| {
                    peer.forward(track, packet);
                });
            }
            Event::KeyframeWanted(_, layer) => self.peer.request_keyframe("0", layer),
            Event::Measured(_) | Event::ChannelOpen(_) | Event::ChannelData { .. } => {}
        }
    }
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new().expect("the system has randomness"))
}

fn node() -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 200], 7880))
}

fn home() -> TransportAddress {
    TransportAddress::udp(SocketAddr::from(([10, 0, 0, 1], 4000)))
}

fn stranger() -> TransportAddress {
    TransportAddress::udp(SocketAddr::from(([203, 0, 113, 9], 999)))
}

fn publisher() -> ParticipantSid {
    ParticipantSid::from_random(1)
}

fn voice() -> TrackSid {
    TrackSid::from_random(1)
}

fn picture() -> TrackSid {
    TrackSid::from_random(2)
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let check = [
        0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ];
    let hello = [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0];
    let voice = [0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3];
    let report = [0x80, 200, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0];
    let mut seeds = vec![];
    for stage in [2, 12, 24, 200, 201] {
        for noise in [&check[..], &hello, &voice, &report] {
            let length = u8::try_from(noise.len()).expect("seeds are short");
            let said = [&[stage, 0, length], noise, &[14, 1, length], noise, &[14]];
            seeds.push(said.concat());
        }
    }
    seeds.push(vec![
        200, 8, 1, 0, 0, 3, 1, 2, 3, 14, 9, 2, 0x90, 1, 14, 11, 2, 1, 2, 14,
    ]);
    seeds.push(vec![
        200, 8, 1, 1, 9, 2, 1, 2, 2, 30, 0, 2, 1, 255, 14, 4, 1, 3, 4, 0, 5,
    ]);
    seeds.push(vec![
        200, 10, 0, 3, 1, 2, 3, 1, 2, 8, 8, 14, 12, 1, 14, 7, 200, 14, 12, 0, 14,
    ]);
    seeds.push(vec![
        20, 2, 10, 0, 2, 1, 255, 3, 30, 0, 0, 14, 14, 6, 7, 50, 14,
    ]);
    seeds
}

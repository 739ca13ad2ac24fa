//! A client and a small world around it: peers of a node, their clients, and a clock that the
//! test moves. Nothing sleeps and nothing leaves the process.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "every test file uses its own part of the world"
)]

pub(crate) mod client;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use client::{Client, ClientConfig};
use koeba_peer::{
    Answer, DtlsFloor, DtlsVersion, Engine, Event, LossCause, Peer, PeerConfig, TransportAddress,
};
use koeba_room::{ParticipantSid, TrackKind, TrackSid};

pub(crate) const TICK: Duration = Duration::from_millis(5);

pub(crate) struct Party {
    pub(crate) client: Client,
    pub(crate) peer: Peer,
    pub(crate) sid: ParticipantSid,
    pub(crate) answer: Option<Answer>,
    pub(crate) connected: Option<DtlsVersion>,
    pub(crate) lost: Option<LossCause>,
    pub(crate) channels: Vec<String>,
    /// Section of the client and the track it carries.
    pub(crate) published: BTreeMap<String, TrackSid>,
    pub(crate) received_by_node: usize,
    pub(crate) cut_off: bool,
}

pub(crate) struct World {
    pub(crate) now: Instant,
    engine: Engine,
    pub(crate) parties: Vec<Party>,
    pub(crate) subscriptions: Vec<(TrackSid, usize)>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            now: Instant::now(),
            engine: Engine::new().expect("the system has randomness"),
            parties: Vec::new(),
            subscriptions: Vec::new(),
        }
    }
}

impl World {
    pub(crate) fn join(&mut self, config: ClientConfig, floor: DtlsFloor) -> usize {
        let at = self.parties.len();
        let number = u8::try_from(at + 1).expect("a small world");
        let client = Client::new(address(number), config, self.now);
        let peer_config = PeerConfig::new(u64::from(number), vec![node()], floor);
        let peer = Peer::new(&self.engine, peer_config, self.now).expect("a good address");
        self.parties.push(Party {
            client,
            peer,
            sid: ParticipantSid::from_random(u64::from(number)),
            answer: None,
            connected: None,
            lost: None,
            channels: Vec::new(),
            published: BTreeMap::new(),
            received_by_node: 0,
            cut_off: false,
        });
        at
    }

    /// The client offers and the node answers.
    pub(crate) fn negotiate(&mut self, at: usize) -> Answer {
        let now = self.now;
        let party = &mut self.parties[at];
        let offer = party.client.offer();
        let answer = party.peer.answer(now, &offer).expect("an answer");
        party.client.accept(now, &answer.sdp);
        party.answer = Some(answer.clone());
        answer
    }

    /// Publishes a track and subscribes everybody else, who offer again.
    pub(crate) fn publish(&mut self, at: usize, track: u64) -> TrackSid {
        let track = TrackSid::from_random(track);
        let cid = format!("mic-{track}");
        self.parties[at].client.publish(&cid);
        let answer = self.negotiate(at);
        let section = answer.sections.iter().find(|section| section.cid == cid);
        let mid = section.expect("the new section is reported").mid.clone();
        self.parties[at].published.insert(mid, track);
        for other in 0..self.parties.len() {
            if other != at {
                self.subscribe(other, at, track);
            }
        }
        track
    }

    pub(crate) fn subscribe(&mut self, subscriber: usize, publisher: usize, track: TrackSid) {
        let publisher = self.parties[publisher].sid;
        let party = &mut self.parties[subscriber];
        party.peer.subscribe(publisher, track, TrackKind::Audio);
        party.client.add_slots(party.peer.missing(TrackKind::Audio));
        self.negotiate(subscriber);
        self.subscriptions.push((track, subscriber));
    }

    pub(crate) fn unsubscribe(&mut self, subscriber: usize, track: TrackSid) {
        self.parties[subscriber].peer.unsubscribe(track);
        self.negotiate(subscriber);
        self.subscriptions
            .retain(|&known| known != (track, subscriber));
    }

    pub(crate) fn until(&mut self, what: &str, mut done: impl FnMut(&Self) -> bool) {
        for _ in 0..6_000 {
            if done(self) {
                return;
            }
            self.step(TICK);
        }
        panic!("it never came to this: {what}");
    }

    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.step(TICK);
        }
    }

    pub(crate) fn step(&mut self, time: Duration) {
        self.now += time;
        let now = self.now;
        for party in &mut self.parties {
            party.client.handle_timeout(now);
            party.peer.handle_timeout(now);
        }
        self.exchange();
    }

    /// Carries datagrams and packets until nothing moves.
    pub(crate) fn exchange(&mut self) {
        let now = self.now;
        loop {
            let mut moved = false;
            for party in &mut self.parties {
                while let Some((to, datagram)) = party.client.poll_transmit() {
                    assert_eq!(to, node(), "clients know only the node");
                    if !party.cut_off {
                        let from = TransportAddress::udp(party.client.address);
                        party.peer.handle_datagram(now, from, &datagram);
                        moved = true;
                    }
                }
            }
            self.forward();
            for party in &mut self.parties {
                party.peer.flush(now);
                while let Some(transmit) = party.peer.poll_transmit() {
                    if !party.cut_off && transmit.destination.address == party.client.address {
                        party
                            .client
                            .handle_datagram(now, node(), &transmit.contents);
                        moved = true;
                    }
                }
            }
            if !moved {
                return;
            }
        }
    }

    fn forward(&mut self) {
        for at in 0..self.parties.len() {
            while let Some(event) = self.parties[at].peer.poll_event() {
                let party = &mut self.parties[at];
                match event {
                    Event::Connected(version) => party.connected = Some(version),
                    Event::Lost(cause) => party.lost = Some(cause),
                    Event::ChannelOpen(label) => party.channels.push(label),
                    Event::KeyframeWanted(..) | Event::Measured(_) | Event::ChannelData { .. } => {}
                    Event::Packet(packet) => {
                        party.received_by_node += 1;
                        let Some(&track) = party.published.get(&*packet.mid) else {
                            continue;
                        };
                        for &(of, subscriber) in &self.subscriptions {
                            if of == track {
                                self.parties[subscriber].peer.forward(track, &packet);
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(crate) fn node() -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 200], 7880))
}

fn address(number: u8) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, number], 4000))
}

/// Two connected parties; everything else is up to the test.
pub(crate) fn two() -> World {
    let mut world = World::default();
    for _ in 0..2 {
        let at = world.join(ClientConfig::default(), DtlsFloor::V1_3);
        world.negotiate(at);
    }
    world.until("both are connected", |world| {
        world.parties.iter().all(|party| party.connected.is_some())
    });
    world
}

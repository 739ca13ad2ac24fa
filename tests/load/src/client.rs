//! One client: its sockets around its transport.

use std::io::ErrorKind;
use std::rc::Rc;
use std::time::{Duration, Instant};

use koeba_protocol::proto::{self, signal_request, signal_response};
use tokio::net::UdpSocket;
use tokio::sync::watch;

use crate::board::Board;
use crate::payload;
use crate::run::LoadError;
use crate::signalling::{Signalling, description};
use crate::voice::{Level, Voice};
use crate::wire;

const PACKET_TIME: Duration = Duration::from_millis(20);
const PING_INTERVAL: Duration = Duration::from_secs(5);
const MAX_DATAGRAM: usize = 2_000;
const CID: &str = "microphone";

/// What one client does.
pub(crate) struct Part {
    pub(crate) url: String,
    pub(crate) token: String,
    /// When in each 20 ms it speaks; a listener has none.
    pub(crate) phase: Option<Duration>,
    /// Whether what it sends is a voice and counts, or only the noise of its room.
    pub(crate) loud: bool,
    /// Voices that it hears when everybody is there.
    pub(crate) voices: usize,
    /// Others that hear it.
    pub(crate) listeners: u64,
    pub(crate) payload_bytes: usize,
    pub(crate) board: Rc<Board>,
    /// When all clients count the 20 ms from.
    pub(crate) beat: Instant,
    pub(crate) stop: watch::Receiver<bool>,
}

struct Client {
    part: Part,
    voice: Voice,
    socket: UdpSocket,
    signalling: Signalling,
    /// Number of the latest offer.
    offers: u32,
    /// Another offer is due when the present one is answered.
    wants_offer: bool,
    wants_microphone: bool,
    bound: usize,
    ready: bool,
    next_packet: Option<Instant>,
    next_ping: Instant,
}

impl Part {
    /// Plays the part until it is told to stop.
    pub(crate) async fn play(self) -> Result<(), LoadError> {
        let socket = UdpSocket::bind((wire::local_address(&self.url).await?, 0)).await?;
        let mut voice = Voice::new(socket.local_addr()?, Instant::now())?;
        let offer = voice.offer(None)?;
        let mut signalling = Signalling::join(&self.url, &self.token, offer).await?;
        let speaks = self.phase.is_some();
        if speaks {
            let request = proto::AddTrackRequest {
                cid: CID.to_owned(),
                r#type: proto::TrackType::Audio.into(),
                source: proto::TrackSource::Microphone.into(),
                ..proto::AddTrackRequest::default()
            };
            let message = signal_request::Message::AddTrack(request);
            signalling.say(message).await?;
        }
        let client = Client {
            part: self,
            voice,
            socket,
            signalling,
            offers: 1,
            wants_offer: false,
            wants_microphone: speaks,
            bound: 0,
            ready: false,
            next_packet: None,
            next_ping: Instant::now() + PING_INTERVAL,
        };
        client.run().await
    }
}

impl Client {
    async fn run(mut self) -> Result<(), LoadError> {
        let mut buffer = vec![0; MAX_DATAGRAM];
        loop {
            let due = self.voice.poll_timeout().min(self.next_ping);
            let due = self.next_packet.map_or(due, |packet| due.min(packet));
            tokio::select! {
                readable = self.socket.readable() => {
                    readable?;
                    self.receive(&mut buffer)?;
                }
                () = tokio::time::sleep_until(due.into()) => {}
                message = self.signalling.next() => match message? {
                    Some(message) => self.handle(message)?,
                    None => return Err(LoadError::Closed),
                },
                _ = self.part.stop.changed() => return self.signalling.leave().await,
            }
            self.act().await?;
            if self.voice.is_lost() {
                return Err(LoadError::Lost);
            }
        }
    }

    fn receive(&mut self, buffer: &mut [u8]) -> Result<(), LoadError> {
        loop {
            match self.socket.try_recv_from(buffer) {
                Ok((length, from)) => {
                    let datagram = &buffer[..length];
                    self.voice.handle_datagram(Instant::now(), from, datagram);
                    for payload in self.voice.take_heard() {
                        if let Some(sent_at) = payload::read(&payload) {
                            self.part.board.received(sent_at);
                        }
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn handle(&mut self, message: signal_response::Message) -> Result<(), LoadError> {
        match message {
            signal_response::Message::Answer(answer) => {
                self.voice.accept(Instant::now(), &answer.sdp)?;
                self.bound = answer.mid_to_track_id.len();
            }
            signal_response::Message::MediaSectionsRequirement(wanted) => {
                let count = usize::try_from(wanted.num_audios).unwrap_or(0);
                self.voice.add_slots(count);
                self.wants_offer = true;
            }
            signal_response::Message::TrackPublished(_) => self.wants_offer = true,
            signal_response::Message::Leave(leave) => {
                return Err(LoadError::ToldToLeave(leave.reason));
            }
            signal_response::Message::RequestResponse(response) => {
                return Err(LoadError::Refused(response.message));
            }
            _ => {}
        }
        Ok(())
    }

    async fn act(&mut self) -> Result<(), LoadError> {
        if self.wants_offer && !self.voice.has_offered() {
            self.wants_offer = false;
            let publish = std::mem::take(&mut self.wants_microphone).then_some(CID);
            let offer = self.voice.offer(publish)?;
            self.offers += 1;
            let offer = signal_request::Message::Offer(description(self.offers, offer));
            self.signalling.say(offer).await?;
        }
        let now = Instant::now();
        if now >= self.next_ping {
            self.next_ping = now + PING_INTERVAL;
            let ping = proto::Ping {
                timestamp: i64::try_from(self.part.board.ns(now) / 1_000_000).unwrap_or(0),
                rtt: 0,
            };
            let ping = signal_request::Message::PingReq(ping);
            self.signalling.say(ping).await?;
        }
        if now >= self.voice.poll_timeout() {
            self.voice.handle_timeout(now);
        }
        self.speak();
        self.transmit();
        self.note_readiness();
        Ok(())
    }

    fn speak(&mut self) {
        let Some(phase) = self.part.phase else { return };
        if self.next_packet.is_none() && self.voice.can_speak() {
            self.next_packet = Some(next_beat(self.part.beat + phase, Instant::now()));
        }
        while let Some(due) = self.next_packet {
            let now = Instant::now();
            if now < due {
                return;
            }
            let board = &self.part.board;
            let sent_at = board.now_ns();
            let bytes = self.part.payload_bytes;
            if self.part.loud {
                let payload = payload::write(sent_at, bytes);
                self.voice.speak(now, Level::Voice, payload);
                board.sent(sent_at, board.ns(now) - board.ns(due), self.part.listeners);
            } else {
                self.voice.speak(now, Level::Noise, payload::noise(bytes));
            }
            self.next_packet = Some(due + PACKET_TIME);
        }
    }

    fn transmit(&mut self) {
        while let Some((to, datagram)) = self.voice.poll_transmit() {
            if self.socket.try_send_to(&datagram, to).is_err() {
                self.part.board.send_failed();
            }
        }
    }

    fn note_readiness(&mut self) {
        let speaks = self.part.phase.is_none() || self.next_packet.is_some();
        let hears = self.voice.is_connected() && self.bound >= self.part.voices;
        if !self.ready && speaks && hears {
            self.ready = true;
            self.part.board.one_more_ready();
        }
    }
}

/// The first beat of 20 ms after `now`, counted from `first`.
pub(crate) fn next_beat(first: Instant, now: Instant) -> Instant {
    let behind = now.saturating_duration_since(first);
    let beats = u32::try_from(behind.as_millis() / PACKET_TIME.as_millis()).unwrap_or(u32::MAX);
    first + PACKET_TIME.saturating_mul(beats.saturating_add(1))
}

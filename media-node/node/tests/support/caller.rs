//! One participant: a WebSocket, a UDP socket and the client of the peer's own tests.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use koeba_protocol::proto::{
    AddTrackRequest, ConnectionQuality, DataPacket, LeaveRequest, MuteTrackRequest,
    ParticipantInfo, RequestResponse, SessionDescription, SpeakerInfo, SyncState, TrackInfo,
    TrackPublishedResponse, TrackSource, TrackType, signal_request, signal_response,
};
use koeba_protocol::{JoinRequest, SignalRequest, SignalResponse, encode_join_request};
use prost::Message as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpStream, UdpSocket};
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest as _};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::client::{Client, ClientConfig};
use super::stream::Stream;
use super::{Node, PATIENCE, here};

const MOMENT: Duration = Duration::from_millis(1);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) struct Caller {
    pub(crate) client: Client,
    pub(crate) sid: String,
    /// Everybody else, as told last.
    pub(crate) others: BTreeMap<String, ParticipantInfo>,
    pub(crate) published: BTreeMap<String, TrackInfo>,
    pub(crate) speakers: Vec<SpeakerInfo>,
    /// How well media of whom gets through, as told last.
    pub(crate) qualities: BTreeMap<String, ConnectionQuality>,
    pub(crate) answered: Vec<RequestResponse>,
    pub(crate) left: Option<LeaveRequest>,
    pub(crate) tokens: Vec<String>,
    pub(crate) closed: bool,
    pub(crate) answers: usize,
    /// The session description that came last.
    pub(crate) answer: String,
    pub(crate) offers: u32,
    pub(crate) resumed: bool,
    /// The names of the messages in the order in which they came.
    pub(crate) heard_of: Vec<String>,
    socket: Socket,
    udp: UdpSocket,
    /// In a network that lets nothing else through.
    tcp: Option<Stream>,
    offer_out: bool,
    offer_again: bool,
}

impl Caller {
    pub(crate) async fn join(node: &Node, token: &str) -> Self {
        Self::join_with(node, token, ClientConfig::default()).await
    }

    pub(crate) async fn join_with(node: &Node, token: &str, config: ClientConfig) -> Self {
        let loopback: IpAddr = if config.ipv6 {
            Ipv6Addr::LOCALHOST.into()
        } else {
            Ipv4Addr::LOCALHOST.into()
        };
        let udp = UdpSocket::bind((loopback, 0)).await.expect("a socket");
        let tcp = if config.tcp_only {
            let to = node.handle.media_tcp_addr();
            let to = to.expect("the node takes media over TCP");
            Some(Stream::open(here(to, config.ipv6)).await)
        } else {
            None
        };
        let address = tcp.as_ref().map_or_else(
            || udp.local_addr().expect("it is bound"),
            Stream::local_addr,
        );
        let mut client = Client::new(address, config, Instant::now());
        let offer = client.offer();
        let request = JoinRequest {
            publisher_offer: Some(description(offer, 1)),
            connection_settings: Some(koeba_protocol::proto::ConnectionSettings {
                auto_subscribe: true,
                ..Default::default()
            }),
            ..JoinRequest::default()
        };
        let socket = connect(node.signal_addr(), token, &request).await;
        let mut caller = Self {
            client,
            sid: String::new(),
            others: BTreeMap::new(),
            published: BTreeMap::new(),
            speakers: Vec::new(),
            qualities: BTreeMap::new(),
            answered: Vec::new(),
            left: None,
            tokens: Vec::new(),
            closed: false,
            answers: 0,
            answer: String::new(),
            offers: 1,
            resumed: false,
            heard_of: Vec::new(),
            socket: socket.expect("the token is good"),
            udp,
            tcp,
            offer_out: true,
            offer_again: false,
        };
        caller
            .until("it is let in or refused", |caller| {
                !caller.sid.is_empty() || caller.left.is_some()
            })
            .await;
        caller
    }

    /// Opens another signalling connection for the same participant.
    pub(crate) async fn resume(&mut self, node: &Node, token: &str) -> Result<(), u16> {
        let request = JoinRequest {
            reconnect: true,
            participant_sid: self.sid.clone(),
            ..JoinRequest::default()
        };
        self.socket = connect(node.signal_addr(), token, &request).await?;
        self.closed = false;
        self.left = None;
        self.resumed = false;
        self.offer_out = false;
        self.until("it resumes or is refused", |caller| {
            caller.resumed || caller.left.is_some()
        })
        .await;
        if self.resumed {
            self.client.restart_ice();
            self.negotiate().await;
        }
        Ok(())
    }

    /// Comes back at a node that has taken its room over, with its latest token, and says what it
    /// has. Its transport is a new one, as a browser's is that restarts ICE and meets another
    /// certificate.
    pub(crate) async fn come_over(&mut self, node: &Node) -> Result<(), u16> {
        let token = self.tokens.last().cloned().expect("a token was sent");
        self.come_over_with(node, &token).await
    }

    pub(crate) async fn come_over_with(&mut self, node: &Node, token: &str) -> Result<(), u16> {
        let request = JoinRequest {
            reconnect: true,
            participant_sid: self.sid.clone(),
            ..JoinRequest::default()
        };
        self.socket = connect(node.signal_addr(), token, &request).await?;
        self.closed = false;
        self.left = None;
        self.resumed = false;
        self.until("it resumes or is refused", |caller| {
            caller.resumed || caller.left.is_some()
        })
        .await;
        if !self.resumed {
            return Ok(());
        }
        let address = self.udp.local_addr().expect("it is bound");
        self.client = Client::new(address, ClientConfig::default(), Instant::now());
        let published = self.published.iter();
        let published = published.map(|(cid, track)| TrackPublishedResponse {
            cid: cid.clone(),
            track: Some(track.clone()),
        });
        let state = SyncState {
            publish_tracks: published.collect(),
            ..SyncState::default()
        };
        self.send(signal_request::Message::SyncState(state)).await;
        let cids: Vec<_> = self.published.keys().cloned().collect();
        cids.iter().for_each(|cid| self.client.publish(cid));
        self.offer_out = false;
        self.negotiate().await;
        self.until("media can flow", |caller| caller.client.connected)
            .await;
        Ok(())
    }

    pub(crate) async fn publish(&mut self, cid: &str) -> TrackInfo {
        self.publish_with(cid, |_| {}).await
    }

    pub(crate) async fn publish_with(
        &mut self,
        cid: &str,
        change: impl FnOnce(&mut AddTrackRequest),
    ) -> TrackInfo {
        let mut request = AddTrackRequest {
            cid: cid.to_owned(),
            name: "microphone".to_owned(),
            r#type: TrackType::Audio.into(),
            source: TrackSource::Microphone.into(),
            ..AddTrackRequest::default()
        };
        change(&mut request);
        self.send(signal_request::Message::AddTrack(request)).await;
        self.until("the track is announced", |caller| {
            caller.published.contains_key(cid)
        })
        .await;
        self.client.publish(cid);
        self.negotiate().await;
        self.until("the offer is answered", |caller| !caller.offer_out)
            .await;
        self.published[cid].clone()
    }

    /// Publishes a camera or a screen of 640 by 360 pixels.
    pub(crate) async fn publish_video(&mut self, cid: &str, source: TrackSource) -> TrackInfo {
        self.send(signal_request::Message::AddTrack(AddTrackRequest {
            cid: cid.to_owned(),
            r#type: TrackType::Video.into(),
            source: source.into(),
            width: 640,
            height: 360,
            ..AddTrackRequest::default()
        }))
        .await;
        self.until("the track is announced", |caller| {
            caller.published.contains_key(cid)
        })
        .await;
        self.client.publish_video(cid);
        self.negotiate().await;
        self.until("the offer is answered", |caller| !caller.offer_out)
            .await;
        self.published[cid].clone()
    }

    pub(crate) async fn show(&mut self, cid: &str, picture: &[u8]) {
        self.client.show(Instant::now(), cid, picture);
        self.flush().await;
    }

    pub(crate) async fn request_keyframe(&mut self, mid: &str) {
        self.client.request_keyframe(Instant::now(), mid);
        self.flush().await;
    }

    pub(crate) async fn unpublish(&mut self, cid: &str) {
        self.client.unpublish(cid);
        self.negotiate().await;
    }

    pub(crate) async fn mute(&mut self, track: &str, muted: bool) {
        let sid = track.to_owned();
        self.send(signal_request::Message::Mute(MuteTrackRequest {
            sid,
            muted,
        }))
        .await;
    }

    pub(crate) async fn leave(&mut self) {
        self.send(signal_request::Message::Leave(LeaveRequest::default()))
            .await;
    }

    pub(crate) async fn speak(&mut self, cid: &str) {
        self.client.speak(Instant::now(), cid, b"voice");
        self.flush().await;
    }

    /// Sends a data packet once the channel of this label is open.
    pub(crate) async fn send_data(&mut self, label: &str, packet: &DataPacket) {
        self.until("the channel is open", |caller| {
            caller.client.channels.iter().any(|(_, open)| open == label)
        })
        .await;
        self.client
            .send_data(Instant::now(), label, &packet.encode_to_vec());
        self.flush().await;
    }

    /// The data packets that came, with the labels of their channels.
    pub(crate) fn data(&self) -> Vec<(String, DataPacket)> {
        let data = self.client.data.iter();
        data.map(|(label, message)| {
            let packet = DataPacket::decode(message.as_slice()).expect("a data packet");
            (label.clone(), packet)
        })
        .collect()
    }

    pub(crate) async fn negotiate(&mut self) {
        if self.offer_out {
            self.offer_again = true;
            return;
        }
        self.offer_out = true;
        self.offers += 1;
        let offer = self.client.offer();
        let offer = description(offer, self.offers);
        self.send(signal_request::Message::Offer(offer)).await;
    }

    pub(crate) async fn send(&mut self, message: signal_request::Message) {
        let request = SignalRequest {
            message: Some(message),
        };
        self.send_raw(Message::Binary(request.encode_to_vec().into()))
            .await;
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        // The node may have closed already, which a test then sees.
        let _ = self.socket.send(message).await;
    }

    pub(crate) async fn send_datagram(&mut self, to: SocketAddr, datagram: &[u8]) {
        self.udp
            .send_to(datagram, to)
            .await
            .expect("loopback takes it");
    }

    /// Drops the signalling connection without a word.
    pub(crate) async fn hang_up(&mut self) {
        if let MaybeTlsStream::Plain(stream) = self.socket.get_mut() {
            // It may be gone already.
            let _ = stream.shutdown().await;
        }
        self.closed = true;
    }

    /// Sends the beginning of a frame and drops the connection.
    pub(crate) async fn tear(&mut self) {
        if let MaybeTlsStream::Plain(stream) = self.socket.get_mut() {
            let half = [0x82, 0xfe, 0x01, 0x00, 1, 2, 3, 4, 5, 6];
            stream
                .write_all(&half)
                .await
                .expect("the connection is open");
        }
        self.hang_up().await;
    }

    pub(crate) async fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done(self) {
            assert!(
                Instant::now() < deadline,
                "it never came to this: {what}; {:?}",
                self.heard_of
            );
            self.act().await;
        }
    }

    /// Takes in what is there and sends what is due.
    pub(crate) async fn act(&mut self) {
        if !self.closed {
            let next = tokio::time::timeout(MOMENT, self.socket.next()).await;
            match next {
                Ok(Some(Ok(Message::Binary(bytes)))) => {
                    let response = SignalResponse::decode(bytes).expect("a decodable message");
                    self.handle(response.message.expect("a known message"))
                        .await;
                }
                Ok(Some(Ok(Message::Close(_))) | None | Some(Err(_))) => self.closed = true,
                Ok(Some(Ok(_))) | Err(_) => {}
            }
        } else {
            tokio::task::yield_now().await;
        }
        let mut buffer = [0; 2_048];
        while let Ok((length, from)) = self.udp.try_recv_from(&mut buffer) {
            self.client
                .handle_datagram(Instant::now(), from, &buffer[..length]);
        }
        if let Some(tcp) = &mut self.tcp {
            for datagram in tcp.receive() {
                self.client
                    .handle_datagram(Instant::now(), tcp.to, &datagram);
            }
        }
        self.client.handle_timeout(Instant::now());
        self.flush().await;
    }

    async fn flush(&mut self) {
        while let Some((to, datagram)) = self.client.poll_transmit() {
            if let Some(tcp) = &mut self.tcp {
                tcp.send(&datagram).await;
                continue;
            }
            self.udp
                .send_to(&datagram, to)
                .await
                .expect("loopback takes it");
        }
    }

    async fn handle(&mut self, message: signal_response::Message) {
        use signal_response::Message as M;
        let name = format!("{message:?}");
        let name = name.split('(').next().unwrap_or_default().to_owned();
        self.heard_of.push(name);
        match message {
            M::Join(join) => {
                let me = join.participant.expect("a participant");
                self.sid = me.sid;
                self.take_participants(join.other_participants);
            }
            M::Reconnect(_) => self.resumed = true,
            M::Update(update) => self.take_participants(update.participants),
            M::Answer(answer) => {
                assert_eq!(
                    answer.id, self.offers,
                    "the answer echoes the offer's number"
                );
                self.client.accept(Instant::now(), &answer.sdp);
                self.answers += 1;
                self.answer = answer.sdp;
                self.offer_out = false;
                if std::mem::take(&mut self.offer_again) {
                    Box::pin(self.negotiate()).await;
                }
            }
            M::MediaSectionsRequirement(more) => {
                self.client
                    .add_slots(usize::try_from(more.num_audios).expect("a few"));
                self.client
                    .add_video_slots(usize::try_from(more.num_videos).expect("a few"));
                self.negotiate().await;
            }
            M::TrackPublished(published) => {
                let track = published.track.expect("a track");
                self.published.insert(published.cid, track);
            }
            M::SpeakersChanged(speakers) => self.speakers = speakers.speakers,
            M::ConnectionQuality(update) => {
                for info in update.updates {
                    let quality = info.quality();
                    self.qualities.insert(info.participant_sid, quality);
                }
            }
            M::RefreshToken(token) => self.tokens.push(token),
            M::RequestResponse(answer) => self.answered.push(answer),
            M::Leave(leave) => self.left = Some(leave),
            _ => {}
        }
    }

    fn take_participants(&mut self, participants: Vec<ParticipantInfo>) {
        use koeba_protocol::proto::participant_info::State;
        for participant in participants {
            if participant.sid == self.sid {
                continue;
            }
            if participant.state() == State::Disconnected {
                self.others.remove(&participant.sid);
            } else {
                self.others.insert(participant.sid.clone(), participant);
            }
        }
    }

    /// Whether this caller knows of a track of that participant.
    pub(crate) fn sees_track(&self, sid: &str) -> bool {
        self.others
            .get(sid)
            .is_some_and(|other| !other.tracks.is_empty())
    }
}

/// A WebSocket to the node, or the status with which it refuses.
pub(crate) async fn connect(
    node: SocketAddr,
    token: &str,
    request: &JoinRequest,
) -> Result<Socket, u16> {
    let query = encode_join_request(request);
    let url = format!("ws://{node}/rtc/v1?join_request={query}");
    let mut request = url.into_client_request().expect("a good address");
    let bearer = format!("Bearer {token}")
        .parse()
        .expect("a token is a header");
    request.headers_mut().insert("authorization", bearer);
    match tokio_tungstenite::connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("the node is not there: {error}"),
    }
}

fn description(sdp: String, id: u32) -> SessionDescription {
    SessionDescription {
        r#type: "offer".to_owned(),
        sdp,
        id,
        ..SessionDescription::default()
    }
}

//! Bytes as they come over signalling and data channels: read, told to a room, and everything that
//! the room says about it written again.

use std::time::{Duration, Instant};

use koeba_protocol::proto::{self, signal_request::Message as Asked};
use koeba_protocol::{
    JoinRequest, SignalRequest, SignalResponse, decode_data_packet, decode_frame,
    decode_join_request, encode_frame, encode_join_request,
};
use koeba_room::{
    Input, Join, Message, Output, ParticipantSid, Permission, Restore, Room, RoomConfig, Section,
    TrackKind,
};
use koeba_signal::{
    Arrival, Joiner, Received, Server, arrive, read_data, receive, send, write_data,
};
use prost::Message as _;

use crate::bytes::Bytes;
use crate::witness::Witness;

/// Some day in 2026.
const OPENED_AT_MS: u64 = 1_795_000_000_000;

pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes::new(input);
    let mut line = Line::new();
    for _ in 0..32 {
        if bytes.is_empty() || line.witness.is_over() {
            return;
        }
        line.take(bytes.byte(), &mut bytes);
    }
}

/// A room with two people, who say whatever the input says.
struct Line {
    now: Instant,
    room: Room,
    witness: Witness,
    next_sid: u64,
}

impl Line {
    fn new() -> Self {
        let now = Instant::now();
        let mut config = RoomConfig::new("lobby", 3, now, OPENED_AT_MS);
        config.max_participants = 4;
        config.video = true;
        let mut line = Self {
            now,
            room: Room::new(config),
            witness: Witness::default(),
            next_sid: 1,
        };
        line.arrive(JoinRequest::default());
        line.arrive(JoinRequest::default());
        line.tell(Input::TransportConnected {
            participant: sid(1),
        });
        line
    }

    fn take(&mut self, kind: u8, bytes: &mut Bytes<'_>) {
        let from = sid(1 + u64::from(kind >> 4 & 1));
        match kind & 7 {
            0..=2 => self.frame(from, bytes.some()),
            // One that is longer than a byte can say takes everything that is left.
            3 => self.frame(from, bytes.rest()),
            4 => self.data(from, kind & 8 == 0, bytes.some()),
            5 => {
                if let Ok(request) = JoinRequest::decode(bytes.some()) {
                    self.arrive(request);
                }
            }
            6 => {
                let text = String::from_utf8_lossy(bytes.some()).into_owned();
                if let Ok(request) = decode_join_request(&text) {
                    self.arrive(request);
                }
            }
            _ => {
                self.now += Duration::from_millis(100) * u32::from(bytes.byte());
                self.tell(Input::Timeout);
            }
        }
    }

    fn frame(&mut self, from: ParticipantSid, frame: &[u8]) {
        let Ok(request) = decode_frame(frame) else {
            return;
        };
        match receive(from, request, OPENED_AT_MS) {
            Received::Input(Input::AddTrack {
                participant,
                request,
            }) => {
                // Its section is on offer already, so that it is published if the room allows it.
                let section = Section {
                    mid: "7".to_owned(),
                    cid: request.cid.clone(),
                    kind: TrackKind::Audio,
                    mime_type: "audio/opus".to_owned(),
                };
                self.tell(Input::Sections {
                    participant,
                    sections: vec![section],
                });
                self.tell(Input::AddTrack {
                    participant,
                    request,
                });
            }
            Received::Input(input) => self.tell(input),
            Received::Reply(response) => reads_back(&response),
            Received::Sync(state) => self.tell(Input::Restored {
                participant: from,
                restored: Box::new(state.restored),
            }),
            Received::Offer(_) | Received::Nothing => {}
        }
    }

    fn data(&mut self, from: ParticipantSid, reliable: bool, message: &[u8]) {
        let label = if reliable { "_reliable" } else { "_lossy" };
        if let Some(data) = read_data(label, message.to_vec()) {
            self.tell(Input::Data {
                participant: from,
                data: Box::new(data),
            });
        }
    }

    fn arrive(&mut self, request: JoinRequest) {
        let written = encode_join_request(&request);
        assert_eq!(decode_join_request(&written), Ok(request.clone()));
        let joiner = Joiner {
            sid: sid(self.next_sid),
            identity: format!("user-{}", self.next_sid),
            name: String::new(),
            metadata: String::new(),
            attributes: [].into(),
            permission: Permission {
                can_update_metadata: true,
                ..Permission::default()
            },
        };
        match arrive(request, joiner) {
            Arrival::Join { join, .. } => {
                self.next_sid += 1;
                self.tell(Input::Join(join));
            }
            Arrival::Resume {
                participant, join, ..
            } => {
                let known = participant.filter(|sid| self.room.can_resume(*sid, "user-1"));
                if let Some(participant) = known {
                    self.tell(Input::Resume { participant });
                } else if self.room.can_restore() {
                    // A token would have proved the sid: it is one that nobody has.
                    self.next_sid += 1;
                    let join = Join {
                        sid: sid(self.next_sid),
                        ..*join
                    };
                    self.tell(Input::Restore(Box::new(Restore {
                        join,
                        joined_at_ms: OPENED_AT_MS,
                        silenced: Vec::new(),
                    })));
                    self.next_sid += 1;
                }
            }
        }
    }

    fn tell(&mut self, input: Input) {
        self.room.handle(self.now, input);
        for output in self.witness.watch(self.now, &mut self.room) {
            match output {
                Output::Send { message, .. } => written(&message),
                Output::Data {
                    from,
                    identity,
                    data,
                    ..
                } => {
                    let (label, stamped) = write_data(from, &identity, &data);
                    assert!(matches!(label, "_reliable" | "_lossy"));
                    let read = decode_data_packet(&stamped).expect("it is still a packet");
                    assert_eq!(read.participant_sid, from.to_string());
                    assert_eq!(read.participant_identity, identity);
                }
                _ => {}
            }
        }
    }
}

fn written(message: &Message) {
    let server = Server {
        node_id: "node-1".to_owned(),
        region: String::new(),
    };
    reads_back(&send(&server, message));
}

fn reads_back(response: &SignalResponse) {
    let frame = encode_frame(response);
    assert_eq!(SignalResponse::decode(&*frame).as_ref(), Ok(response));
}

fn sid(number: u64) -> ParticipantSid {
    ParticipantSid::from_random(number)
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let microphone = proto::AddTrackRequest {
        cid: "mic".to_owned(),
        source: proto::TrackSource::Microphone.into(),
        ..proto::AddTrackRequest::default()
    };
    let asked = [
        Asked::AddTrack(microphone.clone()),
        Asked::Ping(1),
        Asked::PingReq(proto::Ping {
            timestamp: 1,
            rtt: 2,
        }),
        Asked::Offer(proto::SessionDescription {
            sdp: "v=0\r\n".to_owned(),
            ..proto::SessionDescription::default()
        }),
        Asked::Mute(proto::MuteTrackRequest {
            sid: "TR_0000000000000".to_owned(),
            muted: true,
        }),
        Asked::UpdateMetadata(proto::UpdateParticipantMetadata {
            name: "Ann".to_owned(),
            attributes: [("a".to_owned(), "b".to_owned())].into(),
            ..proto::UpdateParticipantMetadata::default()
        }),
        Asked::Subscription(proto::UpdateSubscription {
            track_sids: vec!["TR_0000000000000".to_owned()],
            subscribe: true,
            ..proto::UpdateSubscription::default()
        }),
        Asked::TrackSetting(proto::UpdateTrackSettings {
            track_sids: vec!["TR_0000000000000".to_owned()],
            disabled: true,
            ..proto::UpdateTrackSettings::default()
        }),
        Asked::SubscriptionPermission(proto::SubscriptionPermission {
            track_permissions: vec![proto::TrackPermission {
                participant_sid: sid(2).to_string(),
                all_tracks: true,
                ..proto::TrackPermission::default()
            }],
            ..proto::SubscriptionPermission::default()
        }),
        Asked::Leave(proto::LeaveRequest::default()),
    ];
    let frames = asked.map(|message| {
        SignalRequest {
            message: Some(message),
        }
        .encode_to_vec()
    });
    let data = proto::DataPacket {
        sequence: 1,
        destination_identities: vec!["user-2".to_owned()],
        value: Some(proto::data_packet::Value::User(proto::UserPacket {
            payload: b"hello".to_vec(),
            ..proto::UserPacket::default()
        })),
        ..proto::DataPacket::default()
    };
    let joining = JoinRequest {
        add_track_requests: vec![microphone],
        metadata: "m".to_owned(),
        ..JoinRequest::default()
    };
    let resuming = JoinRequest {
        reconnect: true,
        participant_sid: sid(1).to_string(),
        ..JoinRequest::default()
    };
    let call = [one(0, &frames[0]), one(0x10, &frames[0]), vec![7, 20]].concat();
    let mut seeds: Vec<_> = frames
        .iter()
        .map(|frame| [&call[..], &one(0, frame)].concat())
        .collect();
    seeds.push(one(4, &data.encode_to_vec()));
    seeds.push(one(12, &data.encode_to_vec()));
    seeds.push(one(5, &joining.encode_to_vec()));
    seeds.push(one(5, &resuming.encode_to_vec()));
    seeds.push(one(6, encode_join_request(&joining).as_bytes()));
    seeds
}

/// One part of an input.
fn one(kind: u8, part: &[u8]) -> Vec<u8> {
    let length = u8::try_from(part.len()).expect("seeds are short");
    [&[kind, length], part].concat()
}

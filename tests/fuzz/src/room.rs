//! Any order of whatever can happen to a room.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use koeba_room::{
    AudioObservation, ClientTraits, Close, Data, DataLimits, Delivery, Input, Join, Layer,
    LeaveAction, LeaveReason, Order, ParticipantSid, Permission, PictureObservation, PictureSize,
    ProfileChange, Quality, Restore, Restored, Room, RoomConfig, RosterEntry, Section,
    SubscriptionChange, SubscriptionRule, TrackInfo, TrackKind, TrackRequest, TrackSettings,
    TrackSid, TrackSource, Trusted,
};

use crate::bytes::Bytes;
use crate::witness::Witness;

/// Some day in 2026.
const OPENED_AT_MS: u64 = 1_795_000_000_000;
/// People who come and go.
const PEOPLE: usize = 6;
/// Steps in one input.
const STEPS: usize = 300;
const NAMES: [&str; 4] = ["0", "1", "2", ""];
const SOURCES: [TrackSource; 5] = [
    TrackSource::Unknown,
    TrackSource::Camera,
    TrackSource::Microphone,
    TrackSource::ScreenShare,
    TrackSource::ScreenShareAudio,
];

pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes::new(input);
    let mut story = Story::new(&mut bytes);
    for _ in 0..STEPS {
        if bytes.is_empty() || story.witness.is_over() {
            break;
        }
        story.step(&mut bytes);
    }
}

struct Story {
    now: Instant,
    room: Room,
    witness: Witness,
    /// The latest connection of each of the people.
    latest: [ParticipantSid; PEOPLE],
    next_sid: u64,
}

impl Story {
    fn new(bytes: &mut Bytes<'_>) -> Self {
        let now = Instant::now();
        let mut config = RoomConfig::new("lobby", u64::from(bytes.byte()), now, OPENED_AT_MS);
        config.max_participants = 1 + bytes.below(PEOPLE);
        config.max_tracks = 1 + bytes.below(4);
        config.loudest = bytes.below(3);
        config.video = bytes.flag();
        config.data = DataLimits {
            message_bytes: 64,
            bytes_per_second: 200,
            messages_per_second: 4,
        };
        Self {
            now,
            room: Room::new(config),
            witness: Witness::default(),
            latest: [ParticipantSid::from_random(0); PEOPLE],
            next_sid: 1,
        }
    }

    fn step(&mut self, bytes: &mut Bytes<'_>) {
        match bytes.below(24) {
            0..=2 => self.pass(bytes),
            3 => self.packets(bytes),
            4 => self.order(bytes),
            kind => {
                let input = self.input(kind, bytes);
                self.room.handle(self.now, input);
            }
        }
        self.witness.watch(self.now, &mut self.room);
    }

    /// Lets time pass, waking the room whenever it asked for it.
    fn pass(&mut self, bytes: &mut Bytes<'_>) {
        let end = self.now + Duration::from_millis(bytes.number().into());
        while let Some(due) = self.room.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.room.handle(self.now, Input::Timeout);
            self.witness.watch(self.now, &mut self.room);
        }
        self.now = end;
    }

    /// Packets of a track: every question of the packet path.
    fn packets(&mut self, bytes: &mut Bytes<'_>) {
        let track = self.track(bytes);
        let level = bytes.byte();
        for number in 0..1 + u32::from(bytes.byte() & 31) {
            self.now += Duration::from_millis(20);
            let observation = AudioObservation {
                rtp_timestamp: number.wrapping_mul(u32::from(bytes.byte()) << 6),
                level,
            };
            self.room.observe_audio(self.now, track, observation);
            self.room
                .is_heard(self.now, track, (level & 1 == 0).then_some(level >> 1));
            let observation = PictureObservation {
                layer: Layer::from_index(usize::from(level & 3)),
                bytes: usize::from(level) << 8,
                ends_picture: level & 4 == 0,
            };
            self.room.observe_video(self.now, track, observation);
        }
        self.room
            .want_keyframe(self.now, track, Layer::from_index(usize::from(level & 3)));
        let _ = self.room.origin(track);
    }

    fn order(&mut self, bytes: &mut Bytes<'_>) {
        let participant = self.who(bytes);
        let order = match bytes.below(4) {
            0 => Order::Mute {
                participant,
                track: self.track(bytes),
                muted: bytes.flag(),
            },
            1 => Order::Update {
                participant,
                change: Box::new(profile(bytes)),
                permission: bytes.flag().then(|| Box::new(permission(bytes))),
            },
            2 => Order::Subscribe {
                participant,
                change: self.choice(bytes),
            },
            _ => Order::SetMetadata(text(bytes)),
        };
        // Refused or not, the room has to stay whole.
        let _ = self.room.administer(self.now, order);
    }

    fn input(&mut self, kind: usize, bytes: &mut Bytes<'_>) -> Input {
        if kind < 8 {
            return self.join(bytes);
        }
        let participant = self.who(bytes);
        match kind {
            8 => Input::Resume { participant },
            9 => Input::SignalLost { participant },
            10 => Input::Leave { participant },
            11 | 12 => Input::TransportConnected { participant },
            13 => Input::TransportLost { participant },
            14 | 15 => Input::AddTrack {
                participant,
                request: Box::new(request(bytes)),
            },
            16 | 17 => Input::Sections {
                participant,
                sections: (0..bytes.below(5)).map(|_| section(bytes)).collect(),
            },
            18 => Input::Mute {
                participant,
                track: self.track(bytes),
                muted: bytes.flag(),
            },
            19 => Input::Subscribe {
                participant,
                change: self.choice(bytes),
            },
            20 => match bytes.below(3) {
                0 => Input::TrackSettings {
                    participant,
                    tracks: (0..bytes.below(4)).map(|_| self.track(bytes)).collect(),
                    settings: settings(bytes),
                },
                1 => Input::AllowSubscribers {
                    participant,
                    rule: self.rule(bytes),
                },
                _ => Input::ChangeProfile {
                    participant,
                    change: Box::new(profile(bytes)),
                },
            },
            21 => Input::Data {
                participant,
                data: Box::new(self.data(bytes)),
            },
            22 => Input::QualityMeasured {
                participant,
                quality: bytes.one_of(&[Quality::Poor, Quality::Good, Quality::Excellent]),
                lost_per_mille: u16::from(bytes.byte()) * 4,
            },
            _ => self.rare_input(participant, bytes),
        }
    }

    fn rare_input(&mut self, participant: ParticipantSid, bytes: &mut Bytes<'_>) -> Input {
        match bytes.below(8) {
            0 => Input::Close(Close {
                reason: LeaveReason::RoomDeleted,
                action: LeaveAction::Disconnect,
            }),
            1 => Input::HandOver,
            2 => {
                let sid = ParticipantSid::from_random(self.next_sid);
                self.next_sid += 1;
                Input::Expect(vec![RosterEntry {
                    sid,
                    identity: format!("user-{}", bytes.below(PEOPLE)),
                    name: text(bytes),
                    joined_at_ms: 0,
                }])
            }
            3 | 4 => match self.join(bytes) {
                Input::Join(join) => Input::Restore(Box::new(Restore {
                    join: *join,
                    joined_at_ms: 0,
                    silenced: Vec::new(),
                })),
                other => other,
            },
            5 => Input::Restored {
                participant,
                restored: Box::new(Restored {
                    tracks: (0..bytes.below(4)).map(|_| self.published(bytes)).collect(),
                    choices: vec![(self.track(bytes), bytes.flag())],
                    paused: vec![self.track(bytes)],
                }),
            },
            _ => Input::Remove {
                participant,
                reason: LeaveReason::ParticipantRemoved,
            },
        }
    }

    fn published(&self, bytes: &mut Bytes<'_>) -> TrackInfo {
        let sid = if bytes.flag() {
            self.track(bytes)
        } else {
            TrackSid::from_random(u64::from(bytes.byte()))
        };
        TrackInfo {
            sid,
            request: request(bytes),
            mime_type: String::new(),
            mid: String::new(),
        }
    }

    fn join(&mut self, bytes: &mut Bytes<'_>) -> Input {
        let sid = ParticipantSid::from_random(self.next_sid);
        self.next_sid += 1;
        let who = bytes.below(PEOPLE);
        self.latest[who] = sid;
        Input::Join(Box::new(Join {
            sid,
            identity: format!("user-{who}"),
            name: text(bytes),
            metadata: String::new(),
            attributes: BTreeMap::new(),
            permission: permission(bytes),
            client: ClientTraits::default(),
            auto_subscribe: bytes.flag(),
            tracks: (0..bytes.below(3)).map(|_| request(bytes)).collect(),
        }))
    }

    fn who(&self, bytes: &mut Bytes<'_>) -> ParticipantSid {
        bytes.one_of(&self.latest)
    }

    fn track(&self, bytes: &mut Bytes<'_>) -> TrackSid {
        let which = bytes.below(self.witness.tracks.len() + 1);
        let track = self.witness.tracks.get(which).copied();
        track.unwrap_or(TrackSid::from_random(0))
    }

    fn choice(&self, bytes: &mut Bytes<'_>) -> SubscriptionChange {
        let tracks = (0..bytes.below(4)).map(|_| match bytes.below(8) {
            0 => text(bytes),
            _ => self.track(bytes).to_string(),
        });
        SubscriptionChange {
            tracks: tracks.collect(),
            subscribe: bytes.flag(),
        }
    }

    fn rule(&self, bytes: &mut Bytes<'_>) -> SubscriptionRule {
        if bytes.flag() {
            return SubscriptionRule::Everybody;
        }
        let trusted = (0..bytes.below(3)).map(|_| Trusted {
            sid: if bytes.flag() {
                self.who(bytes).to_string()
            } else {
                String::new()
            },
            identity: format!("user-{}", bytes.below(PEOPLE)),
            tracks: bytes
                .flag()
                .then(|| (0..bytes.below(3)).map(|_| self.track(bytes)).collect()),
        });
        SubscriptionRule::Only(trusted.collect())
    }

    fn data(&self, bytes: &mut Bytes<'_>) -> Data {
        Data {
            delivery: bytes.one_of(&[Delivery::Reliable, Delivery::Lossy]),
            sequence: u32::from(bytes.byte()),
            identities: (0..bytes.below(3))
                .map(|_| format!("user-{}", bytes.below(PEOPLE)))
                .collect(),
            sids: (0..bytes.below(3))
                .map(|_| self.who(bytes).to_string())
                .collect(),
            forbidden: bytes.below(8) == 0,
            message: bytes.some().into(),
        }
    }
}

fn permission(bytes: &mut Bytes<'_>) -> Permission {
    let flags = bytes.byte();
    let sources = if flags & 32 == 0 { 0 } else { bytes.below(3) };
    Permission {
        can_subscribe: flags & 1 == 0,
        can_publish: flags & 2 == 0,
        can_publish_data: flags & 4 == 0,
        can_update_metadata: flags & 8 == 0,
        hidden: flags & 16 != 0,
        can_publish_sources: (0..sources).map(|_| bytes.one_of(&SOURCES)).collect(),
    }
}

fn profile(bytes: &mut Bytes<'_>) -> ProfileChange {
    ProfileChange {
        request_id: u32::from(bytes.byte()),
        name: text(bytes),
        metadata: text(bytes),
        attributes: (0..bytes.below(3))
            .map(|_| (text(bytes), text(bytes)))
            .collect(),
    }
}

fn request(bytes: &mut Bytes<'_>) -> TrackRequest {
    let kind = bytes.one_of(&[TrackKind::Audio, TrackKind::Video]);
    let source = bytes.one_of(&SOURCES);
    let cid = bytes.one_of(&NAMES);
    let mut request = TrackRequest::new(cid, kind, source);
    request.muted = bytes.flag();
    request.disable_red = bytes.flag();
    request
}

fn settings(bytes: &mut Bytes<'_>) -> TrackSettings {
    TrackSettings {
        paused: bytes.flag(),
        size: if bytes.flag() {
            PictureSize::Layer(Layer::from_index(bytes.below(4)))
        } else {
            PictureSize::Pixels {
                width: u32::from(bytes.byte()) << 24,
                height: u32::from(bytes.byte()) << 4,
            }
        },
    }
}

fn section(bytes: &mut Bytes<'_>) -> Section {
    Section {
        mid: bytes.one_of(&NAMES).to_owned(),
        cid: bytes.one_of(&NAMES).to_owned(),
        kind: bytes.one_of(&[TrackKind::Audio, TrackKind::Video]),
        mime_type: "audio/opus".to_owned(),
    }
}

/// Short, empty, or longer than anything allows.
fn text(bytes: &mut Bytes<'_>) -> String {
    match bytes.byte() {
        255 => "long".repeat(20_000),
        length => "x".repeat(usize::from(length & 7)),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let limits = [1, 5, 3, 2, 1];
    let join = |who: u8| [5, who, 3, 0, 1, 0];
    let connected = |who: u8| [11, who];
    let publish = |who: u8| [14, who, 0, 2, who, 0, 0, 16, who, 1, who, who, 0];
    let call: Vec<u8> = limits
        .into_iter()
        .chain((0..3).flat_map(join))
        .chain((0..3).flat_map(connected))
        .chain((0..2).flat_map(publish))
        .collect();
    let with = |steps: &[u8]| [&call[..], steps].concat();
    vec![
        call.clone(),
        with(&[3, 0, 10, 31, 9, 9, 9, 0, 0, 8, 18, 0, 0, 1]),
        with(&[4, 0, 0, 0, 1, 4, 1, 1, 0, 1, 1, 0, 1, 3]),
        with(&[9, 0, 0, 200, 0, 8, 0, 13, 1, 0, 255, 255]),
        with(&[21, 0, 0, 1, 0, 0, 1, 5, 1, 2, 3, 4, 5, 20, 1, 1, 0, 1, 0]),
        with(&[23, 0, 1, 10, 1, 23, 2, 8]),
    ]
}

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use koeba_protocol::proto::signal_request::Message as Asked;
use koeba_protocol::proto::signal_response::Message as Told;
use koeba_protocol::{JoinRequest, SignalRequest, SignalResponse, proto};
use koeba_room::{
    AudioObservation, Input, Output, ParticipantSid, Permission, Room, RoomConfig, Section,
    TrackKind, TrackSid,
};
use koeba_signal::{Arrival, Joiner, Received, Server, arrive, receive, send};

pub(crate) const OPENED_AT_MS: u64 = 1_795_000_000_123;

/// A room and everything that each participant was told, as it goes over the wire.
pub(crate) struct Call {
    now: Instant,
    pub(crate) room: Room,
    pub(crate) told: BTreeMap<ParticipantSid, Vec<SignalResponse>>,
    next_sid: u64,
}

impl Call {
    pub(crate) fn new() -> Self {
        Self::opened_at(OPENED_AT_MS)
    }

    pub(crate) fn opened_at(ms: u64) -> Self {
        let now = Instant::now();
        Self {
            now,
            room: Room::new(RoomConfig::new("lobby", 3, now, ms)),
            told: BTreeMap::new(),
            next_sid: 1,
        }
    }

    pub(crate) fn handle(&mut self, input: Input) {
        self.room.handle(self.now, input);
        while let Some(output) = self.room.poll_output() {
            if let Output::Send { to, message } = output {
                let response = send(&server(), &message);
                for sid in to {
                    self.told.entry(sid).or_default().push(response.clone());
                }
            }
        }
    }

    pub(crate) fn join(&mut self, identity: &str) -> ParticipantSid {
        self.join_as(identity, |_| {})
    }

    pub(crate) fn join_as(
        &mut self,
        identity: &str,
        change: impl FnOnce(&mut Joiner),
    ) -> ParticipantSid {
        let mut joiner = joiner(self.next_sid, identity);
        self.next_sid += 1;
        change(&mut joiner);
        let sid = joiner.sid;
        let Arrival::Join { join, .. } = arrive(JoinRequest::default(), joiner) else {
            panic!("not a reconnect");
        };
        self.handle(Input::Join(join));
        sid
    }

    pub(crate) fn joined(&mut self, identity: &str) -> proto::JoinResponse {
        let sid = self.join(identity);
        self.joined_of(sid)
    }

    pub(crate) fn joined_of(&self, sid: ParticipantSid) -> proto::JoinResponse {
        match self.told(sid).swap_remove(0) {
            Told::Join(join) => join,
            other => panic!("join comes first, not {other:?}"),
        }
    }

    pub(crate) fn ask(&mut self, sid: ParticipantSid, message: Asked) {
        match receive(sid, asked(message), OPENED_AT_MS) {
            Received::Input(input) => self.handle(input),
            other => panic!("for the room, not {other:?}"),
        }
    }

    pub(crate) fn publish(&mut self, sid: ParticipantSid) -> TrackSid {
        self.ask(sid, Asked::AddTrack(add_track("mic")));
        self.sections(
            sid,
            vec![Section {
                mid: "7".into(),
                cid: "mic".into(),
                kind: TrackKind::Audio,
                mime_type: "audio/opus".into(),
            }],
        );
        self.room.track_at(sid, "7").expect("published")
    }

    pub(crate) fn sections(&mut self, participant: ParticipantSid, sections: Vec<Section>) {
        self.handle(Input::Sections {
            participant,
            sections,
        });
    }

    pub(crate) fn speak(&mut self, track: TrackSid) {
        for step in 0..100 {
            self.now += Duration::from_millis(20);
            let observation = AudioObservation {
                rtp_timestamp: step * 960,
                level: 6,
            };
            self.room.observe_audio(self.now, track, observation);
        }
        self.handle(Input::Timeout);
    }

    pub(crate) fn told(&self, sid: ParticipantSid) -> Vec<Told> {
        let told = self.told.get(&sid).into_iter().flatten();
        let told = told.map(|response| response.message.clone().expect("never empty"));
        told.collect()
    }

    pub(crate) fn updates_of(
        &self,
        of: ParticipantSid,
        to: ParticipantSid,
    ) -> Vec<proto::ParticipantInfo> {
        let updates = self.told(to).into_iter().filter_map(|told| match told {
            Told::Update(update) => Some(update.participants),
            _ => None,
        });
        let of = of.to_string();
        let infos = updates.flatten();
        infos.filter(|info| info.sid == of).collect()
    }
}

pub(crate) fn joiner(sid: u64, identity: &str) -> Joiner {
    Joiner {
        sid: ParticipantSid::from_random(sid),
        identity: identity.to_owned(),
        name: identity.to_owned(),
        metadata: String::new(),
        attributes: BTreeMap::new(),
        permission: Permission::default(),
    }
}

pub(crate) fn add_track(cid: &str) -> proto::AddTrackRequest {
    proto::AddTrackRequest {
        cid: cid.to_owned(),
        r#type: proto::TrackType::Audio.into(),
        source: proto::TrackSource::Microphone.into(),
        ..proto::AddTrackRequest::default()
    }
}

pub(crate) fn asked(message: Asked) -> SignalRequest {
    SignalRequest {
        message: Some(message),
    }
}

pub(crate) fn replied(received: Received) -> Told {
    match received {
        Received::Reply(response) => response.message.expect("never empty"),
        other => panic!("replied to at once, not {other:?}"),
    }
}

pub(crate) fn server() -> Server {
    Server {
        node_id: "node-1".into(),
        region: String::new(),
    }
}

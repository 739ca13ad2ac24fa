//! A room on a clock that the test moves, and everything that came out of it.

use std::time::{Duration, Instant};

use koeba_room::{
    AudioObservation, ClientTraits, Input, Join, Message, Output, ParticipantInfo, ParticipantSid,
    Permission, Room, RoomConfig, Section, SubscriptionChange, TrackKind, TrackRequest, TrackSid,
    TrackSource,
};

/// Some day in 2026, after the origin of versions.
pub(crate) const OPENED_AT_MS: u64 = 1_795_000_000_000;

pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) room: Room,
    pub(crate) outputs: Vec<Output>,
    next_sid: u64,
    timestamp: u32,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut RoomConfig)) -> Self {
        let now = Instant::now();
        let mut config = RoomConfig::new("lobby", 42, now, OPENED_AT_MS);
        change(&mut config);
        Self {
            now,
            room: Room::new(config),
            outputs: Vec::new(),
            next_sid: 1,
            timestamp: 0,
        }
    }

    /// Hands an input in and returns what came of it.
    pub(crate) fn handle(&mut self, input: Input) -> Vec<Output> {
        self.room.handle(self.now, input);
        let new: Vec<_> = std::iter::from_fn(|| self.room.poll_output()).collect();
        self.outputs.extend(new.iter().cloned());
        new
    }

    /// Lets time pass, waking the room whenever it asked for it.
    pub(crate) fn pass(&mut self, time: Duration) -> Vec<Output> {
        let end = self.now + time;
        let mut all = Vec::new();
        while let Some(due) = self.room.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            all.extend(self.handle(Input::Timeout));
        }
        self.now = end;
        all
    }

    pub(crate) fn join(&mut self, identity: &str) -> ParticipantSid {
        self.join_with(identity, |_| {}).0
    }

    pub(crate) fn join_with(
        &mut self,
        identity: &str,
        change: impl FnOnce(&mut Join),
    ) -> (ParticipantSid, Vec<Output>) {
        let sid = ParticipantSid::from_random(self.next_sid);
        self.next_sid += 1;
        let mut join = joining(sid, identity);
        change(&mut join);
        let outputs = self.handle(Input::Join(Box::new(join)));
        (sid, outputs)
    }

    /// Joins and brings media up.
    pub(crate) fn enter(&mut self, identity: &str) -> ParticipantSid {
        let sid = self.join(identity);
        self.handle(Input::TransportConnected { participant: sid });
        sid
    }

    /// Publishes a microphone in section `mid`, beside what is already published.
    pub(crate) fn publish(&mut self, participant: ParticipantSid, mid: &str) -> TrackSid {
        let cid = format!("cid-{participant}-{mid}");
        self.add_track(participant, &cid);
        let mut sections = self.sections(participant);
        sections.push(section(mid, &cid));
        self.handle(Input::Sections {
            participant,
            sections,
        });
        self.room
            .track_at(participant, mid)
            .expect("the section was offered and the track asked for")
    }

    pub(crate) fn add_track(&mut self, participant: ParticipantSid, cid: &str) -> Vec<Output> {
        self.handle(Input::AddTrack {
            participant,
            request: Box::new(microphone(cid)),
        })
    }

    /// The sections that carry what a participant publishes.
    pub(crate) fn sections(&self, participant: ParticipantSid) -> Vec<Section> {
        let told = self.told_about(participant);
        let tracks = told.map(|info| info.tracks.clone()).unwrap_or_default();
        tracks
            .iter()
            .map(|track| section(&track.mid, &track.request.cid))
            .collect()
    }

    /// The latest that anybody was told about a participant.
    pub(crate) fn told_about(&self, participant: ParticipantSid) -> Option<ParticipantInfo> {
        let told = self.outputs.iter().rev().filter_map(message);
        let mut infos = told.filter_map(|message| match message {
            Message::Participants(infos) => infos.iter().find(|info| info.sid == participant),
            _ => None,
        });
        infos.next().map(|info| info.as_ref().clone())
    }

    pub(crate) fn mute(
        &mut self,
        participant: ParticipantSid,
        track: TrackSid,
        muted: bool,
    ) -> Vec<Output> {
        self.handle(Input::Mute {
            participant,
            track,
            muted,
        })
    }

    pub(crate) fn subscribe(
        &mut self,
        participant: ParticipantSid,
        track: TrackSid,
        subscribe: bool,
    ) -> Vec<Output> {
        self.handle(Input::Subscribe {
            participant,
            change: SubscriptionChange {
                tracks: vec![track.to_string()],
                subscribe,
            },
        })
    }

    /// Twenty milliseconds of voice at a time, at `level` dB below overload.
    pub(crate) fn speak(&mut self, track: TrackSid, level: u8, time: Duration) -> Vec<Output> {
        let mut all = Vec::new();
        for _ in 0..time.as_millis() / 20 {
            all.extend(self.pass(Duration::from_millis(20)));
            self.timestamp = self.timestamp.wrapping_add(960);
            let rtp_timestamp = self.timestamp;
            let observation = AudioObservation {
                rtp_timestamp,
                level,
            };
            self.room.observe_audio(self.now, track, observation);
        }
        all
    }
}

pub(crate) fn joining(sid: ParticipantSid, identity: &str) -> Join {
    Join {
        sid,
        identity: identity.to_owned(),
        name: identity.to_uppercase(),
        metadata: String::new(),
        attributes: [].into(),
        permission: Permission::default(),
        client: ClientTraits::default(),
        auto_subscribe: true,
        tracks: Vec::new(),
    }
}

pub(crate) fn microphone(cid: &str) -> TrackRequest {
    TrackRequest::new(cid, TrackKind::Audio, TrackSource::Microphone)
}

pub(crate) fn section(mid: &str, cid: &str) -> Section {
    Section {
        mid: mid.to_owned(),
        cid: cid.to_owned(),
        kind: TrackKind::Audio,
        mime_type: "audio/opus".to_owned(),
    }
}

pub(crate) fn message(output: &Output) -> Option<&Message> {
    match output {
        Output::Send { message, .. } => Some(message),
        _ => None,
    }
}

/// What one participant was sent, in order.
pub(crate) fn sent_to(outputs: &[Output], participant: ParticipantSid) -> Vec<&Message> {
    let sent = outputs.iter().filter_map(|output| match output {
        Output::Send { to, message } if to.contains(&participant) => Some(message),
        _ => None,
    });
    sent.collect()
}

/// The subscriptions that began, as subscriber and track.
pub(crate) fn subscribed(outputs: &[Output]) -> Vec<(ParticipantSid, TrackSid)> {
    let began = outputs.iter().filter_map(|output| match output {
        Output::Subscribed(subscription) => Some((subscription.subscriber, subscription.track)),
        _ => None,
    });
    began.collect()
}

/// The subscriptions that ended, as subscriber and track.
pub(crate) fn unsubscribed(outputs: &[Output]) -> Vec<(ParticipantSid, TrackSid)> {
    let ended = outputs.iter().filter_map(|output| match output {
        Output::Unsubscribed { subscriber, track } => Some((*subscriber, *track)),
        _ => None,
    });
    ended.collect()
}

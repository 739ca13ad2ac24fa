//! Any order of inputs: the room never panics and agrees with a model that is too simple to be
//! wrong. The model keeps what was said and works out the answer from scratch each time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::world::{World, joining, microphone, section};
use koeba_room::{
    Close, Input, LeaveAction, LeaveReason, Message, Output, ParticipantSid, Permission, Section,
    TrackKind, TrackSettings, TrackSid, TrackSource,
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Join {
        who: u8,
        auto: bool,
        can_publish: bool,
        can_subscribe: bool,
        hidden: bool,
    },
    Leave(u8),
    SignalLost(u8),
    Resume(u8),
    Connected(u8),
    Lost(u8),
    AddTrack(u8, u8),
    Offer(u8, Vec<u8>),
    Mute(u8, u8, bool),
    Subscribe(u8, u8, bool),
    Pause(u8, u8, bool),
    Pass(u16),
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..5_u8;
    let mid = 0..3_u8;
    prop_oneof![
        4 => (who.clone(), any::<bool>(), prop::bool::weighted(0.8), prop::bool::weighted(0.8), prop::bool::weighted(0.1))
            .prop_map(|(who, auto, can_publish, can_subscribe, hidden)| Step::Join { who, auto, can_publish, can_subscribe, hidden }),
        1 => who.clone().prop_map(Step::Leave),
        1 => who.clone().prop_map(Step::SignalLost),
        1 => who.clone().prop_map(Step::Resume),
        3 => who.clone().prop_map(Step::Connected),
        1 => who.clone().prop_map(Step::Lost),
        4 => (who.clone(), mid.clone()).prop_map(|(who, mid)| Step::AddTrack(who, mid)),
        4 => (who.clone(), prop::collection::vec(mid, 0..4)).prop_map(|(who, mids)| Step::Offer(who, mids)),
        2 => (who.clone(), any::<u8>(), any::<bool>()).prop_map(|(who, track, muted)| Step::Mute(who, track, muted)),
        2 => (who.clone(), any::<u8>(), any::<bool>()).prop_map(|(who, track, on)| Step::Subscribe(who, track, on)),
        1 => (who, any::<u8>(), any::<bool>()).prop_map(|(who, track, on)| Step::Pause(who, track, on)),
        2 => (0..12_000_u16).prop_map(Step::Pass),
        1 => Just(Step::Close),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_room_agrees_with_a_naive_model_after_every_step(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let mut run = Run::new();
        for step in steps {
            let what = format!("{step:?}");
            run.take(step);
            run.compare(&what);
        }
    }
}

/// What was said, and nothing worked out.
#[derive(Default)]
struct Model {
    present: BTreeMap<ParticipantSid, Permission>,
    auto: BTreeMap<ParticipantSid, bool>,
    choices: BTreeMap<(ParticipantSid, TrackSid), bool>,
    paused: BTreeSet<(ParticipantSid, TrackSid)>,
    /// Live tracks, as the room told them.
    tracks: BTreeMap<TrackSid, (ParticipantSid, bool)>,
}

impl Model {
    fn subscribers(&self, track: TrackSid) -> BTreeSet<ParticipantSid> {
        let (publisher, _) = self.tracks[&track];
        let present = self.present.iter();
        let wanting = present.filter(|(sid, permission)| {
            let choice = self.choices.get(&(**sid, track)).copied();
            **sid != publisher && permission.can_subscribe && choice.unwrap_or(self.auto[sid])
        });
        wanting.map(|(sid, _)| *sid).collect()
    }

    fn forwarded(&self, track: TrackSid) -> Vec<ParticipantSid> {
        if self.tracks[&track].1 {
            return Vec::new();
        }
        let subscribers = self.subscribers(track).into_iter();
        subscribers
            .filter(|sid| !self.paused.contains(&(*sid, track)))
            .collect()
    }
}

struct Run {
    world: World,
    model: Model,
    /// Subscriptions as the outputs told them.
    subscriptions: BTreeSet<(ParticipantSid, TrackSid)>,
    /// Who was sent its first message.
    greeted: BTreeSet<ParticipantSid>,
    /// The last version told of each participant.
    versions: BTreeMap<ParticipantSid, u32>,
    latest: BTreeMap<u8, ParticipantSid>,
    next_sid: u64,
    seen_tracks: Vec<TrackSid>,
    closed: bool,
}

impl Run {
    fn new() -> Self {
        Self {
            world: World::with(|config| config.max_participants = 4),
            model: Model::default(),
            subscriptions: BTreeSet::new(),
            greeted: BTreeSet::new(),
            versions: BTreeMap::new(),
            latest: BTreeMap::new(),
            next_sid: 1,
            seen_tracks: Vec::new(),
            closed: false,
        }
    }

    fn take(&mut self, step: Step) {
        let outputs = match step {
            Step::Pass(ms) => self.world.pass(Duration::from_millis(ms.into())),
            step => {
                let input = self.input(step);
                self.world.handle(input)
            }
        };
        for output in outputs {
            self.read(output);
        }
    }

    fn input(&mut self, step: Step) -> Input {
        match step {
            Step::Join {
                who,
                auto,
                can_publish,
                can_subscribe,
                hidden,
            } => {
                let sid = ParticipantSid::from_random(self.next_sid);
                self.next_sid += 1;
                self.latest.insert(who, sid);
                let mut join = joining(sid, &format!("user-{who}"));
                join.auto_subscribe = auto;
                join.permission = Permission {
                    can_publish,
                    can_subscribe,
                    hidden,
                    ..Permission::default()
                };
                self.model.auto.insert(sid, auto);
                // Admitted only if the room says so: see `read`.
                self.model.choices.retain(|(other, _), _| *other != sid);
                Input::Join(Box::new(join))
            }
            Step::Leave(who) => Input::Leave {
                participant: self.sid(who),
            },
            Step::SignalLost(who) => Input::SignalLost {
                participant: self.sid(who),
            },
            Step::Resume(who) => Input::Resume {
                participant: self.sid(who),
            },
            Step::Connected(who) => Input::TransportConnected {
                participant: self.sid(who),
            },
            Step::Lost(who) => Input::TransportLost {
                participant: self.sid(who),
            },
            Step::AddTrack(who, cid) => Input::AddTrack {
                participant: self.sid(who),
                request: Box::new(microphone(&format!("cid-{cid}"))),
            },
            Step::Offer(who, mids) => Input::Sections {
                participant: self.sid(who),
                sections: mids.iter().map(|mid| offered(*mid)).collect(),
            },
            Step::Mute(who, track, muted) => Input::Mute {
                participant: self.sid(who),
                track: self.track(track),
                muted,
            },
            Step::Subscribe(who, track, subscribe) => {
                let (sid, track) = (self.sid(who), self.track(track));
                if self.model.tracks.contains_key(&track) && self.model.present.contains_key(&sid) {
                    self.model.choices.insert((sid, track), subscribe);
                }
                Input::Subscribe {
                    participant: sid,
                    change: koeba_room::SubscriptionChange {
                        tracks: vec![track.to_string()],
                        subscribe,
                    },
                }
            }
            Step::Pause(who, track, paused) => {
                let (sid, track) = (self.sid(who), self.track(track));
                if self.model.tracks.contains_key(&track) && paused {
                    self.model.paused.insert((sid, track));
                } else {
                    self.model.paused.remove(&(sid, track));
                }
                Input::TrackSettings {
                    participant: sid,
                    tracks: vec![track],
                    settings: TrackSettings {
                        paused,
                        ..TrackSettings::default()
                    },
                }
            }
            Step::Close => Input::Close(Close {
                reason: LeaveReason::RoomDeleted,
                action: LeaveAction::Disconnect,
            }),
            Step::Pass(_) => Input::Timeout,
        }
    }

    fn sid(&self, who: u8) -> ParticipantSid {
        let latest = self.latest.get(&who).copied();
        latest.unwrap_or(ParticipantSid::from_random(0))
    }

    fn track(&self, which: u8) -> TrackSid {
        let count = self.seen_tracks.len().max(1);
        let track = self.seen_tracks.get(usize::from(which) % count).copied();
        track.unwrap_or(TrackSid::from_random(0))
    }

    fn read(&mut self, output: Output) {
        match output {
            Output::Send { to, message } => self.read_message(&to, &message),
            Output::Subscribed(subscription) => {
                let new = (subscription.subscriber, subscription.track);
                assert!(self.subscriptions.insert(new), "began twice: {new:?}");
            }
            Output::Unsubscribed { subscriber, track } => {
                let ended = self.subscriptions.remove(&(subscriber, track));
                assert!(ended, "ended without having begun: {subscriber} {track}");
            }
            Output::LayerChosen {
                subscriber, track, ..
            } => assert!(self.subscriptions.contains(&(subscriber, track))),
            Output::Departed { participant, .. } => {
                self.model.present.remove(&participant);
                self.model.tracks.retain(|_, (of, _)| *of != participant);
                self.subscriptions.retain(|(sid, _)| *sid != participant);
            }
            Output::Closed => {
                assert!(!self.closed, "a room closes once");
                self.closed = true;
            }
            Output::CloseSignal { .. }
            | Output::Data { .. }
            | Output::RestoringEnded
            | Output::RosterChanged => {}
        }
    }

    fn read_message(&mut self, to: &[ParticipantSid], message: &Message) {
        assert!(!to.is_empty());
        let distinct: BTreeSet<_> = to.iter().collect();
        assert_eq!(distinct.len(), to.len(), "nobody is sent a message twice");
        if let Message::Joined { you, .. } = message {
            self.model.present.insert(you.sid, you.permission.clone());
            assert!(self.greeted.insert(you.sid));
        }
        for sid in to {
            let refused = matches!(message, Message::Leave { .. });
            assert!(refused || self.greeted.contains(sid), "joined comes first");
        }
        if let Message::Participants(infos) = message {
            for info in infos {
                let last = self.versions.entry(info.sid).or_default();
                assert!(info.version >= *last, "a version went backwards");
                *last = info.version;
            }
        }
        if let Message::TrackPublished { track, .. } = message {
            self.seen_tracks.push(track.sid);
        }
    }

    /// The model learns which tracks are live from the room's own list, and then everything else
    /// has to follow from what was said.
    fn compare(&mut self, what: &str) {
        let mut live = BTreeMap::new();
        for &sid in self.model.present.keys() {
            for mid in 0..3_u8 {
                if let Some(track) = self.world.room.track_at(sid, &mid.to_string()) {
                    live.insert(track, sid);
                }
            }
        }
        let told = self.told_muted();
        let tracks = live.into_iter();
        self.model.tracks = tracks
            .map(|(track, sid)| (track, (sid, told.get(&track).copied().unwrap_or(false))))
            .collect();
        let tracks = &self.model.tracks;
        self.model
            .choices
            .retain(|(_, track), _| tracks.contains_key(track));
        self.model
            .paused
            .retain(|(_, track)| tracks.contains_key(track));
        let mut wanted = BTreeSet::new();
        for &track in self.model.tracks.keys() {
            let subscribers = self.model.subscribers(track).into_iter();
            wanted.extend(subscribers.map(|sid| (sid, track)));
            let forwarded = self.world.room.subscribers(track);
            assert_eq!(forwarded, self.model.forwarded(track), "after {what}");
        }
        assert_eq!(self.subscriptions, wanted, "after {what}");
        assert_eq!(self.world.room.len(), self.model.present.len());
        assert!(self.world.room.len() <= 4);
        for (&track, &(publisher, _)) in &self.model.tracks {
            let permission = &self.model.present[&publisher];
            let may = permission.may_publish(TrackSource::Microphone);
            assert!(may, "{track} is published without permission");
        }
        if self.closed {
            assert!(self.world.room.is_empty());
            assert_eq!(self.world.room.poll_timeout(), None);
        }
    }

    /// Whether each track is muted: what a newcomer would be told.
    fn told_muted(&self) -> BTreeMap<TrackSid, bool> {
        let infos = self.model.present.keys();
        let infos = infos.filter_map(|sid| self.world.room.participant(*sid));
        let tracks = infos.flat_map(|info| info.tracks);
        tracks
            .map(|track| (track.sid, track.request.muted))
            .collect()
    }
}

/// Three tracks of the client take any of three sections.
fn offered(mid: u8) -> Section {
    let mut offered = section(&mid.to_string(), &format!("cid-{mid}"));
    offered.kind = TrackKind::Audio;
    offered
}

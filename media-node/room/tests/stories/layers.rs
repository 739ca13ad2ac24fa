//! Stories of pictures in several sizes: who gets which, and what their publisher is told of it.

use std::time::Duration;

use crate::world::{World, section, sent_to};
use koeba_room::{
    Input, Layer, Message, Output, ParticipantSid, PictureObservation, PictureSize, Quality,
    TrackKind, TrackRequest, TrackSettings, TrackSid, TrackSource, VideoLayer,
};

const LOW: Layer = Layer::LOWEST;
const HIGH: Layer = Layer::HIGHEST;
const FRAME: Duration = Duration::from_millis(40);

#[test]
fn everybody_gets_the_largest_that_comes() {
    let mut camera = Camera::new();
    camera.show(&[0], 1);
    assert_eq!(camera.gets("ben"), LOW, "the others have yet to begin");
    camera.show(&[0, 1, 2], 1);
    assert_eq!(camera.gets("ben"), HIGH);
}

#[test]
fn a_small_place_on_the_page_gets_a_small_picture() {
    let mut camera = Camera::new();
    camera.show(&[0, 1, 2], 1);
    for (width, height, expected) in [
        (160, 90, 0),
        (320, 180, 0),
        (350, 197, 0),
        (640, 360, 1),
        (1280, 720, 2),
        (4000, 2000, 2),
    ] {
        camera.size("ben", PictureSize::Pixels { width, height });
        assert_eq!(camera.gets("ben").index(), expected, "{width} by {height}");
    }
    camera.size("ben", PictureSize::Layer(LOW));
    assert_eq!(camera.gets("ben"), LOW);
}

#[test]
fn a_picture_held_back_comes_back_in_its_size() {
    let mut camera = Camera::new();
    camera.show(&[0, 1, 2], 1);
    camera.size("ben", PictureSize::Layer(LOW));
    camera.set(
        "ben",
        TrackSettings {
            paused: true,
            ..TrackSettings::default()
        },
    );
    camera.show(&[0, 1, 2], 1);
    camera.pass(Duration::from_secs(1));
    camera.size("ben", PictureSize::Layer(LOW));
    assert_eq!(camera.gets("ben"), LOW);
    let verdict = camera.packet(0);
    assert!(verdict, "it begins with a whole picture");
}

#[test]
fn who_loses_much_gets_a_smaller_picture_and_later_a_larger_one_again() {
    let mut camera = Camera::new();
    camera.show(&[0, 1, 2], 1);
    camera.lose("ben", 200);
    assert_eq!(camera.gets("ben").index(), 1);
    camera.lose("ben", 200);
    assert_eq!(camera.gets("ben"), LOW);
    for _ in 0..5 {
        camera.pass(Duration::from_secs(5));
        camera.lose("ben", 0);
    }
    assert_eq!(camera.gets("ben"), HIGH);
}

#[test]
fn a_size_that_stops_coming_is_replaced_by_the_next_below() {
    let mut camera = Camera::new();
    camera.show(&[0, 1, 2], 3);
    camera.show(&[0, 1], 40);
    assert_eq!(camera.gets("ben").index(), 1);
    camera.show(&[1], 40);
    camera.size("ben", PictureSize::Layer(LOW));
    assert_eq!(camera.gets("ben").index(), 1, "there is nothing smaller");
}

#[test]
fn a_screen_on_which_little_moves_keeps_its_size() {
    let mut camera = Camera::new();
    for _ in 0..20 {
        camera.show(&[0, 1, 2], 1);
        camera.pass(Duration::from_secs(5));
    }
    assert_eq!(camera.gets("ben"), HIGH);
    assert_eq!(camera.changes("ben"), 3, "as they came for the first time");
}

#[test]
fn a_whole_picture_is_asked_of_the_size_that_is_chosen() {
    let mut camera = Camera::new();
    camera.show(&[0, 1, 2], 20);
    camera.pass(Duration::from_secs(1));
    camera.size("ben", PictureSize::Layer(LOW));
    assert!(!camera.packet(2));
    assert!(camera.packet(0));
    assert!(!camera.packet(0));
}

#[test]
fn the_publisher_is_told_at_once_when_more_is_looked_at_and_later_when_less_is() {
    let mut camera = Camera::new();
    assert_eq!(camera.told, [Some(2)]);
    camera.size("ben", PictureSize::Layer(LOW));
    camera.pass(Duration::from_secs(4));
    assert_eq!(camera.told.len(), 1, "people glance away and back");
    camera.pass(Duration::from_secs(1));
    assert_eq!(camera.told, [Some(2), Some(0)]);
    camera.size("ben", PictureSize::Layer(HIGH));
    assert_eq!(camera.told, [Some(2), Some(0), Some(2)]);
    camera.size("ben", PictureSize::Layer(LOW));
    camera.pass(Duration::from_secs(3));
    camera.size("ben", PictureSize::Layer(HIGH));
    camera.pass(Duration::from_secs(10));
    assert_eq!(camera.told.len(), 3, "he looked back in time");
}

#[test]
fn nobody_who_looks_leaves_nothing_to_send() {
    let mut camera = Camera::new();
    let ben = camera.sid("ben");
    camera.handle(Input::Leave { participant: ben });
    camera.pass(Duration::from_secs(5));
    assert_eq!(camera.told.last(), Some(&None));
    camera.enter("carla");
    assert_eq!(camera.told.last(), Some(&Some(2)));
}

#[test]
fn a_publisher_that_was_away_is_told_again() {
    let mut camera = Camera::new();
    let aoi = camera.sid("aoi");
    camera.handle(Input::SignalLost { participant: aoi });
    camera.handle(Input::Resume { participant: aoi });
    assert_eq!(camera.told, [Some(2), Some(2)]);
}

/// Aoi's camera in three sizes, at which Ben looks.
struct Camera {
    world: World,
    people: Vec<(&'static str, ParticipantSid)>,
    track: TrackSid,
    chosen: Vec<(ParticipantSid, Layer)>,
    /// Up to which size the publisher was told that its picture is looked at.
    told: Vec<Option<usize>>,
}

impl Camera {
    fn new() -> Self {
        let mut world = World::with(|config| config.video = true);
        let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
        let mut request = TrackRequest::new("camera", TrackKind::Video, TrackSource::Camera);
        let sizes = [(320, 180), (640, 360), (1280, 720)];
        request.layers = sizes
            .map(|(width, height)| VideoLayer {
                width,
                height,
                ..VideoLayer::default()
            })
            .to_vec();
        world.handle(Input::AddTrack {
            participant: aoi,
            request: Box::new(request),
        });
        let mut offered = section("3", "camera");
        offered.kind = TrackKind::Video;
        let outputs = world.handle(Input::Sections {
            participant: aoi,
            sections: vec![offered],
        });
        let track = world.room.track_at(aoi, "3").expect("it is published");
        let mut camera = Self {
            world,
            people: vec![("aoi", aoi), ("ben", ben)],
            track,
            chosen: Vec::new(),
            told: Vec::new(),
        };
        camera.read(&outputs);
        camera
    }

    fn sid(&self, name: &str) -> ParticipantSid {
        let mut people = self.people.iter();
        people.find(|(known, _)| *known == name).expect("here").1
    }

    fn enter(&mut self, name: &'static str) {
        let before = self.world.outputs.len();
        let sid = self.world.enter(name);
        self.people.push((name, sid));
        let outputs = self.world.outputs[before..].to_vec();
        self.read(&outputs);
    }

    fn handle(&mut self, input: Input) {
        let outputs = self.world.handle(input);
        self.read(&outputs);
    }

    fn pass(&mut self, time: Duration) {
        let outputs = self.world.pass(time);
        self.read(&outputs);
    }

    fn size(&mut self, name: &str, size: PictureSize) {
        self.set(
            name,
            TrackSettings {
                paused: false,
                size,
            },
        );
    }

    fn set(&mut self, name: &str, settings: TrackSettings) {
        let (participant, tracks) = (self.sid(name), vec![self.track]);
        self.handle(Input::TrackSettings {
            participant,
            tracks,
            settings,
        });
    }

    fn lose(&mut self, name: &str, lost_per_mille: u16) {
        let participant = self.sid(name);
        self.handle(Input::QualityMeasured {
            participant,
            quality: Quality::Good,
            lost_per_mille,
        });
    }

    /// Pictures in these sizes, one packet each.
    fn show(&mut self, layers: &[usize], pictures: usize) {
        for _ in 0..pictures {
            for layer in layers {
                self.packet(*layer);
            }
            self.pass(FRAME);
        }
    }

    /// A packet of a size: is its publisher to be asked for a whole picture of it?
    fn packet(&mut self, layer: usize) -> bool {
        let (room, now) = (&mut self.world.room, self.world.now);
        let observation = PictureObservation {
            layer: Layer::from_index(layer),
            bytes: 1_000,
            ends_picture: true,
        };
        let verdict = room.observe_video(now, self.track, observation);
        let outputs: Vec<_> = std::iter::from_fn(|| room.poll_output()).collect();
        assert_eq!(verdict.has_outputs, !outputs.is_empty());
        self.read(&outputs);
        verdict.request_keyframe
    }

    fn read(&mut self, outputs: &[Output]) {
        for output in outputs {
            if let Output::LayerChosen {
                subscriber, layer, ..
            } = output
            {
                self.chosen.push((*subscriber, *layer));
            }
        }
        for message in sent_to(outputs, self.sid("aoi")) {
            if let Message::LookedAt { up_to, .. } = message {
                self.told.push(up_to.map(Layer::index));
            }
        }
    }

    fn gets(&self, name: &str) -> Layer {
        let sid = self.sid(name);
        let mut chosen = self.chosen.iter().rev();
        chosen.find(|(of, _)| *of == sid).expect("it was told").1
    }

    fn changes(&self, name: &str) -> usize {
        let sid = self.sid(name);
        let of = self.chosen.iter().filter(|(of, _)| *of == sid);
        of.count() - 1
    }
}

//! Stories of pictures: how much of them goes on, and when a whole one is asked for.

use std::time::Duration;

use crate::world::{World, section};
use koeba_room::{
    Input, Layer, ParticipantSid, PictureObservation, PictureVerdict, TrackKind, TrackRequest,
    TrackSettings, TrackSid, TrackSource,
};

const FRAME: Duration = Duration::from_millis(40);

#[test]
fn a_whole_picture_is_asked_for_once_when_somebody_begins_to_look() {
    let (mut world, _, screen) = sharing();
    assert!(asked(&mut world, screen), "ben looks");
    assert!(!asked(&mut world, screen));
    world.pass(Duration::from_secs(2));
    assert!(!asked(&mut world, screen), "nobody new looks");
    world.enter("carla");
    assert!(asked(&mut world, screen), "carla looks");
}

#[test]
fn nothing_is_asked_of_a_publisher_at_whom_nobody_looks() {
    let (mut world, ben, screen) = sharing();
    look(&mut world, ben, screen, false);
    assert!(!asked(&mut world, screen));
    look(&mut world, ben, screen, true);
    assert!(asked(&mut world, screen), "he looks again");
}

#[test]
fn many_who_need_a_whole_picture_are_served_by_one_and_none_is_forgotten() {
    let (mut world, _, screen) = sharing();
    assert!(world.room.want_keyframe(world.now, screen, Layer::LOWEST));
    world.pass(FRAME);
    assert!(!world.room.want_keyframe(world.now, screen, Layer::LOWEST));
    assert!(!world.room.want_keyframe(world.now, screen, Layer::LOWEST));
    assert!(!asked(&mut world, screen), "it was asked a moment ago");
    world.pass(Duration::from_millis(500));
    assert!(asked(&mut world, screen), "now it may be asked again");
    world.pass(Duration::from_millis(500));
    assert!(!asked(&mut world, screen));
}

#[test]
fn an_unmuted_camera_begins_with_a_whole_picture() {
    let (mut world, _, screen) = sharing();
    assert!(asked(&mut world, screen));
    let (publisher, _) = world.room.origin(screen).expect("it is published");
    world.mute(publisher, screen, true);
    world.pass(Duration::from_secs(1));
    world.mute(publisher, screen, false);
    assert!(asked(&mut world, screen));
}

#[test]
fn more_than_a_track_may_bring_does_not_go_on() {
    let (mut world, _, screen) = sharing_at(80_000);
    let passed = |world: &mut World| {
        let packets = (0..20).filter(|_| send(world, screen, 1_000).forward);
        packets.count()
    };
    assert_eq!(passed(&mut world), 10, "a second's worth may come at once");
    world.pass(Duration::from_millis(500));
    assert_eq!(passed(&mut world), 5);
    world.pass(Duration::from_secs(60));
    assert_eq!(passed(&mut world), 10, "nothing is saved up");
}

#[test]
fn small_packets_in_quick_succession_are_not_starved() {
    let (mut world, _, screen) = sharing_at(80_000);
    while send(&mut world, screen, 1_000).forward {}
    let mut passed = 0;
    for _ in 0..10_000 {
        world.pass(Duration::from_micros(100));
        passed += usize::from(send(&mut world, screen, 100).forward);
    }
    assert_eq!(passed, 100, "ten thousand bytes in a second");
}

#[test]
fn a_track_that_is_gone_goes_nowhere() {
    let (mut world, _, screen) = sharing();
    let (publisher, _) = world.room.origin(screen).expect("it is published");
    world.handle(Input::Leave {
        participant: publisher,
    });
    assert!(!send(&mut world, screen, 1).forward);
    assert!(!world.room.want_keyframe(world.now, screen, Layer::LOWEST));
    assert_eq!(world.room.origin(screen), None);
}

/// A packet of the picture comes: is its publisher to be asked for a whole one?
fn asked(world: &mut World, track: TrackSid) -> bool {
    send(world, track, 1_000).request_keyframe
}

/// One packet of a picture that comes in one size.
fn send(world: &mut World, track: TrackSid, bytes: usize) -> PictureVerdict {
    let observation = PictureObservation {
        layer: Layer::LOWEST,
        bytes,
        ends_picture: true,
    };
    world.room.observe_video(world.now, track, observation)
}

fn look(world: &mut World, viewer: ParticipantSid, track: TrackSid, looks: bool) {
    world.handle(Input::TrackSettings {
        participant: viewer,
        tracks: vec![track],
        settings: TrackSettings {
            paused: !looks,
            ..TrackSettings::default()
        },
    });
}

/// Aoi shares her screen and Ben looks at it.
fn sharing() -> (World, ParticipantSid, TrackSid) {
    sharing_at(10_000_000)
}

fn sharing_at(bitrate: u64) -> (World, ParticipantSid, TrackSid) {
    let mut world = World::with(|config| {
        config.video = true;
        config.max_video_bitrate = bitrate;
    });
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let request = TrackRequest::new("screen", TrackKind::Video, TrackSource::ScreenShare);
    world.handle(Input::AddTrack {
        participant: aoi,
        request: Box::new(request),
    });
    let mut screen = section("3", "screen");
    screen.kind = TrackKind::Video;
    world.handle(Input::Sections {
        participant: aoi,
        sections: vec![screen],
    });
    let track = world.room.track_at(aoi, "3").expect("it is published");
    (world, ben, track)
}

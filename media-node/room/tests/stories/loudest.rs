//! Stories of which voices go on when more talk than are forwarded.

use std::time::Duration;

use crate::world::{World, section, sent_to, unsubscribed};
use koeba_room::{Input, Message, ParticipantSid, TrackKind, TrackRequest, TrackSid, TrackSource};
use proptest::prelude::*;

const PACKET: Duration = Duration::from_millis(20);
/// Levels in dB below overload: a voice, a room with nobody talking.
const VOICE: u8 = 20;
const NOISE: u8 = 65;

#[test]
fn a_call_of_no_more_than_may_be_heard_is_never_touched() {
    let mut call = Call::of(3, 3);
    for level in [NOISE, 127, VOICE, 127] {
        assert_eq!(call.frame(&[level; 3]), [true; 3]);
    }
}

#[test]
fn the_quiet_are_not_heard_and_stay_subscribed() {
    let mut call = Call::of(6, 2);
    let before = call.world.outputs.len();
    call.frames(50, &[NOISE, VOICE, NOISE, NOISE, VOICE, NOISE]);
    let heard = call.frame(&[NOISE, VOICE, NOISE, NOISE, VOICE, NOISE]);
    assert_eq!(heard, [false, true, false, false, true, false]);
    assert!(unsubscribed(&call.world.outputs[before..]).is_empty());
    for track in &call.tracks {
        assert_eq!(call.world.room.subscribers(*track).len(), 5);
    }
}

#[test]
fn a_new_talker_is_in_with_its_first_packet_when_nobody_else_talks() {
    let mut call = Call::of(5, 2);
    call.frames(50, &[NOISE; 5]);
    assert!(!call.one(4, NOISE));
    assert!(call.one(4, VOICE));
}

#[test]
fn a_new_talker_takes_the_place_of_a_softer_one_within_two_packets() {
    let mut call = Call::of(4, 2);
    call.frames(50, &[VOICE, 35, NOISE, NOISE]);
    call.frame(&[VOICE, 35, NOISE, VOICE]);
    assert!(call.frame(&[VOICE, 35, NOISE, VOICE])[3]);
    let heard = call.frame(&[VOICE, 35, NOISE, VOICE]);
    assert_eq!(heard, [true, false, false, true]);
}

#[test]
fn one_click_pushes_no_talker_out() {
    let mut call = Call::of(3, 2);
    call.frames(50, &[25, 25, NOISE]);
    assert_eq!(call.frame(&[25, 25, 10]), [true, true, false]);
    for _ in 0..50 {
        assert_eq!(call.frame(&[25, 25, NOISE]), [true, true, false]);
    }
}

#[test]
fn a_talker_that_is_a_little_louder_pushes_nobody_out() {
    let mut call = Call::of(3, 2);
    call.frames(50, &[VOICE, VOICE, NOISE]);
    for _ in 0..100 {
        let heard = call.frame(&[VOICE, VOICE, VOICE - 5]);
        assert_eq!(heard, [true, true, false]);
    }
}

#[test]
fn a_pause_between_two_words_costs_no_place() {
    let mut call = Call::of(3, 2);
    call.frames(50, &[VOICE, VOICE, NOISE]);
    for _ in 0..25 {
        assert_eq!(call.frame(&[VOICE, NOISE, VOICE]), [true, true, false]);
    }
}

#[test]
fn who_has_stopped_talking_makes_room_for_who_goes_on() {
    let mut call = Call::of(3, 2);
    call.frames(50, &[VOICE, VOICE, NOISE]);
    call.frames(75, &[VOICE, NOISE, VOICE]);
    let heard = call.frame(&[VOICE, NOISE, VOICE]);
    assert_eq!(heard, [true, false, true]);
}

#[test]
fn who_sends_nothing_any_more_keeps_nobody_out() {
    let mut call = Call::of(3, 2);
    call.frames(50, &[VOICE, VOICE, NOISE]);
    call.world.pass(Duration::from_secs(5));
    assert!(call.one(2, NOISE));
}

#[test]
fn muting_unpublishing_and_leaving_free_a_place_at_once() {
    let mut call = Call::of(4, 1);
    call.frames(50, &[VOICE, VOICE, VOICE, VOICE]);
    assert!(!call.one(1, VOICE));
    call.world.mute(call.people[0], call.tracks[0], true);
    assert!(call.one(1, VOICE));
    call.world.handle(Input::Sections {
        participant: call.people[1],
        sections: Vec::new(),
    });
    assert!(call.one(2, VOICE));
    let participant = call.people[2];
    call.world.handle(Input::Leave { participant });
    assert!(call.one(3, VOICE));
}

#[test]
fn who_comes_back_from_mute_has_no_old_rights() {
    let mut call = Call::of(2, 1);
    call.frames(50, &[VOICE, VOICE]);
    call.world.mute(call.people[0], call.tracks[0], true);
    assert!(call.one(1, VOICE));
    call.world.mute(call.people[0], call.tracks[0], false);
    assert!(!call.one(0, VOICE));
}

#[test]
fn a_client_that_tells_no_level_is_always_heard_and_takes_no_place() {
    let mut call = Call::of(3, 2);
    call.frames(50, &[VOICE, VOICE, NOISE]);
    let without = call.tracks[2];
    for _ in 0..20 {
        let now = call.world.now;
        assert!(call.world.room.is_heard(now, without, None));
    }
    assert_eq!(call.frame(&[VOICE, VOICE, NOISE])[..2], [true, true]);
}

#[test]
fn the_sound_of_a_shared_screen_is_always_heard_and_takes_no_place() {
    let mut call = Call::of(3, 2);
    let request = TrackRequest::new("film", TrackKind::Audio, TrackSource::ScreenShareAudio);
    let film = publish_beside(&mut call, 0, request);
    for _ in 0..50 {
        let now = call.world.now;
        assert!(call.world.room.is_heard(now, film, Some(80)));
        assert_eq!(call.frame(&[VOICE, VOICE, NOISE]), [true, true, false]);
    }
}

#[test]
fn with_the_number_at_0_everybody_is_heard() {
    let mut call = Call::of(6, 0);
    for _ in 0..10 {
        assert_eq!(call.frame(&[127; 6]), [true; 6]);
    }
}

#[test]
fn a_speaker_who_is_not_heard_is_still_told() {
    let mut call = Call::of(3, 1);
    call.frames(50, &[VOICE, VOICE, NOISE]);
    assert!(!call.one(1, VOICE));
    let outputs = call
        .world
        .speak(call.tracks[1], VOICE, Duration::from_secs(1));
    let told = sent_to(&outputs, call.people[2]);
    assert!(
        told.iter().any(|message| matches!(
            message,
            Message::Speakers(speakers) if speakers[0].participant == call.people[1]
        )),
        "{told:?}"
    );
}

proptest! {
    #[test]
    fn as_many_are_heard_as_may_be_whatever_the_levels(
        most in 1..5_usize,
        frames in prop::collection::vec(prop::collection::vec(0..=255_u8, 6), 1..200),
    ) {
        let mut call = Call::of(6, most);
        for levels in frames {
            call.frame(&levels);
            // Silence takes nobody's place, so it only asks who is in.
            let in_now = (0..6).filter(|at| call.one(*at, 127)).count();
            prop_assert_eq!(in_now, most);
        }
    }
}

/// A room in which everybody has published a microphone.
struct Call {
    world: World,
    people: Vec<ParticipantSid>,
    tracks: Vec<TrackSid>,
}

impl Call {
    fn of(people: u8, loudest: usize) -> Self {
        let mut world = World::with(|config| config.loudest = loudest);
        let people: Vec<_> = (0..people)
            .map(|number| world.enter(&format!("user-{number}")))
            .collect();
        let tracks = people.iter().map(|sid| world.publish(*sid, "0")).collect();
        Self {
            world,
            people,
            tracks,
        }
    }

    fn one(&mut self, at: usize, level: u8) -> bool {
        let (now, track) = (self.world.now, self.tracks[at]);
        self.world.room.is_heard(now, track, Some(level))
    }

    /// Everybody sends one packet; who goes on?
    fn frame(&mut self, levels: &[u8]) -> Vec<bool> {
        self.world.pass(PACKET);
        let levels = levels.iter().enumerate();
        levels.map(|(at, level)| self.one(at, *level)).collect()
    }

    fn frames(&mut self, count: usize, levels: &[u8]) {
        for _ in 0..count {
            self.frame(levels);
        }
    }
}

fn publish_beside(call: &mut Call, at: usize, request: TrackRequest) -> TrackSid {
    let participant = call.people[at];
    let cid = request.cid.clone();
    call.world.handle(Input::AddTrack {
        participant,
        request: Box::new(request),
    });
    let mut sections = call.world.sections(participant);
    sections.push(section("film", &cid));
    call.world.handle(Input::Sections {
        participant,
        sections,
    });
    let track = call.world.room.track_at(participant, "film");
    track.expect("the section was offered and the track asked for")
}

//! Stories of a room that comes over from another node: whoever was there goes on as whom they were.

use std::time::Duration;

use crate::world::{World, joining, microphone, section, sent_to, subscribed};
use koeba_room::{
    Input, LeaveAction, LeaveReason, Message, Output, ParticipantSid, ParticipantState, Restore,
    Restored, RosterEntry, TrackInfo, TrackSid, TrackSource,
};

#[test]
fn who_comes_back_is_told_with_everything_it_publishes_and_never_without() {
    let mut world = World::new();
    let (aoi, ben) = (sid(1), sid(2));
    world.handle(Input::Expect(vec![entry(aoi, "aoi"), entry(ben, "ben")]));
    let outputs = restore(&mut world, ben, "ben");
    assert_eq!(sent_to(&outputs, ben), [&Message::Resumed { last_data: 0 }]);
    restored(&mut world, ben, Vec::new());

    // Nobody hears of aoi before it is known what she publishes.
    let outputs = restore(&mut world, aoi, "aoi");
    assert!(sent_to(&outputs, ben).is_empty(), "{outputs:?}");
    let track = TrackSid::from_random(7);
    let outputs = restored(&mut world, aoi, vec![published(track, "mic")]);
    let told = told_about(&outputs, ben, aoi);
    assert_eq!(told, [(ParticipantState::Active, vec![track])]);

    let outputs = world.handle(Input::Sections {
        participant: aoi,
        sections: vec![section("3", "mic")],
    });
    assert_eq!(subscribed(&outputs), [(ben, track)]);
    assert!(
        told_about(&outputs, ben, aoi)
            .iter()
            .all(|(_, tracks)| *tracks == [track])
    );
    assert_eq!(world.room.subscribers(track), [ben]);
}

#[test]
fn what_was_said_to_be_published_and_is_not_sent_is_no_longer_told() {
    let mut world = World::new();
    let (aoi, ben) = (sid(1), sid(2));
    restore(&mut world, ben, "ben");
    restored(&mut world, ben, Vec::new());
    restore(&mut world, aoi, "aoi");
    restored(
        &mut world,
        aoi,
        vec![published(TrackSid::from_random(7), "mic")],
    );
    let outputs = world.handle(Input::Sections {
        participant: aoi,
        sections: Vec::new(),
    });
    assert_eq!(
        told_about(&outputs, ben, aoi),
        [(ParticipantState::Active, vec![])]
    );
}

#[test]
fn who_does_not_come_back_is_told_to_have_left_and_is_in_the_roster_until_then() {
    let mut world = World::new();
    let (aoi, ben) = (sid(1), sid(2));
    world.handle(Input::Expect(vec![entry(aoi, "aoi"), entry(ben, "ben")]));
    restore(&mut world, ben, "ben");
    restored(&mut world, ben, Vec::new());
    assert_eq!(identities(&world), ["ben", "aoi"]);
    let outputs = world.pass(Duration::from_secs(10));
    let gone = ParticipantState::Disconnected(LeaveReason::SignalClose);
    assert_eq!(told_about(&outputs, ben, aoi), [(gone, vec![])]);
    assert!(outputs.contains(&Output::RestoringEnded));
    assert_eq!(identities(&world), ["ben"]);
}

#[test]
fn who_joins_anew_instead_takes_the_place_of_the_one_that_was_expected() {
    let mut world = World::new();
    let (aoi, ben) = (sid(901), sid(902));
    world.handle(Input::Expect(vec![entry(aoi, "aoi"), entry(ben, "ben")]));
    restore(&mut world, ben, "ben");
    restored(&mut world, ben, Vec::new());
    let (anew, outputs) = world.join_with("aoi", |_| {});
    let gone = ParticipantState::Disconnected(LeaveReason::DuplicateIdentity);
    assert_eq!(told_about(&outputs, ben, aoi), [(gone, vec![])]);
    assert_ne!(anew, aoi);
    // The old connection comes too late.
    let outputs = restore(&mut world, aoi, "aoi");
    let leave = Message::Leave {
        action: LeaveAction::Disconnect,
        reason: LeaveReason::DuplicateIdentity,
    };
    assert_eq!(sent_to(&outputs, aoi), [&leave]);
}

#[test]
fn nobody_takes_over_a_track_that_is_another_s() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let track = world.publish(aoi, "1");
    let mallory = sid(66);
    restore(&mut world, mallory, "mallory");
    let outputs = restored(&mut world, mallory, vec![published(track, "mine")]);
    assert_eq!(
        told_about(&outputs, aoi, mallory),
        [(ParticipantState::Active, vec![])]
    );
    world.handle(Input::Sections {
        participant: mallory,
        sections: vec![section("9", "mine")],
    });
    assert_eq!(world.room.track_at(mallory, "9"), None);
    assert_eq!(world.room.track_at(aoi, "1"), Some(track));
}

#[test]
fn what_an_order_has_silenced_stays_silent_on_the_other_node() {
    let mut world = World::new();
    let (aoi, ben) = (sid(1), sid(2));
    restore(&mut world, ben, "ben");
    restored(&mut world, ben, Vec::new());
    world.handle(Input::Restore(Box::new(Restore {
        join: joining(aoi, "aoi"),
        joined_at_ms: 5,
        silenced: vec![TrackSource::Microphone],
    })));
    let track = TrackSid::from_random(7);
    restored(&mut world, aoi, vec![published(track, "mic")]);
    world.handle(Input::Sections {
        participant: aoi,
        sections: vec![section("3", "mic")],
    });
    assert!(world.room.subscribers(track).is_empty());
    world.mute(aoi, track, false);
    assert!(world.room.subscribers(track).is_empty());
}

#[test]
fn a_room_that_goes_on_takes_nobody_over() {
    let mut world = World::new();
    assert!(world.room.can_restore(), "nobody is there");
    world.enter("aoi");
    assert!(!world.room.can_restore());
    world.handle(Input::Expect(vec![entry(sid(9), "ben")]));
    assert!(world.room.can_restore());
    world.pass(Duration::from_secs(10));
    assert!(!world.room.can_restore());
}

#[test]
fn a_room_that_is_handed_over_asks_everybody_to_go_on_elsewhere_and_still_passes_voices_on() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "1");
    let outputs = world.handle(Input::HandOver);
    let leave = Message::Leave {
        action: LeaveAction::Resume,
        reason: LeaveReason::Migration,
    };
    assert_eq!(sent_to(&outputs, aoi), [&leave]);
    assert_eq!(sent_to(&outputs, ben), [&leave]);
    assert_eq!(world.room.subscribers(track), [ben]);
}

fn sid(number: u64) -> ParticipantSid {
    ParticipantSid::from_random(number)
}

fn entry(sid: ParticipantSid, identity: &str) -> RosterEntry {
    RosterEntry {
        sid,
        identity: identity.to_owned(),
        name: identity.to_uppercase(),
        joined_at_ms: 5,
    }
}

fn restore(world: &mut World, sid: ParticipantSid, identity: &str) -> Vec<Output> {
    world.handle(Input::Restore(Box::new(Restore {
        join: joining(sid, identity),
        joined_at_ms: 5,
        silenced: Vec::new(),
    })))
}

fn restored(world: &mut World, participant: ParticipantSid, tracks: Vec<TrackInfo>) -> Vec<Output> {
    let restored = Restored {
        tracks,
        ..Restored::default()
    };
    world.handle(Input::Restored {
        participant,
        restored: Box::new(restored),
    })
}

fn published(sid: TrackSid, cid: &str) -> TrackInfo {
    TrackInfo {
        sid,
        request: microphone(cid),
        mime_type: "audio/opus".to_owned(),
        mid: "3".to_owned(),
    }
}

/// What `viewer` was told about `about`: its state and its tracks.
fn told_about(
    outputs: &[Output],
    viewer: ParticipantSid,
    about: ParticipantSid,
) -> Vec<(ParticipantState, Vec<TrackSid>)> {
    let told = sent_to(outputs, viewer).into_iter();
    let infos = told.filter_map(|message| match message {
        Message::Participants(infos) => infos.iter().find(|info| info.sid == about),
        _ => None,
    });
    infos
        .map(|info| {
            (
                info.state,
                info.tracks.iter().map(|track| track.sid).collect(),
            )
        })
        .collect()
}

fn identities(world: &World) -> Vec<String> {
    let roster = world.room.roster().into_iter();
    roster.map(|entry| entry.identity).collect()
}

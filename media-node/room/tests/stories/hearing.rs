//! Stories of who hears whom, and who is told that somebody speaks.

use std::time::Duration;

use crate::world::{World, sent_to, subscribed, unsubscribed};
use koeba_room::{
    Answered, Input, Message, Outcome, Output, ParticipantSid, Permission, ProfileChange, Quality,
    Speaker, SubscriptionRule, TrackSettings, Trusted,
};

#[test]
fn a_newcomer_hears_everybody_who_is_there() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let tracks = [world.publish(aoi, "0"), world.publish(ben, "0")];
    let (carla, outputs) = world.join_with("carla", |_| {});
    let mut heard: Vec<_> = subscribed(&outputs);
    heard.sort_by_key(|(_, track)| tracks.iter().position(|other| other == track));
    assert_eq!(heard, tracks.map(|track| (carla, track)));
}

#[test]
fn nobody_hears_itself() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let track = world.publish(aoi, "0");
    world.subscribe(aoi, track, true);
    assert!(world.room.subscribers(track).is_empty());
}

#[test]
fn a_client_that_chooses_hears_only_what_it_chose() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let track = world.publish(aoi, "0");
    let (ben, outputs) = world.join_with("ben", |join| join.auto_subscribe = false);
    assert!(subscribed(&outputs).is_empty());
    assert_eq!(
        subscribed(&world.subscribe(ben, track, true)),
        [(ben, track)]
    );
    assert_eq!(
        unsubscribed(&world.subscribe(ben, track, false)),
        [(ben, track)]
    );
}

#[test]
fn who_may_not_subscribe_hears_nothing() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let track = world.publish(aoi, "0");
    let (ben, _) = world.join_with("ben", |join| {
        join.permission = Permission {
            can_subscribe: false,
            ..Permission::default()
        };
    });
    assert!(subscribed(&world.subscribe(ben, track, true)).is_empty());
    assert!(world.room.subscribers(track).is_empty());
}

#[test]
fn a_wish_for_an_unknown_track_is_answered() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    for written in ["TR_0000000000000", "", "nonsense"] {
        let outputs = world.handle(Input::Subscribe {
            participant: aoi,
            change: koeba_room::SubscriptionChange {
                tracks: vec![written.to_owned()],
                subscribe: true,
            },
        });
        let track = written.to_owned();
        assert_eq!(sent_to(&outputs, aoi), [&Message::NoSuchTrack { track }]);
    }
}

#[test]
fn a_paused_track_keeps_its_subscription_and_gets_no_packets() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "0");
    let pause = |paused| Input::TrackSettings {
        participant: ben,
        tracks: vec![track],
        settings: TrackSettings {
            paused,
            ..TrackSettings::default()
        },
    };
    assert!(world.handle(pause(true)).is_empty());
    assert!(world.room.subscribers(track).is_empty());
    assert!(world.handle(pause(false)).is_empty());
    assert_eq!(world.room.subscribers(track), [ben]);
}

#[test]
fn the_publisher_learns_once_that_somebody_listens() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let track = world.publish(aoi, "0");
    let told = Message::TrackSubscribed { track };
    let (_, outputs) = world.join_with("ben", |_| {});
    assert!(sent_to(&outputs, aoi).contains(&&told));
    let (_, outputs) = world.join_with("carla", |_| {});
    assert!(!sent_to(&outputs, aoi).contains(&&told));
}

#[test]
fn a_publisher_chooses_who_hears_it() {
    let mut world = World::new();
    let (aoi, ben, carla) = (world.enter("aoi"), world.enter("ben"), world.enter("carla"));
    let track = world.publish(aoi, "0");
    let only_ben = SubscriptionRule::Only(vec![Trusted {
        sid: String::new(),
        identity: "ben".into(),
        tracks: None,
    }]);
    let allow = |rule| Input::AllowSubscribers {
        participant: aoi,
        rule,
    };
    let outputs = world.handle(allow(only_ben));
    assert_eq!(unsubscribed(&outputs), [(carla, track)]);
    assert_eq!(
        sent_to(&outputs, carla),
        [&permission(aoi, track, false)],
        "carla is told"
    );
    assert_eq!(world.room.subscribers(track), [ben]);
    let outputs = world.handle(allow(SubscriptionRule::Everybody));
    assert_eq!(subscribed(&outputs), [(carla, track)]);
    assert_eq!(sent_to(&outputs, carla)[0], &permission(aoi, track, true));
}

#[test]
fn the_usual_permission_for_everybody_changes_nothing() {
    let mut world = World::new();
    let (aoi, _ben) = (world.enter("aoi"), world.enter("ben"));
    world.publish(aoi, "0");
    let outputs = world.handle(Input::AllowSubscribers {
        participant: aoi,
        rule: SubscriptionRule::Everybody,
    });
    assert!(outputs.is_empty());
}

#[test]
fn a_voice_is_told_to_itself_and_to_those_who_hear_it() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "0");
    let (deaf, _) = world.join_with("deaf", |join| join.auto_subscribe = false);
    let outputs = world.speak(track, 6, Duration::from_secs(1));
    let told = speakers(&outputs, ben);
    assert!(told[0].active && told[0].level > 0.0);
    assert_eq!(told[0].participant, aoi);
    assert_eq!(speakers(&outputs, aoi), told);
    assert!(speakers(&outputs, deaf).is_empty());
}

#[test]
fn a_steady_voice_is_told_once_and_its_end_once() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "0");
    world.speak(track, 6, Duration::from_secs(4));
    let outputs = world.speak(track, 6, Duration::from_secs(4));
    assert!(speakers(&outputs, ben).is_empty());
    let outputs = world.pass(Duration::from_secs(2));
    assert_eq!(
        speakers(&outputs, ben),
        [Speaker {
            participant: aoi,
            level: 0.0,
            active: false
        }]
    );
    world.pass(Duration::from_secs(2));
    assert_eq!(world.room.poll_timeout(), None, "silence costs no wake-ups");
}

#[test]
fn muting_silences_the_speaker_at_the_next_look() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "0");
    world.speak(track, 6, Duration::from_secs(2));
    world.mute(aoi, track, true);
    let mut outputs = world.speak(track, 6, Duration::from_millis(20));
    outputs.extend(world.pass(Duration::from_millis(400)));
    assert!(!speakers(&outputs, ben)[0].active);
}

#[test]
fn a_speaker_whose_track_is_gone_is_silent_for_all_who_heard_it() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "0");
    world.speak(track, 6, Duration::from_secs(2));
    let outputs = world.handle(Input::Sections {
        participant: aoi,
        sections: Vec::new(),
    });
    assert!(!speakers(&outputs, ben)[0].active);
    assert!(!speakers(&outputs, aoi)[0].active);
}

#[test]
fn who_begins_to_hear_a_speaker_is_told_of_it() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let track = world.publish(aoi, "0");
    world.speak(track, 6, Duration::from_secs(2));
    let (ben, outputs) = world.join_with("ben", |_| {});
    assert!(speakers(&outputs, ben)[0].active);
}

#[test]
fn a_speaker_that_leaves_is_silent_first() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "0");
    world.speak(track, 6, Duration::from_secs(2));
    let outputs = world.handle(Input::Leave { participant: aoi });
    let told = sent_to(&outputs, ben);
    assert!(matches!(told[0], Message::Speakers(speakers) if !speakers[0].active));
    assert!(matches!(told[1], Message::Participants(_)));
}

#[test]
fn quality_is_told_when_it_changes_to_those_it_concerns() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    world.publish(aoi, "0");
    let (deaf, _) = world.join_with("deaf", |join| join.auto_subscribe = false);
    let measured = |quality| Input::QualityMeasured {
        participant: aoi,
        quality,
        lost_per_mille: 0,
    };
    let outputs = world.handle(measured(Quality::Poor));
    let told = Message::Qualities(vec![(aoi, Quality::Poor)]);
    assert_eq!(sent_to(&outputs, aoi), [&told]);
    assert_eq!(sent_to(&outputs, ben), [&told]);
    assert!(sent_to(&outputs, deaf).is_empty());
    assert!(world.handle(measured(Quality::Poor)).is_empty());
}

#[test]
fn who_may_changes_its_name_and_everybody_reads_it() {
    let mut world = World::new();
    let ben = world.enter("ben");
    let (aoi, _) = world.join_with("aoi", |join| join.permission.can_update_metadata = true);
    let outputs = world.handle(rename(aoi, "Aoi 🍀"));
    assert_eq!(world.told_about(aoi).expect("told").name, "Aoi 🍀");
    assert_eq!(profile_outcome(&outputs, aoi), Some((7, Outcome::Done)));
    assert!(!sent_to(&outputs, ben).is_empty());
    assert!(outputs.contains(&Output::RosterChanged));
    let outputs = world.handle(rename(ben, "Boss"));
    assert_eq!(
        profile_outcome(&outputs, ben),
        Some((7, Outcome::NotAllowed))
    );
    let outputs = world.handle(rename(aoi, &"x".repeat(10_000)));
    let outcome = profile_outcome(&outputs, aoi);
    assert_eq!(outcome, Some((7, Outcome::LimitExceeded)));
}

fn rename(participant: ParticipantSid, name: &str) -> Input {
    Input::ChangeProfile {
        participant,
        change: Box::new(ProfileChange {
            request_id: 7,
            name: name.to_owned(),
            ..ProfileChange::default()
        }),
    }
}

fn profile_outcome(outputs: &[Output], of: ParticipantSid) -> Option<(u32, Outcome)> {
    let told = sent_to(outputs, of).into_iter();
    let mut answers = told.filter_map(|message| match message {
        Message::Answered {
            request_id,
            outcome,
            request: Answered::ChangeProfile(_),
        } => Some((*request_id, *outcome)),
        _ => None,
    });
    answers.next()
}

fn speakers(outputs: &[Output], to: ParticipantSid) -> Vec<Speaker> {
    let told = sent_to(outputs, to).into_iter();
    let told = told.filter_map(|message| match message {
        Message::Speakers(speakers) => Some(speakers.clone()),
        _ => None,
    });
    told.flatten().collect()
}

fn permission(publisher: ParticipantSid, track: koeba_room::TrackSid, allowed: bool) -> Message {
    Message::SubscriptionAllowed {
        publisher,
        track,
        allowed,
    }
}

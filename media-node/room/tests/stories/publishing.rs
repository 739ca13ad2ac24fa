//! Stories of tracks asked for, offered, muted and gone.

use crate::world::{World, microphone, section, sent_to, subscribed, unsubscribed};
use koeba_room::{
    Answered, Input, Message, Outcome, ParticipantSid, Permission, SimulcastCodec, TrackKind,
    TrackRequest, TrackSid, TrackSource,
};

#[test]
fn a_track_asked_for_and_then_offered_is_published() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let outputs = world.add_track(aoi, "mic");
    let track = published(&sent_to(&outputs, aoi), "mic").expect("answered at once");
    assert!(
        sent_to(&outputs, ben).is_empty(),
        "nothing is known to carry it"
    );
    let outputs = offer(&mut world, aoi, &[("7", "mic")]);
    let Message::Participants(infos) = sent_to(&outputs, ben)[0] else {
        panic!("the track is told before its session description is due");
    };
    let told = &infos[0].tracks[0];
    assert_eq!((told.sid, told.mid.as_str()), (track, "7"));
    assert_eq!(told.mime_type, "audio/opus");
    assert_eq!(subscribed(&outputs), [(ben, track)]);
    assert_eq!(world.room.subscribers(track), [ben]);
}

#[test]
fn a_track_offered_and_then_asked_for_is_published() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    assert!(offer(&mut world, aoi, &[("7", "mic")]).is_empty());
    let outputs = world.add_track(aoi, "mic");
    let track = published(&sent_to(&outputs, aoi), "mic").expect("answered at once");
    assert_eq!(subscribed(&outputs), [(ben, track)]);
}

#[test]
fn two_tracks_offered_in_the_other_order_are_told_apart_by_their_ids() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    world.add_track(aoi, "one");
    world.add_track(aoi, "two");
    offer(&mut world, aoi, &[("7", "two"), ("8", "one")]);
    let info = world.room.track_at(aoi, "7");
    let told = told_tracks(&mut world, aoi);
    let two = told.iter().find(|(_, cid)| cid == "two").expect("both");
    assert_eq!(info, Some(two.0));
}

#[test]
fn a_section_with_an_id_of_its_own_gets_the_first_track_of_its_kind() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    world.add_track(aoi, "mic");
    offer(&mut world, aoi, &[("7", "{4f7e-firefox}")]);
    assert!(world.room.track_at(aoi, "7").is_some());
}

#[test]
fn a_codecs_own_id_names_the_track_too() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let mut second = microphone("second");
    second.codecs = vec![SimulcastCodec {
        codec: "opus".into(),
        cid: "inner".into(),
    }];
    world.add_track(aoi, "first");
    add(&mut world, aoi, second);
    offer(&mut world, aoi, &[("7", "inner"), ("8", "first")]);
    let told = told_tracks(&mut world, aoi);
    let second = told.iter().find(|(_, cid)| cid == "second").expect("both");
    assert_eq!(world.room.track_at(aoi, "7"), Some(second.0));
}

#[test]
fn the_same_offer_again_changes_nothing() {
    let mut world = World::new();
    let (aoi, _ben) = (world.enter("aoi"), world.enter("ben"));
    world.add_track(aoi, "mic");
    offer(&mut world, aoi, &[("7", "mic")]);
    assert!(offer(&mut world, aoi, &[("7", "mic")]).is_empty());
}

#[test]
fn asking_twice_for_one_track_gets_the_same_answer_twice() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let first = world.add_track(aoi, "mic");
    assert_eq!(world.add_track(aoi, "mic"), first);
}

#[test]
fn a_section_no_longer_offered_unpublishes_its_track() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "7");
    let outputs = offer(&mut world, aoi, &[]);
    assert_eq!(
        sent_to(&outputs, aoi),
        [&Message::TrackUnpublished { track }]
    );
    assert_eq!(unsubscribed(&outputs), [(ben, track)]);
    assert!(world.told_about(aoi).expect("told").tracks.is_empty());
    assert!(world.room.subscribers(track).is_empty());
    assert_eq!(world.room.track_at(aoi, "7"), None);
}

#[test]
fn a_track_republished_before_it_is_gone_waits_for_its_turn() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    world.add_track(aoi, "mic");
    offer(&mut world, aoi, &[("7", "mic")]);
    let outputs = world.add_track(aoi, "mic");
    assert_eq!(outcome(&sent_to(&outputs, aoi)), Some(Outcome::Queued));
    let outputs = offer(&mut world, aoi, &[]);
    assert!(published(&sent_to(&outputs, aoi), "mic").is_some());
    offer(&mut world, aoi, &[("8", "mic")]);
    assert!(world.room.track_at(aoi, "8").is_some());
}

#[test]
fn a_muted_track_is_told_and_not_forwarded() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "7");
    let before = world.told_about(aoi).expect("told").version;
    let outputs = world.mute(aoi, track, true);
    let info = world.told_about(aoi).expect("told");
    assert!(info.tracks[0].request.muted);
    assert!(info.version > before);
    assert!(unsubscribed(&outputs).is_empty(), "the subscription stays");
    assert!(world.room.subscribers(track).is_empty());
    assert!(world.mute(aoi, track, true).is_empty(), "nothing new");
    world.mute(aoi, track, false);
    assert_eq!(world.room.subscribers(track), [ben]);
}

#[test]
fn a_track_muted_before_it_was_offered_starts_muted() {
    let mut world = World::new();
    let (aoi, _ben) = (world.enter("aoi"), world.enter("ben"));
    let outputs = world.add_track(aoi, "mic");
    let track = published(&sent_to(&outputs, aoi), "mic").expect("answered");
    world.mute(aoi, track, true);
    offer(&mut world, aoi, &[("7", "mic")]);
    assert!(world.told_about(aoi).expect("told").tracks[0].request.muted);
    assert!(world.room.subscribers(track).is_empty());
}

#[test]
fn nobody_mutes_somebody_elses_track() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "7");
    let outputs = world.mute(ben, track, true);
    assert_eq!(outcome(&sent_to(&outputs, ben)), Some(Outcome::NotFound));
    assert_eq!(world.room.subscribers(track), [ben]);
}

#[test]
fn who_may_not_publish_is_refused_in_words() {
    for (permission, source) in [
        (
            Permission {
                can_publish: false,
                ..Permission::default()
            },
            TrackSource::Microphone,
        ),
        (
            Permission {
                can_publish_sources: vec![TrackSource::Camera],
                ..Permission::default()
            },
            TrackSource::Microphone,
        ),
        (
            Permission {
                hidden: true,
                ..Permission::default()
            },
            TrackSource::Microphone,
        ),
    ] {
        let mut world = World::new();
        let (aoi, _) = world.join_with("aoi", |join| join.permission = permission);
        let request = TrackRequest::new("mic", TrackKind::Audio, source);
        let outputs = add(&mut world, aoi, request);
        assert_eq!(outcome(&sent_to(&outputs, aoi)), Some(Outcome::NotAllowed));
    }
}

#[test]
fn video_is_refused_where_there_is_none() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let request = TrackRequest::new("cam", TrackKind::Video, TrackSource::Camera);
    let outputs = add(&mut world, aoi, request);
    assert_eq!(outcome(&sent_to(&outputs, aoi)), Some(Outcome::Unsupported));
}

#[test]
fn video_is_published_where_it_is_allowed() {
    let mut world = World::with(|config| config.video = true);
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    add(
        &mut world,
        aoi,
        TrackRequest::new("cam", TrackKind::Video, TrackSource::Camera),
    );
    let mut camera = section("3", "cam");
    camera.kind = TrackKind::Video;
    let outputs = world.handle(Input::Sections {
        participant: aoi,
        sections: vec![camera],
    });
    assert_eq!(subscribed(&outputs)[0].0, ben);
}

#[test]
fn a_track_without_an_id_or_too_many_of_them_is_refused() {
    let mut world = World::with(|config| config.max_tracks = 1);
    let aoi = world.enter("aoi");
    let outputs = world.add_track(aoi, "");
    assert_eq!(outcome(&sent_to(&outputs, aoi)), Some(Outcome::Invalid));
    let outputs = world.add_track(aoi, &"x".repeat(10_000));
    assert_eq!(outcome(&sent_to(&outputs, aoi)), Some(Outcome::Invalid));
    world.add_track(aoi, "one");
    let outputs = world.add_track(aoi, "two");
    assert_eq!(
        outcome(&sent_to(&outputs, aoi)),
        Some(Outcome::LimitExceeded)
    );
}

fn offer(
    world: &mut World,
    participant: ParticipantSid,
    sections: &[(&str, &str)],
) -> Vec<koeba_room::Output> {
    let sections = sections.iter().map(|(mid, cid)| section(mid, cid));
    world.handle(Input::Sections {
        participant,
        sections: sections.collect(),
    })
}

fn add(
    world: &mut World,
    participant: ParticipantSid,
    request: TrackRequest,
) -> Vec<koeba_room::Output> {
    world.handle(Input::AddTrack {
        participant,
        request: Box::new(request),
    })
}

/// What a newcomer is told of somebody's tracks.
fn told_tracks(world: &mut World, of: ParticipantSid) -> Vec<(TrackSid, String)> {
    let (newcomer, outputs) = world.join_with("newcomer", |_| {});
    let Message::Joined { others, .. } = sent_to(&outputs, newcomer)[0] else {
        panic!("joined comes first");
    };
    let info = others.iter().find(|info| info.sid == of).expect("listed");
    info.tracks
        .iter()
        .map(|track| (track.sid, track.request.cid.clone()))
        .collect()
}

fn published(messages: &[&Message], wanted: &str) -> Option<TrackSid> {
    messages.iter().find_map(|message| match message {
        Message::TrackPublished { cid, track } if cid == wanted => Some(track.sid),
        _ => None,
    })
}

fn outcome(messages: &[&Message]) -> Option<Outcome> {
    messages.iter().find_map(|message| match message {
        Message::Answered {
            outcome,
            request: Answered::AddTrack(_) | Answered::Mute { .. },
            ..
        } => Some(*outcome),
        _ => None,
    })
}

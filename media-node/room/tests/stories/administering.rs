//! Stories of somebody with authority over the room: what is ordered holds, whatever clients say.

use crate::world::{World, microphone, sent_to, subscribed, unsubscribed};
use koeba_room::{
    Input, LeaveReason, Message, Order, OrderError, Output, ParticipantSid, Permission,
    ProfileChange, SubscriptionChange, TrackSid, TrackSource,
};

#[test]
fn a_track_that_was_silenced_stays_silent_whatever_its_owner_says() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "7");
    assert_eq!(world.room.subscribers(track), [ben]);
    let outputs = order(&mut world, silence(aoi, track, true)).expect("done");
    assert!(sent_to(&outputs, aoi).contains(&&Message::Muted { track }));
    assert!(told_muted(&world, aoi));
    world.mute(aoi, track, true);
    let outputs = world.mute(aoi, track, false);
    assert!(sent_to(&outputs, aoi).contains(&&Message::Muted { track }));
    assert!(world.room.subscribers(track).is_empty());
    assert!(told_muted(&world, aoi));
}

#[test]
fn a_silenced_source_is_silent_when_it_is_published_anew() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    world.enter("ben");
    let first = world.publish(aoi, "7");
    order(&mut world, silence(aoi, first, true)).expect("done");
    world.handle(Input::Sections {
        participant: aoi,
        sections: Vec::new(),
    });
    let second = world.publish(aoi, "8");
    assert_ne!(first, second);
    assert!(world.room.subscribers(second).is_empty());
    world.mute(aoi, second, false);
    assert!(world.room.subscribers(second).is_empty());
}

#[test]
fn lifting_the_silence_leaves_it_to_the_owner_to_speak() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "7");
    order(&mut world, silence(aoi, track, true)).expect("done");
    order(&mut world, silence(aoi, track, false)).expect("lifted");
    assert!(world.room.subscribers(track).is_empty());
    world.mute(aoi, track, false);
    assert_eq!(world.room.subscribers(track), [ben]);
}

#[test]
fn nobody_opens_the_microphone_of_somebody_who_muted_it() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    world.enter("ben");
    let track = world.publish(aoi, "7");
    world.mute(aoi, track, true);
    let refused = order(&mut world, silence(aoi, track, false));
    assert_eq!(refused, Err(OrderError::NotSilenced));
    assert!(world.room.subscribers(track).is_empty());
}

#[test]
fn whoever_may_no_longer_publish_is_no_longer_heard_and_cannot_publish_anew() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "7");
    let permission = Permission {
        can_publish: false,
        ..Permission::default()
    };
    let outputs = order(&mut world, permit(aoi, permission.clone())).expect("done");
    assert!(sent_to(&outputs, aoi).contains(&&Message::TrackUnpublished { track }));
    assert_eq!(unsubscribed(&outputs), [(ben, track)]);
    assert_eq!(world.room.track_at(aoi, "7"), None);
    let told = world.told_about(aoi).expect("told");
    assert!(told.tracks.is_empty());
    assert_eq!(told.permission, permission);
    world.add_track(aoi, "again");
    let sections = vec![crate::world::section("7", "again")];
    world.handle(Input::Sections {
        participant: aoi,
        sections,
    });
    assert_eq!(world.room.track_at(aoi, "7"), None);
    world.handle(Input::Sections {
        participant: aoi,
        sections: Vec::new(),
    });
    order(&mut world, permit(aoi, Permission::default())).expect("done");
    world.publish(aoi, "8");
}

#[test]
fn only_the_sources_that_are_still_permitted_stay() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let track = world.publish(aoi, "7");
    let only = |source| Permission {
        can_publish_sources: vec![source],
        ..Permission::default()
    };
    order(&mut world, permit(aoi, only(TrackSource::Microphone))).expect("done");
    assert_eq!(world.room.track_at(aoi, "7"), Some(track));
    order(&mut world, permit(aoi, only(TrackSource::Camera))).expect("done");
    assert_eq!(world.room.track_at(aoi, "7"), None);
}

#[test]
fn whoever_may_no_longer_listen_hears_nothing_until_that_is_given_back() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "7");
    let deaf = Permission {
        can_subscribe: false,
        ..Permission::default()
    };
    let outputs = order(&mut world, permit(ben, deaf)).expect("done");
    assert_eq!(unsubscribed(&outputs), [(ben, track)]);
    world.subscribe(ben, track, true);
    assert!(world.room.subscribers(track).is_empty());
    let outputs = order(&mut world, permit(ben, Permission::default())).expect("done");
    assert_eq!(subscribed(&outputs), [(ben, track)]);
}

#[test]
fn a_profile_can_be_changed_for_somebody_who_may_not_change_it() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let change = |name: &str, attributes: &[(&str, &str)]| ProfileChange {
        name: name.to_owned(),
        attributes: attributes
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        ..ProfileChange::default()
    };
    let outputs = order(&mut world, update(aoi, change("Aoi", &[("hand", "up")])));
    assert!(outputs.expect("done").contains(&Output::RosterChanged));
    let told = world.told_about(aoi).expect("told");
    assert_eq!(
        (told.name.as_str(), told.attributes["hand"].as_str()),
        ("Aoi", "up")
    );
    order(&mut world, update(aoi, change("", &[("hand", "")]))).expect("done");
    let told = world.told_about(aoi).expect("told");
    assert!(told.name == "Aoi" && told.attributes.is_empty());
    let long = "x".repeat(257);
    let refused = order(&mut world, update(aoi, change(&long, &[])));
    assert_eq!(refused, Err(OrderError::TooLong));
}

#[test]
fn whether_somebody_is_hidden_cannot_change() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let hidden = Permission {
        hidden: true,
        can_publish: false,
        ..Permission::default()
    };
    let refused = order(&mut world, permit(aoi, hidden));
    assert_eq!(refused, Err(OrderError::Hidden));
    assert!(
        world
            .room
            .participant(aoi)
            .expect("there")
            .permission
            .can_publish
    );
}

#[test]
fn subscriptions_can_be_chosen_for_somebody() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "7");
    let choose = |track: &str, subscribe| Order::Subscribe {
        participant: ben,
        change: SubscriptionChange {
            tracks: vec![track.to_owned()],
            subscribe,
        },
    };
    let outputs = order(&mut world, choose(&track.to_string(), false)).expect("done");
    assert_eq!(unsubscribed(&outputs), [(ben, track)]);
    let refused = order(&mut world, choose("TR_nothing", true));
    assert_eq!(refused, Err(OrderError::NoTrack));
}

#[test]
fn the_rooms_text_is_told_to_all_and_bounded() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let outputs = order(&mut world, Order::SetMetadata("agenda".to_owned())).expect("done");
    for who in [aoi, ben] {
        let told = sent_to(&outputs, who);
        assert!(matches!(told[0], Message::Room(room) if room.metadata == "agenda"));
    }
    let long = Order::SetMetadata("x".repeat(64 * 1024 + 1));
    assert_eq!(order(&mut world, long), Err(OrderError::TooLong));
    assert_eq!(world.room.info().metadata, "agenda");
}

#[test]
fn what_is_not_there_is_said_to_be_missing() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "7");
    let nobody = ParticipantSid::from_random(99);
    let missing = Err(OrderError::NoParticipant);
    assert_eq!(order(&mut world, silence(nobody, track, true)), missing);
    assert_eq!(
        order(&mut world, permit(nobody, Permission::default())),
        missing
    );
    let not_his = order(&mut world, silence(ben, track, true));
    assert_eq!(not_his, Err(OrderError::NoTrack));
    assert_eq!(world.room.subscribers(track), [ben]);
}

#[test]
fn whoever_was_removed_cannot_go_on_as_the_same_participant() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    assert_eq!(world.room.participant_called("aoi"), Some(aoi));
    world.handle(Input::Remove {
        participant: aoi,
        reason: LeaveReason::ParticipantRemoved,
    });
    assert!(!world.room.can_resume(aoi, "aoi"));
    assert_eq!(world.room.participant_called("aoi"), None);
}

#[test]
fn a_track_still_waiting_for_its_section_is_silenced_with_the_others() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    world.enter("ben");
    let track = world.publish(aoi, "7");
    world.handle(Input::AddTrack {
        participant: aoi,
        request: Box::new(microphone("late")),
    });
    order(&mut world, silence(aoi, track, true)).expect("done");
    let mut sections = world.sections(aoi);
    sections.push(crate::world::section("8", "late"));
    world.handle(Input::Sections {
        participant: aoi,
        sections,
    });
    let late = world.room.track_at(aoi, "8").expect("published");
    assert!(world.room.subscribers(late).is_empty());
}

fn order(world: &mut World, order: Order) -> Result<Vec<Output>, OrderError> {
    world.room.administer(world.now, order)?;
    let new: Vec<_> = std::iter::from_fn(|| world.room.poll_output()).collect();
    world.outputs.extend(new.iter().cloned());
    Ok(new)
}

fn silence(participant: ParticipantSid, track: TrackSid, muted: bool) -> Order {
    Order::Mute {
        participant,
        track,
        muted,
    }
}

fn permit(participant: ParticipantSid, permission: Permission) -> Order {
    Order::Update {
        participant,
        change: Box::default(),
        permission: Some(Box::new(permission)),
    }
}

fn update(participant: ParticipantSid, change: ProfileChange) -> Order {
    Order::Update {
        participant,
        change: Box::new(change),
        permission: None,
    }
}

fn told_muted(world: &World, participant: ParticipantSid) -> bool {
    let told = world.told_about(participant).expect("told");
    told.tracks.iter().all(|track| track.request.muted)
}

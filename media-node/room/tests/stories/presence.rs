//! Stories of coming, going and being away.

use std::time::Duration;

use crate::world::{OPENED_AT_MS, World, message, sent_to, unsubscribed};
use koeba_room::{
    Close, Input, LeaveAction, LeaveReason, Message, Output, ParticipantSid, ParticipantState,
    Permission,
};

#[test]
fn the_first_thing_a_participant_reads_is_that_it_has_joined() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    world.publish(aoi, "0");
    let (ben, outputs) = world.join_with("ben", |join| {
        join.tracks = vec![crate::world::microphone("early")];
    });
    let told = sent_to(&outputs, ben);
    let Message::Joined { room, you, others } = told[0] else {
        panic!("joined comes first, not {:?}", told[0]);
    };
    assert_eq!(room.name, "lobby");
    assert_eq!((you.sid, you.identity.as_str()), (ben, "ben"));
    assert_eq!(you.joined_at_ms, OPENED_AT_MS);
    assert_eq!(others.len(), 1);
    assert_eq!(others[0].tracks.len(), 1);
}

#[test]
fn everybody_hears_of_a_newcomer_and_of_its_media_coming_up() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let (ben, outputs) = world.join_with("ben", |_| {});
    let Message::Participants(infos) = sent_to(&outputs, aoi)[0] else {
        panic!("aoi is told of ben");
    };
    assert_eq!(infos[0].state, ParticipantState::Joined);
    let before = infos[0].version;
    world.handle(Input::TransportConnected { participant: ben });
    let info = world.told_about(ben).expect("ben was announced");
    assert_eq!(info.state, ParticipantState::Active);
    assert!(info.version > before);
}

#[test]
fn leaving_is_told_and_empties_the_room() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "0");
    let outputs = world.handle(Input::Leave { participant: aoi });
    assert!(sent_to(&outputs, aoi).is_empty(), "it knows that it leaves");
    assert!(outputs.contains(&departed(aoi, LeaveReason::ClientInitiated)));
    assert_eq!(unsubscribed(&outputs), [(ben, track)]);
    assert_eq!(
        world.told_about(aoi).expect("ben is told").state,
        ParticipantState::Disconnected(LeaveReason::ClientInitiated)
    );
    assert_eq!(world.room.roster().len(), 1);
}

#[test]
fn the_same_identity_again_disconnects_the_old_connection() {
    let mut world = World::new();
    let (old, ben) = (world.enter("aoi"), world.enter("ben"));
    let (new, outputs) = world.join_with("aoi", |_| {});
    let leave = Message::Leave {
        action: LeaveAction::Disconnect,
        reason: LeaveReason::DuplicateIdentity,
    };
    assert_eq!(sent_to(&outputs, old), [&leave]);
    assert!(outputs.contains(&departed(old, LeaveReason::DuplicateIdentity)));
    let states: Vec<_> = sent_to(&outputs, ben)
        .into_iter()
        .filter_map(|message| match message {
            Message::Participants(infos) => Some((infos[0].sid, infos[0].state)),
            _ => None,
        })
        .collect();
    assert_eq!(
        states,
        [
            (
                old,
                ParticipantState::Disconnected(LeaveReason::DuplicateIdentity)
            ),
            (new, ParticipantState::Joined),
        ]
    );
    assert_eq!(world.room.len(), 2);
}

#[test]
fn a_full_room_refuses_the_next_one_and_says_so() {
    let mut world = World::with(|config| config.max_participants = 1);
    world.enter("aoi");
    let (ben, outputs) = world.join_with("ben", |_| {});
    let leave = Message::Leave {
        action: LeaveAction::Disconnect,
        reason: LeaveReason::JoinFailure,
    };
    assert_eq!(
        outputs,
        [
            Output::Send {
                to: vec![ben],
                message: leave
            },
            departed(ben, LeaveReason::JoinFailure)
        ]
    );
    assert_eq!(world.room.len(), 1);
}

#[test]
fn a_full_room_lets_the_same_identity_replace_itself() {
    let mut world = World::with(|config| config.max_participants = 1);
    world.enter("aoi");
    let (again, outputs) = world.join_with("aoi", |_| {});
    assert!(matches!(
        sent_to(&outputs, again)[0],
        Message::Joined { .. }
    ));
}

#[test]
fn nobody_hears_of_a_hidden_participant() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let (ghost, outputs) = world.join_with("ghost", |join| {
        join.permission = Permission {
            hidden: true,
            ..Permission::default()
        };
    });
    assert!(sent_to(&outputs, aoi).is_empty());
    let outputs = world.handle(Input::Leave { participant: ghost });
    assert!(sent_to(&outputs, aoi).is_empty());
    world.join("ben");
    let roster = world.room.roster();
    assert!(roster.iter().all(|entry| entry.identity != "ghost"));
}

#[test]
fn a_torn_connection_that_comes_back_in_time_loses_nothing() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let track = world.publish(aoi, "0");
    let carla = world.enter("carla");
    world.handle(Input::SignalLost { participant: ben });
    world.pass(Duration::from_secs(5));
    assert_eq!(world.room.subscribers(track), [ben, carla], "media goes on");
    let outputs = world.handle(Input::Leave { participant: carla });
    assert!(sent_to(&outputs, ben).is_empty(), "nobody reads there");

    assert!(world.room.can_resume(ben, "ben"));
    let outputs = world.handle(Input::Resume { participant: ben });
    let told = sent_to(&outputs, ben);
    assert_eq!(told[0], &Message::Resumed { last_data: 0 });
    let Message::Participants(infos) = told[1] else {
        panic!("the participants follow");
    };
    let states: Vec<_> = infos.iter().map(|info| (info.sid, info.state)).collect();
    assert_eq!(
        states,
        [
            (
                carla,
                ParticipantState::Disconnected(LeaveReason::ClientInitiated)
            ),
            (aoi, ParticipantState::Active),
        ]
    );
    assert!(world.pass(Duration::from_secs(60)).iter().all(|output| {
        message(output).is_none_or(|message| !matches!(message, Message::Leave { .. }))
    }));
    assert_eq!(world.room.len(), 2);
}

#[test]
fn a_torn_connection_that_stays_away_departs() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    world.handle(Input::SignalLost { participant: ben });
    let outputs = world.pass(Duration::from_secs(15));
    assert!(outputs.contains(&departed(ben, LeaveReason::SignalClose)));
    assert!(!sent_to(&outputs, aoi).is_empty());
    assert!(!world.room.can_resume(ben, "ben"));
}

#[test]
fn nobody_resumes_as_somebody_else() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    assert!(!world.room.can_resume(aoi, "ben"));
    assert!(
        !world
            .room
            .can_resume(ParticipantSid::from_random(99), "aoi")
    );
}

#[test]
fn a_client_whose_media_is_gone_is_told_to_resume() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let outputs = world.handle(Input::TransportLost { participant: aoi });
    let leave = Message::Leave {
        action: LeaveAction::Resume,
        reason: LeaveReason::MediaFailure,
    };
    assert_eq!(
        outputs,
        [
            Output::Send {
                to: vec![aoi],
                message: leave
            },
            Output::CloseSignal { participant: aoi }
        ]
    );
    world.pass(Duration::from_secs(1));
    world.handle(Input::Resume { participant: aoi });
    world.handle(Input::TransportConnected { participant: aoi });
    world.pass(Duration::from_secs(60));
    assert_eq!(world.room.len(), 1);
}

#[test]
fn a_client_whose_media_does_not_come_back_departs() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    world.handle(Input::TransportLost { participant: aoi });
    world.handle(Input::Resume { participant: aoi });
    let outputs = world.pass(Duration::from_secs(20));
    assert!(outputs.contains(&departed(aoi, LeaveReason::ConnectionTimeout)));
}

#[test]
fn whoever_is_no_longer_heard_nor_heard_of_is_soon_shown_to_be_gone() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    // The machine was shut: its connection still stands, and nobody reads what is sent there.
    world.handle(Input::TransportLost { participant: aoi });
    let outputs = world.pass(Duration::from_millis(3_500));
    assert!(outputs.contains(&departed(aoi, LeaveReason::ConnectionTimeout)));
    let told = world.told_about(aoi).expect("the others are told");
    assert!(matches!(told.state, ParticipantState::Disconnected(_)));
    assert!(!sent_to(&outputs, ben).is_empty());
}

#[test]
fn whoever_is_heard_and_only_not_heard_of_is_waited_for() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    world.handle(Input::SignalLost { participant: aoi });
    world.pass(Duration::from_secs(14));
    assert!(world.room.can_resume(aoi, "aoi"));
}

#[test]
fn media_that_never_comes_up_ends_the_join() {
    let mut world = World::new();
    let aoi = world.join("aoi");
    let outputs = world.pass(Duration::from_secs(20));
    let leave = Message::Leave {
        action: LeaveAction::Disconnect,
        reason: LeaveReason::JoinFailure,
    };
    assert_eq!(sent_to(&outputs, aoi).last(), Some(&&leave));
}

#[test]
fn a_transport_that_fails_before_it_was_up_ends_the_join_at_once() {
    let mut world = World::new();
    let aoi = world.join("aoi");
    let outputs = world.handle(Input::TransportLost { participant: aoi });
    assert!(outputs.contains(&departed(aoi, LeaveReason::JoinFailure)));
}

#[test]
fn a_room_nobody_comes_to_closes() {
    let mut world = World::new();
    assert!(world.pass(Duration::from_secs(299)).is_empty());
    assert_eq!(world.pass(Duration::from_secs(1)), [Output::Closed]);
    assert_eq!(world.room.poll_timeout(), None);
}

#[test]
fn a_room_that_everybody_left_closes_unless_somebody_comes_back() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    world.handle(Input::Leave { participant: aoi });
    world.pass(Duration::from_secs(19));
    let aoi = world.enter("aoi");
    world.pass(Duration::from_secs(100));
    assert!(!world.room.is_closed());
    world.handle(Input::Leave { participant: aoi });
    let outputs = world.pass(Duration::from_secs(20));
    assert_eq!(outputs.last(), Some(&Output::Closed));
}

#[test]
fn a_closed_room_sends_newcomers_to_a_new_one() {
    let mut world = World::new();
    world.pass(Duration::from_secs(300));
    let (aoi, outputs) = world.join_with("aoi", |_| {});
    let leave = Message::Leave {
        action: LeaveAction::Reconnect,
        reason: LeaveReason::RoomClosed,
    };
    assert_eq!(sent_to(&outputs, aoi), [&leave]);
    assert!(world.room.is_empty());
}

#[test]
fn a_deleted_room_tells_everybody_once_and_closes() {
    let mut world = World::new();
    let (aoi, ben) = (world.enter("aoi"), world.enter("ben"));
    let close = Close {
        reason: LeaveReason::RoomDeleted,
        action: LeaveAction::Disconnect,
    };
    let outputs = world.handle(Input::Close(close));
    let leave = Message::Leave {
        action: LeaveAction::Disconnect,
        reason: LeaveReason::RoomDeleted,
    };
    assert_eq!(sent_to(&outputs, aoi), [&leave]);
    assert_eq!(sent_to(&outputs, ben), [&leave]);
    assert_eq!(outputs.last(), Some(&Output::Closed));
    assert!(world.pass(Duration::from_secs(600)).is_empty());
}

#[test]
fn somebody_removed_is_told_why() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    let reason = LeaveReason::ParticipantRemoved;
    let outputs = world.handle(Input::Remove {
        participant: aoi,
        reason,
    });
    let leave = Message::Leave {
        action: LeaveAction::Disconnect,
        reason,
    };
    assert_eq!(sent_to(&outputs, aoi), [&leave]);
}

#[test]
fn the_head_count_is_told_once_for_many_arrivals() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    world.enter("ben");
    world.enter("carla");
    let outputs = world.pass(Duration::from_secs(2));
    let counts: Vec<_> = sent_to(&outputs, aoi)
        .into_iter()
        .filter_map(|message| match message {
            Message::Room(room) => Some(room.num_participants),
            _ => None,
        })
        .collect();
    assert_eq!(counts, [3]);
}

fn departed(participant: ParticipantSid, reason: LeaveReason) -> Output {
    Output::Departed {
        participant,
        reason,
    }
}

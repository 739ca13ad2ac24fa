//! Who gets the data that participants send.

use std::time::Duration;

use koeba_room::{
    Answered, Data, Delivery, Input, Message, Outcome, Output, ParticipantSid, Permission,
};

use crate::world::World;

#[test]
fn everybody_else_gets_what_is_for_nobody_in_particular() {
    let mut world = World::new();
    let (aoi, ben, cho) = (world.enter("aoi"), world.enter("ben"), world.enter("cho"));
    let outputs = world.handle(sends(aoi, |_| {}));
    assert_eq!(receivers(&outputs), [ben, cho]);
}

#[test]
fn receivers_are_named_by_identity_or_by_sid() {
    let mut world = World::new();
    let (aoi, ben, cho) = (world.enter("aoi"), world.enter("ben"), world.enter("cho"));
    world.enter("dan");
    let outputs = world.handle(sends(aoi, |data| {
        data.identities = vec!["ben".to_owned(), "aoi".to_owned()];
        data.sids = vec![cho.to_string()];
    }));
    assert_eq!(receivers(&outputs), [ben, cho]);
    let outputs = world.handle(sends(aoi, |data| data.identities = vec!["zoe".to_owned()]));
    assert!(outputs.is_empty(), "nobody of that name is here");
}

#[test]
fn somebody_hidden_sends_without_a_name() {
    let mut world = World::new();
    let (aoi, _) = world.join_with("aoi", |join| join.permission.hidden = true);
    world.enter("ben");
    let outputs = world.handle(sends(aoi, |_| {}));
    assert!(matches!(&outputs[..], [Output::Data { identity, .. }] if identity.is_empty()));
}

#[test]
fn a_repetition_goes_nowhere_but_lossy_data_has_no_order() {
    let mut world = World::new();
    let aoi = world.enter("aoi");
    world.enter("ben");
    let numbered = |n: u32| sends(aoi, move |data| data.sequence = n);
    assert_eq!(world.handle(numbered(5)).len(), 1);
    assert!(world.handle(numbered(5)).is_empty());
    assert!(world.handle(numbered(4)).is_empty());
    assert_eq!(world.handle(numbered(6)).len(), 1);
    for _ in 0..2 {
        let lossy = sends(aoi, |data| {
            data.sequence = 1;
            data.delivery = Delivery::Lossy;
        });
        assert_eq!(world.handle(lossy).len(), 1);
    }
    world.handle(Input::SignalLost { participant: aoi });
    let outputs = world.handle(Input::Resume { participant: aoi });
    let resumed = Message::Resumed { last_data: 6 };
    assert!(matches!(&outputs[0], Output::Send { message, .. } if *message == resumed));
}

#[test]
fn without_the_right_to_send_data_it_is_refused() {
    let mut world = World::new();
    let (aoi, _) = world.join_with("aoi", |join| {
        join.permission = Permission {
            can_publish_data: false,
            ..Permission::default()
        };
    });
    let ben = world.enter("ben");
    assert_eq!(
        refusal(&world.handle(sends(aoi, |_| {}))),
        Outcome::NotAllowed
    );
    let forbidden = sends(ben, |data| data.forbidden = true);
    assert_eq!(refusal(&world.handle(forbidden)), Outcome::NotAllowed);
}

#[test]
fn a_message_that_is_too_large_is_refused() {
    let mut world = World::with(|config| config.data.message_bytes = 10);
    let aoi = world.enter("aoi");
    world.enter("ben");
    let outputs = world.handle(sends(aoi, |data| data.message = vec![0; 11].into()));
    assert_eq!(refusal(&outputs), Outcome::LimitExceeded);
}

#[test]
fn a_flood_is_refused_with_one_word_a_second_until_it_ebbs() {
    let mut world = World::with(|config| config.data.messages_per_second = 2);
    let aoi = world.enter("aoi");
    world.enter("ben");
    for _ in 0..8 {
        assert_eq!(receivers(&world.handle(sends(aoi, |_| {}))).len(), 1);
    }
    let refused = world.handle(sends(aoi, |_| {}));
    assert_eq!(refusal(&refused), Outcome::LimitExceeded);
    assert!(world.handle(sends(aoi, |_| {})).is_empty());
    world.pass(Duration::from_secs(1));
    assert_eq!(receivers(&world.handle(sends(aoi, |_| {}))).len(), 1);
}

fn sends(participant: ParticipantSid, change: impl FnOnce(&mut Data)) -> Input {
    let mut data = Data {
        delivery: Delivery::Reliable,
        sequence: 0,
        identities: Vec::new(),
        sids: Vec::new(),
        forbidden: false,
        message: b"hello".to_vec().into(),
    };
    change(&mut data);
    Input::Data {
        participant,
        data: Box::new(data),
    }
}

fn receivers(outputs: &[Output]) -> Vec<ParticipantSid> {
    match outputs {
        [Output::Data { to, .. }] => to.clone(),
        other => panic!("it is passed on: {other:?}"),
    }
}

fn refusal(outputs: &[Output]) -> Outcome {
    match outputs {
        [
            Output::Send {
                message:
                    Message::Answered {
                        outcome,
                        request: Answered::Data,
                        ..
                    },
                ..
            },
        ] => *outcome,
        other => panic!("it is refused: {other:?}"),
    }
}

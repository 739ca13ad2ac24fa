//! Data between participants of a real node, over loopback.

mod support;

use koeba_node::{DataLimits, Limits};
use koeba_protocol::proto::data_packet::{Kind, Value};
use koeba_protocol::proto::request_response::Reason;
use koeba_protocol::proto::{DataPacket, UserPacket};
use support::caller::Caller;
use support::{Node, until};

const RELIABLE: &str = "_reliable";
const LOSSY: &str = "_lossy";

#[tokio::test]
async fn a_message_arrives_with_its_true_sender_on_the_channel_it_was_sent_on() {
    let node = Node::start().await;
    let (mut ann, mut ben) = (node.caller("ann").await, node.caller("ben").await);
    let mut forged = message(1, "hello");
    forged.participant_identity = "ben".to_owned();
    forged.participant_sid = ben.sid.clone();
    ann.send_data(RELIABLE, &forged).await;
    arrives(&mut ann, &mut ben, 1).await;
    ann.send_data(LOSSY, &message(0, "level")).await;
    arrives(&mut ann, &mut ben, 2).await;
    let data = ben.data();
    for ((label, packet), (expected, kind, said)) in data.iter().zip([
        (RELIABLE, Kind::Reliable, "hello"),
        (LOSSY, Kind::Lossy, "level"),
    ]) {
        assert_eq!(label, expected);
        assert_eq!(packet.kind(), kind);
        assert_eq!(packet.participant_identity, "ann");
        assert_eq!(packet.participant_sid, ann.sid);
        assert_eq!(text(packet), said);
    }
    assert!(ann.data().is_empty(), "nobody hears themselves");
    assert_eq!(node.count("data_forwarded_total").await, 2);
}

#[tokio::test]
async fn a_message_to_one_person_reaches_nobody_else() {
    let node = Node::start().await;
    let (mut ann, mut ben) = (node.caller("ann").await, node.caller("ben").await);
    let mut cho = node.caller("cho").await;
    let whisper = DataPacket {
        destination_identities: vec!["cho".to_owned()],
        ..message(1, "for cho")
    };
    ann.send_data(RELIABLE, &whisper).await;
    ann.send_data(RELIABLE, &message(2, "for all")).await;
    until(&mut [&mut ann, &mut ben, &mut cho], "both arrive", |all| {
        all[1].data().len() == 1 && all[2].data().len() == 2
    })
    .await;
    assert_eq!(text(&ben.data()[0].1), "for all");
    assert_eq!(text(&cho.data()[0].1), "for cho");
}

#[tokio::test]
async fn a_repeated_message_arrives_once_and_in_order() {
    let node = Node::start().await;
    let (mut ann, mut ben) = (node.caller("ann").await, node.caller("ben").await);
    for sequence in [1, 2, 2, 1, 3] {
        ann.send_data(RELIABLE, &message(sequence, &sequence.to_string()))
            .await;
    }
    arrives(&mut ann, &mut ben, 3).await;
    let said: Vec<_> = ben.data().iter().map(|(_, packet)| text(packet)).collect();
    assert_eq!(said, ["1", "2", "3"]);
}

#[tokio::test]
async fn whoever_may_not_send_data_is_told_so_and_stays() {
    let node = Node::start().await;
    let mut claims = node.claims("ann");
    claims.grant.can_publish_data = false;
    let mut ann = Caller::join(&node, &node.token(&claims)).await;
    let mut ben = node.caller("ben").await;
    ann.send_data(RELIABLE, &message(1, "hello")).await;
    until(&mut [&mut ann, &mut ben], "ann is told", |all| {
        all[0]
            .answered
            .iter()
            .any(|answer| answer.reason() == Reason::NotAllowed)
    })
    .await;
    assert!(ann.left.is_none() && !ann.closed);
    assert!(ben.data().is_empty());
}

#[tokio::test]
async fn too_much_data_is_refused_once_a_second_and_the_sender_stays() {
    let limits = Limits {
        data: DataLimits {
            messages_per_second: 1,
            ..DataLimits::default()
        },
        ..Limits::default()
    };
    let node = Node::start_with(limits, None).await;
    let (mut ann, mut ben) = (node.caller("ann").await, node.caller("ben").await);
    for sequence in 1..=20 {
        ann.send_data(RELIABLE, &message(sequence, "flood")).await;
    }
    until(&mut [&mut ann, &mut ben], "ann is told", |all| {
        all[0]
            .answered
            .iter()
            .any(|answer| answer.reason() == Reason::LimitExceeded)
    })
    .await;
    assert!(ann.left.is_none() && !ann.closed);
    arrives(&mut ann, &mut ben, 4).await;
}

#[tokio::test]
async fn noise_on_a_channel_is_counted_and_reaches_nobody() {
    let node = Node::start().await;
    let (mut ann, mut ben) = (node.caller("ann").await, node.caller("ben").await);
    ann.send_data(RELIABLE, &message(1, "before")).await;
    ann.client
        .send_data(std::time::Instant::now(), RELIABLE, &[0xff; 40]);
    ann.send_data(RELIABLE, &message(2, "after")).await;
    arrives(&mut ann, &mut ben, 2).await;
    assert_eq!(node.count("data_malformed_total").await, 1);
}

async fn arrives(from: &mut Caller, to: &mut Caller, count: usize) {
    until(&mut [from, to], "the data arrives", |callers| {
        callers[1].data().len() >= count
    })
    .await;
}

fn message(sequence: u32, text: &str) -> DataPacket {
    DataPacket {
        sequence,
        value: Some(Value::User(UserPacket {
            payload: text.as_bytes().to_vec(),
            topic: Some("chat".to_owned()),
            ..UserPacket::default()
        })),
        ..DataPacket::default()
    }
}

fn text(packet: &DataPacket) -> String {
    match &packet.value {
        Some(Value::User(user)) => String::from_utf8_lossy(&user.payload).into_owned(),
        other => panic!("not a message of a user: {other:?}"),
    }
}

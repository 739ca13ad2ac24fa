//! What strangers and broken clients send: it is counted, the offender is refused, and everybody
//! else goes on talking.

mod support;

use koeba_node::Limits;
use koeba_protocol::proto::{SessionDescription, signal_request};
use support::caller::Caller;
use support::{Node, hears, unknown_check, until};
use tokio::net::UdpSocket;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn garbage_on_the_media_port_is_counted_and_never_answered() {
    let node = Node::start().await;
    let (mut ann, mut ben) = talking(&node).await;
    let stranger = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let garbage: [&[u8]; 6] = [
        b"",
        b"hello",
        &[0; 20],
        &[22, 254, 253, 0, 0],
        &[0x80; 200],
        &[0xff; 1_400],
    ];
    for datagram in garbage.into_iter().chain([&unknown_check()[..]]) {
        stranger
            .send_to(datagram, node.handle.media_addr())
            .await
            .expect("it is sent");
    }
    node.until_count("datagrams_malformed_total", 4).await;
    node.until_count("datagrams_foreign_total", 3).await;
    let mut buffer = [0; 2_048];
    assert!(
        stranger.try_recv_from(&mut buffer).is_err(),
        "a stranger gets no answer"
    );
    hears(&mut ann, "mic", &mut ben, 20).await;
}

#[tokio::test]
async fn garbage_from_a_participants_own_address_does_not_end_its_call() {
    let node = Node::start().await;
    let (mut ann, mut ben) = talking(&node).await;
    let media = node.handle.media_addr();
    for datagram in [
        &[0x80_u8; 60][..],
        &[22; 80],
        &[129; 40],
        b"hello",
        &[0; 24],
    ] {
        ann.send_datagram(media, datagram).await;
    }
    hears(&mut ann, "mic", &mut ben, 20).await;
}

#[tokio::test]
async fn text_and_undecodable_frames_are_counted_and_survived() {
    let node = Node::start().await;
    let (mut ann, mut ben) = talking(&node).await;
    ann.send_raw(Message::Text("hello".into())).await;
    ann.send_raw(Message::Binary(vec![0xff; 40].into())).await;
    node.until_count("frames_malformed_total", 2).await;
    hears(&mut ann, "mic", &mut ben, 20).await;
    assert!(!ann.closed);
}

#[tokio::test]
async fn who_sends_nothing_but_undecodable_frames_is_disconnected() {
    let node = Node::start().await;
    let (mut ann, mut ben) = talking(&node).await;
    let mut mallory = node.caller("mallory").await;
    for _ in 0..20 {
        mallory
            .send_raw(Message::Binary(vec![0xff; 40].into()))
            .await;
    }
    mallory
        .until("the connection ends", |caller| caller.closed)
        .await;
    hears(&mut ann, "mic", &mut ben, 20).await;
}

#[tokio::test]
async fn an_oversized_frame_ends_its_connection_only() {
    let node = Node::start().await;
    let (mut ann, mut ben) = talking(&node).await;
    let mut mallory = node.caller("mallory").await;
    mallory
        .send_raw(Message::Binary(vec![0; 4 * 1024 * 1024].into()))
        .await;
    mallory
        .until("the connection ends", |caller| caller.closed)
        .await;
    assert_eq!(node.count("connections_broken_total").await, 1);
    hears(&mut ann, "mic", &mut ben, 20).await;
}

#[tokio::test]
async fn a_flood_of_messages_ends_its_connection_only() {
    let limits = Limits {
        messages_per_second: 5,
        ..Limits::default()
    };
    let node = Node::start_with(limits, None).await;
    let (mut ann, mut ben) = talking(&node).await;
    let mut mallory = node.caller("mallory").await;
    for _ in 0..200 {
        mallory.send(signal_request::Message::Ping(1)).await;
    }
    mallory
        .until("the connection ends", |caller| caller.closed)
        .await;
    assert_eq!(node.count("frames_too_many_total").await, 1);
    hears(&mut ann, "mic", &mut ben, 20).await;
}

#[tokio::test]
async fn a_connection_torn_in_the_middle_of_a_frame_disturbs_nobody() {
    let node = Node::start().await;
    let (mut ann, mut ben) = talking(&node).await;
    let mut mallory = node.caller("mallory").await;
    mallory.tear().await;
    node.until_count("connections_broken_total", 1).await;
    hears(&mut ann, "mic", &mut ben, 20).await;
}

#[tokio::test]
async fn an_offer_that_makes_no_sense_is_counted_and_refused() {
    let node = Node::start().await;
    let (mut ann, mut ben) = talking(&node).await;
    let mut mallory = node.caller("mallory").await;
    let offer = SessionDescription {
        r#type: "offer".to_owned(),
        sdp: "v=0\r\nm=nonsense".to_owned(),
        id: 9,
        ..SessionDescription::default()
    };
    mallory.send(signal_request::Message::Offer(offer)).await;
    node.until_count("offers_malformed_total", 1).await;
    mallory
        .until("it is told", |caller| {
            caller.left.is_some() && caller.closed
        })
        .await;
    hears(&mut ann, "mic", &mut ben, 20).await;
}

async fn talking(node: &Node) -> (Caller, Caller) {
    let mut ann = node.caller("ann").await;
    let mut ben = node.caller("ben").await;
    ann.publish("mic").await;
    let sid = ann.sid.clone();
    until(
        &mut [&mut ann, &mut ben],
        "ben knows of ann's voice",
        |callers| callers[1].sees_track(&sid),
    )
    .await;
    while ben.client.received.is_empty() {
        ann.speak("mic").await;
        ann.act().await;
        ben.act().await;
    }
    (ann, ben)
}

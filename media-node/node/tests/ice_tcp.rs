//! Media over TCP, for whoever gets nothing through over UDP.

mod support;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use koeba_node::Limits;
use support::caller::Caller;
use support::client::ClientConfig;
use support::stream::Stream;
use support::{Node, PATIENCE, hears, until};

/// A client in a network that lets no UDP through.
const BEHIND_A_WALL: ClientConfig = ClientConfig {
    tcp_only: true,
    ..ClientConfig::USUAL
};

#[tokio::test]
async fn who_gets_no_udp_through_still_talks_with_whoever_does() {
    let node = Node::start().await;
    let mut ann = behind_a_wall(&node, "ann").await;
    let mut ben = node.caller("ben").await;
    talk(&mut ann, &mut ben).await;
    assert_eq!(node.count("tcp_connections").await, 1);
    assert_eq!(node.count("dtls13_total").await, 2);
    node.handle.shutdown().await;
}

#[tokio::test]
async fn two_who_get_no_udp_through_talk_with_each_other() {
    let node = Node::start().await;
    let mut ann = behind_a_wall(&node, "ann").await;
    let mut ben = behind_a_wall(&node, "ben").await;
    talk(&mut ann, &mut ben).await;
}

#[tokio::test]
async fn who_comes_over_ipv6_talks_with_whoever_comes_over_ipv4() {
    let both = vec![
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
    ];
    let anywhere = (Ipv6Addr::UNSPECIFIED, 0).into();
    let node = Node::start_at(anywhere, both, Limits::default(), None).await;
    let ipv6 = ClientConfig {
        ipv6: true,
        ..ClientConfig::USUAL
    };
    let mut ann = joined(&node, "ann", ipv6).await;
    let mut ben = node.caller("ben").await;
    talk(&mut ann, &mut ben).await;
    let over_tcp = ClientConfig {
        tcp_only: true,
        ..ipv6
    };
    joined(&node, "cho", over_tcp).await;
}

#[tokio::test]
async fn a_connection_that_sends_anything_but_checks_is_closed_and_never_answered() {
    let node = Node::start().await;
    let (mut ann, mut ben) = (behind_a_wall(&node, "ann").await, node.caller("ben").await);
    talk(&mut ann, &mut ben).await;
    let http = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n";
    let frames: [&[u8]; 4] = [http, &[0, 2, 22, 254], &[0xff; 64], &[0, 1, 0x80]];
    for bytes in frames {
        let mut stranger = stranger(&node).await;
        stranger.send_raw(bytes).await;
        assert!(closed(&mut stranger).await, "{bytes:?}");
    }
    node.until_count("tcp_connections_malformed_total", 4).await;
    hears(&mut ann, "mic", &mut ben, 20).await;
}

#[tokio::test]
async fn a_connection_that_proves_nothing_is_closed_in_time() {
    let limits = Limits {
        tcp_patience: Duration::from_millis(50),
        ..Limits::default()
    };
    let node = Node::start_with(limits, None).await;
    let mut silent = stranger(&node).await;
    let mut liar = stranger(&node).await;
    liar.send(&support::unknown_check()).await;
    assert!(closed(&mut silent).await && closed(&mut liar).await);
    node.until_count("tcp_connections_unproven_total", 2).await;
}

#[tokio::test]
async fn one_address_takes_only_its_share_of_connections() {
    let limits = Limits {
        tcp_connections_per_address: 2,
        ..Limits::default()
    };
    let node = Node::start_with(limits, None).await;
    let (_one, _two) = (stranger(&node).await, stranger(&node).await);
    node.until_count("tcp_connections_total", 2).await;
    let mut three = stranger(&node).await;
    assert!(closed(&mut three).await);
    assert_eq!(node.count("tcp_connections_refused_total").await, 1);
}

async fn behind_a_wall(node: &Node, identity: &str) -> Caller {
    joined(node, identity, BEHIND_A_WALL).await
}

async fn joined(node: &Node, identity: &str, config: ClientConfig) -> Caller {
    let mut caller = Caller::join_with(node, &node.token_of(identity), config).await;
    caller
        .until("media can flow", |caller| caller.client.connected)
        .await;
    caller
}

async fn talk(speaker: &mut Caller, listener: &mut Caller) {
    speaker.publish("mic").await;
    let sid = speaker.sid.clone();
    until(
        &mut [speaker, listener],
        "the voice is known of",
        |callers| callers[1].sees_track(&sid),
    )
    .await;
    while listener.client.received.is_empty() {
        speaker.speak("mic").await;
        speaker.act().await;
        listener.act().await;
    }
    hears(speaker, "mic", listener, 50).await;
}

async fn stranger(node: &Node) -> Stream {
    let to = node.handle.media_tcp_addr();
    Stream::open(to.expect("the node takes media over TCP")).await
}

async fn closed(stream: &mut Stream) -> bool {
    let closing = async { while !stream.is_closed_unanswered().await {} };
    tokio::time::timeout(PATIENCE, closing).await.is_ok()
}

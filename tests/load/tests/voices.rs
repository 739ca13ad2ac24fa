//! Synthetic voices against a node in the same process.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use koeba_access_token::TokenKey;
use koeba_load::{FloorOptions, LoadError, Moment, Options, floor, load};
use koeba_node::{Limits, NodeConfig, NodeHandle, start};

const KEY: &str = "load";
const SECRET: &str = "a secret of thirty-two characters";

#[tokio::test]
async fn everybody_in_two_rooms_hears_everybody_in_its_own() {
    let node = node().await;
    let mut moments = Vec::new();
    let options = Options {
        rooms: 2,
        participants: 3,
        talking: Some(2),
        ..options(&node)
    };
    let report = load(&options, |moment| moments.push(moment)).await;
    let report = report.expect("the node carries six");
    assert_eq!(
        moments,
        [Moment::Ready, Moment::WindowBegins, Moment::WindowEnds]
    );
    // Two talkers at 50 a second reach two others each, in two rooms, for about a second.
    assert!(report.expected >= 300, "{report}");
    assert_eq!(report.received, report.expected, "{report}");
    node.shutdown().await;
}

#[tokio::test]
async fn more_clients_than_one_offer_has_sections_for_still_hear_each_other() {
    let node = node().await;
    let options = Options {
        participants: 6,
        ..options(&node)
    };
    let report = load(&options, |_| {}).await.expect("the node carries six");
    assert_eq!(report.received, report.expected, "{report}");
    node.shutdown().await;
}

#[tokio::test]
async fn the_loud_are_heard_among_many_who_are_unmuted() {
    let node = node_that_forwards(2).await;
    let options = Options {
        participants: 6,
        loud: Some(2),
        ..options(&node)
    };
    let report = load(&options, |_| {}).await.expect("the node carries six");
    assert!(report.expected >= 300, "{report}");
    assert_eq!(report.received, report.expected, "{report}");
    node.shutdown().await;
}

#[tokio::test]
async fn a_wrong_key_is_told_and_not_waited_for() {
    let node = node().await;
    let mut options = options(&node);
    options.secret = "another secret of thirty-two chars".to_owned();
    let refused = load(&options, |_| {}).await;
    assert!(matches!(refused, Err(LoadError::WebSocket(_))));
    node.shutdown().await;
}

#[tokio::test]
async fn the_floor_copies_every_datagram_to_all_others() {
    let report = floor(FloorOptions {
        participants: 4,
        talkers: 2,
        payload_bytes: 80,
        warm_up: Duration::from_millis(100),
        window: Duration::from_millis(500),
    })
    .await
    .expect("loopback");
    assert!(report.forwarded > 50 && report.cpu_ns > 0, "{report:?}");
}

/// A node that forwards everybody.
async fn node() -> NodeHandle {
    node_that_forwards(0).await
}

async fn node_that_forwards(loudest: usize) -> NodeHandle {
    let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let config = NodeConfig {
        node_id: "load".to_owned(),
        peer_addr: None,
        signal_addr: (local, 0).into(),
        media_addr: (local, 0).into(),
        media_tcp_addr: None,
        announce: vec![local],
        key: TokenKey::new(KEY, SECRET),
        control: None,
        emf: false,
        limits: Limits {
            loudest,
            ..Limits::default()
        },
    };
    start(config).await.expect("loopback")
}

fn options(node: &NodeHandle) -> Options {
    Options {
        warm_up: Duration::from_millis(200),
        window: Duration::from_secs(1),
        ready_within: Duration::from_secs(30),
        ..Options::new(format!("ws://{}", node.signal_addr()), KEY, SECRET)
    }
}

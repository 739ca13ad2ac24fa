//! Calls between participants of a real node, over loopback.

mod support;

use std::time::Duration;

use koeba_node::Limits;
use koeba_protocol::proto::DisconnectReason;
use koeba_protocol::proto::leave_request::Action;
use str0m::crypto::dtls::DtlsVersion;
use support::caller::Caller;
use support::client::ClientConfig;
use support::{Node, hears, until};

#[tokio::test]
async fn two_people_join_and_hear_each_other() {
    let node = Node::start().await;
    let (mut ann, mut ben) = two(&node).await;
    assert_eq!(
        ann.heard_of[0], "Join",
        "nothing comes before the join response"
    );
    assert_eq!(ben.heard_of[0], "Join");
    hears(&mut ann, "ann-mic", &mut ben, 50).await;
    hears(&mut ben, "ben-mic", &mut ann, 50).await;
    assert!(
        ben.client
            .received
            .iter()
            .all(|packet| packet.level == Some(-20))
    );
    assert_eq!(node.count("dtls13_total").await, 2);
    assert!(node.count("packets_forwarded_total").await >= 100);
    assert_eq!(
        u32::try_from(ann.answers),
        Ok(ann.offers),
        "every offer has one answer"
    );
    node.handle.shutdown().await;
}

#[tokio::test]
async fn who_speaks_is_told() {
    let node = Node::start().await;
    let (mut ann, mut ben) = two(&node).await;
    let sid = ann.sid.clone();
    hears(&mut ann, "ann-mic", &mut ben, 60).await;
    until(
        &mut [&mut ann, &mut ben],
        "ann is shown as speaking",
        |callers| {
            callers[1]
                .speakers
                .iter()
                .any(|speaker| speaker.sid == sid && speaker.active)
        },
    )
    .await;
}

#[tokio::test]
async fn a_muted_track_is_told_and_not_forwarded() {
    let node = Node::start().await;
    let (mut ann, mut ben) = two(&node).await;
    let (sid, track) = (ann.sid.clone(), ann.published["ann-mic"].sid.clone());
    ann.mute(&track, true).await;
    until(&mut [&mut ann, &mut ben], "ben sees it", |callers| {
        callers[1].others[&sid].tracks[0].muted
    })
    .await;
    let before = ben.client.received.len();
    for _ in 0..20 {
        ann.speak("ann-mic").await;
        ben.act().await;
    }
    ann.mute(&track, false).await;
    until(&mut [&mut ann, &mut ben], "ben sees it", |callers| {
        !callers[1].others[&sid].tracks[0].muted
    })
    .await;
    assert_eq!(ben.client.received.len(), before);
    hears(&mut ann, "ann-mic", &mut ben, 10).await;
}

#[tokio::test]
async fn unpublishing_and_leaving_are_told() {
    let node = Node::start().await;
    let (mut ann, mut ben) = two(&node).await;
    let sid = ann.sid.clone();
    ann.unpublish("ann-mic").await;
    until(&mut [&mut ann, &mut ben], "the track is gone", |callers| {
        !callers[1].sees_track(&sid)
    })
    .await;
    ann.publish("ann-mic-2").await;
    until(
        &mut [&mut ann, &mut ben],
        "the new one is there",
        |callers| callers[1].sees_track(&sid),
    )
    .await;
    hears(&mut ann, "ann-mic-2", &mut ben, 10).await;
    ann.leave().await;
    until(&mut [&mut ann, &mut ben], "ann is gone", |callers| {
        callers[0].closed && callers[1].others.is_empty()
    })
    .await;
}

#[tokio::test]
async fn seven_tracks_find_sections_although_three_are_offered() {
    let node = Node::start().await;
    let mut ann = node.caller("ann").await;
    let mut ben = node.caller("ben").await;
    for n in 0..7 {
        ann.publish(&format!("mic-{n}")).await;
    }
    let sid = ann.sid.clone();
    until(&mut [&mut ann, &mut ben], "ben knows of all", |callers| {
        callers[1]
            .others
            .get(&sid)
            .is_some_and(|ann| ann.tracks.len() == 7)
    })
    .await;
    for n in 0..7 {
        let cid = format!("mic-{n}");
        let before = ben.client.received.len();
        until(&mut [&mut ann, &mut ben], "the track has a section", |_| {
            true
        })
        .await;
        while ben.client.received.len() == before {
            ann.speak(&cid).await;
            ann.act().await;
            ben.act().await;
        }
    }
    let mut sections: Vec<_> = ben
        .client
        .received
        .iter()
        .map(|packet| &packet.mid)
        .collect();
    sections.sort();
    sections.dedup();
    assert_eq!(sections.len(), 7);
}

#[tokio::test]
async fn the_same_identity_again_sends_the_first_one_away() {
    let node = Node::start().await;
    let mut first = node.caller("ann").await;
    let mut second = node.caller("ann").await;
    until(
        &mut [&mut first, &mut second],
        "the first is sent away",
        |callers| callers[0].closed,
    )
    .await;
    let leave = first.left.expect("it was told");
    assert_eq!(leave.reason(), DisconnectReason::DuplicateIdentity);
    assert_eq!(leave.action(), Action::Disconnect);
    assert!(second.left.is_none());
}

#[tokio::test]
async fn a_signalling_connection_that_breaks_is_resumed_without_losing_voice() {
    let node = Node::start().await;
    let (mut ann, mut ben) = two(&node).await;
    hears(&mut ann, "ann-mic", &mut ben, 10).await;
    ann.hang_up().await;
    hears(&mut ann, "ann-mic", &mut ben, 10).await;
    let token = ann
        .tokens
        .last()
        .expect("a fresh token comes after the join")
        .clone();
    ann.resume(&node, &token)
        .await
        .expect("the fresh token is good");
    assert!(ann.resumed);
    hears(&mut ann, "ann-mic", &mut ben, 30).await;
    hears(&mut ben, "ben-mic", &mut ann, 30).await;
    assert!(
        ben.others.contains_key(&ann.sid),
        "nobody was told of a departure"
    );
}

#[tokio::test]
async fn a_token_for_another_room_or_person_resumes_nobody() {
    let node = Node::start().await;
    let mut ann = node.caller("ann").await;
    let mut elsewhere = node.claims("ann");
    elsewhere.room = "focus".to_owned();
    for token in [node.token(&elsewhere), node.token_of("mallory")] {
        let mut thief = Caller::join(&node, &node.token_of("ben")).await;
        thief.sid.clone_from(&ann.sid);
        thief
            .resume(&node, &token)
            .await
            .expect("the token itself is good");
        assert!(!thief.resumed);
        let leave = thief.left.expect("it was told");
        assert_eq!(leave.reason(), DisconnectReason::StateMismatch);
    }
    ann.act().await;
    assert!(ann.left.is_none() && !ann.closed);
}

#[tokio::test]
async fn a_client_with_dtls_1_2_gets_in_only_with_a_token_that_allows_it() {
    let node = Node::start().await;
    let old = ClientConfig {
        dtls: DtlsVersion::Dtls12,
        ..ClientConfig::default()
    };
    let mut allowed = Caller::join_with(&node, &node.token_for_old_dtls("bot"), old).await;
    allowed
        .until("media can flow", |caller| caller.client.connected)
        .await;
    assert_eq!(node.count("dtls12_total").await, 1);
    let mut refused = Caller::join_with(&node, &node.token_of("old"), old).await;
    let mut ann = node.caller("ann").await;
    for _ in 0..200 {
        refused.act().await;
        ann.act().await;
    }
    assert!(!refused.client.connected);
    assert_eq!(node.count("dtls12_total").await, 1);
}

#[tokio::test]
async fn a_room_that_everybody_left_closes() {
    let limits = Limits {
        departure_timeout: Duration::from_millis(50),
        ..Limits::default()
    };
    let node = Node::start_with(limits, None).await;
    let mut ann = node.caller("ann").await;
    assert_eq!(node.count("rooms").await, 1);
    ann.leave().await;
    ann.until("the connection ends", |caller| caller.closed)
        .await;
    let deadline = std::time::Instant::now() + support::PATIENCE;
    while node.count("rooms").await > 0 {
        assert!(
            std::time::Instant::now() < deadline,
            "the room never closed"
        );
    }
    assert_eq!(node.count("participants").await, 0);
}

#[tokio::test]
async fn whoever_freezes_is_gone_for_the_others_and_comes_back_as_one() {
    let node = Node::start().await;
    let (mut ann, mut ben) = two(&node).await;
    // Ann's machine sleeps: nothing is read there, and nothing is sent.
    ben.until("ann is no longer shown", |ben| ben.others.is_empty())
        .await;
    assert_eq!(node.count("participants").await, 1);
    ann.until("it is told to start over", |ann| {
        ann.left.is_some() && ann.closed
    })
    .await;
    let _again = node.caller("ann").await;
    ben.until("ann is back", |ben| !ben.others.is_empty()).await;
    assert_eq!(ben.others.len(), 1);
    assert_eq!(node.count("participants").await, 2);
}

#[tokio::test]
async fn a_node_that_stops_says_goodbye() {
    let node = Node::start().await;
    let mut ann = node.caller("ann").await;
    node.handle.shutdown().await;
    ann.until("the connection ends", |caller| caller.closed)
        .await;
    let leave = ann.left.expect("it was told");
    assert_eq!(leave.reason(), DisconnectReason::ServerShutdown);
}

#[tokio::test]
async fn people_of_two_workspaces_do_not_meet_in_a_room_of_the_same_name() {
    let node = Node::start().await;
    let mut ann = node.caller("ann").await;
    let mut foreign = node.claims("ben");
    foreign.workspace = "ws_2".to_owned();
    let mut ben = Caller::join(&node, &node.token(&foreign)).await;
    ben.until("media can flow", |caller| caller.client.connected)
        .await;
    ann.publish("ann-mic").await;
    ann.speak("ann-mic").await;
    ben.act().await;
    assert!(ann.others.is_empty() && ben.others.is_empty());
    assert_eq!(node.count("rooms").await, 2);
}

async fn two(node: &Node) -> (Caller, Caller) {
    let mut ann = node.caller("ann").await;
    let mut ben = node.caller("ben").await;
    ann.publish("ann-mic").await;
    ben.publish("ben-mic").await;
    let (ann_sid, ben_sid) = (ann.sid.clone(), ben.sid.clone());
    until(
        &mut [&mut ann, &mut ben],
        "they know of each other's voice",
        |callers| callers[0].sees_track(&ben_sid) && callers[1].sees_track(&ann_sid),
    )
    .await;
    for _ in 0..200 {
        let heard = |caller: &Caller| !caller.client.received.is_empty();
        if heard(&ann) && heard(&ben) {
            break;
        }
        ann.speak("ann-mic").await;
        ben.speak("ben-mic").await;
        ann.act().await;
        ben.act().await;
    }
    (ann, ben)
}

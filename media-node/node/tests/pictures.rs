//! Cameras and screens between participants of a real node, over loopback.

mod support;

use std::time::Instant;

use koeba_protocol::proto::{TrackSource, TrackType, UpdateTrackSettings, signal_request};
use support::caller::Caller;
use support::{Node, PATIENCE, until};

#[tokio::test]
async fn a_shared_screen_is_told_of_and_every_packet_of_it_arrives() {
    let node = Node::start().await;
    let (mut ann, mut ben) = sharing(&node).await;
    let told = &ben.others[&ann.sid].tracks[0];
    assert_eq!(told.r#type(), TrackType::Video);
    assert_eq!(told.source(), TrackSource::ScreenShare);
    assert_eq!((told.width, told.height), (640, 360));
    assert_eq!(told.mime_type, "video/VP8");
    let before = ben.client.received.len();
    for n in 0..50 {
        show(&mut ann, &mut ben, &[n]).await;
    }
    let arrived = ben.client.received[before..].iter();
    let arrived: Vec<_> = arrived.filter(|packet| packet.payload.len() == 1).collect();
    assert!((0..50).eq(arrived.iter().map(|packet| packet.payload[0])));
    assert!(arrived.is_sorted_by(|a, b| a.sequence + 1 == b.sequence && a.time + 3_000 == b.time));
    assert!(arrived.iter().all(|packet| packet.marker));
}

#[tokio::test]
async fn a_whole_picture_is_asked_for_when_somebody_begins_to_see_and_when_they_need_one() {
    let node = Node::start().await;
    let (mut ann, mut ben) = sharing(&node).await;
    until(&mut [&mut ann, &mut ben], "ann is asked", |callers| {
        callers[0].client.keyframes_asked > 0
    })
    .await;
    let (asked, mid) = (
        ann.client.keyframes_asked,
        ben.client.received[0].mid.clone(),
    );
    ben.request_keyframe(&mid).await;
    while ann.client.keyframes_asked == asked {
        show(&mut ann, &mut ben, b"changes").await;
    }
    let mut cat = node.caller("cat").await;
    let asked = ann.client.keyframes_asked;
    while ann.client.keyframes_asked == asked || cat.client.received.is_empty() {
        ann.show("screen", b"for cat").await;
        for caller in [&mut ann, &mut ben, &mut cat] {
            caller.act().await;
        }
    }
    assert!(node.count("keyframes_requested_total").await >= 2);
}

#[tokio::test]
async fn a_packet_lost_on_the_way_to_a_viewer_is_sent_again() {
    let node = Node::start().await;
    let (mut ann, mut ben) = sharing(&node).await;
    ben.client.lose_one = true;
    for n in 0..10 {
        ann.show("screen", &[b'n', n]).await;
        ann.act().await;
        ben.act().await;
    }
    until(&mut [&mut ann, &mut ben], "all of it is there", |callers| {
        (0..10).all(|n| {
            let mut received = callers[1].client.received.iter();
            received.any(|packet| *packet.payload == [b'n', n])
        })
    })
    .await;
    assert!(!ben.client.lose_one, "one was lost");
}

#[tokio::test]
async fn what_nobody_looks_at_is_not_sent() {
    let node = Node::start().await;
    let (mut ann, mut ben) = sharing(&node).await;
    let track = ann.published["screen"].sid.clone();
    let look = |disabled| {
        signal_request::Message::TrackSetting(UpdateTrackSettings {
            track_sids: vec![track.clone()],
            disabled,
            ..UpdateTrackSettings::default()
        })
    };
    ben.send(look(true)).await;
    let deadline = Instant::now() + PATIENCE;
    let mut forwarded = None;
    while forwarded != Some(node.count("packets_forwarded_total").await) {
        assert!(Instant::now() < deadline, "it is still sent");
        forwarded = Some(node.count("packets_forwarded_total").await);
        for _ in 0..20 {
            ann.show("screen", b"unseen").await;
            ann.act().await;
            ben.act().await;
        }
    }
    ben.send(look(false)).await;
    let arrived = |ben: &Caller| {
        let mut received = ben.client.received.iter();
        received.any(|packet| *packet.payload == *b"seen")
    };
    while !arrived(&ben) {
        assert!(Instant::now() < deadline, "it never arrived");
        ann.show("screen", b"seen").await;
        ann.act().await;
        ben.act().await;
    }
}

#[tokio::test]
async fn two_cameras_and_a_screen_find_sections_although_one_is_offered() {
    let node = Node::start().await;
    let (mut ann, mut ben) = sharing(&node).await;
    for cid in ["camera-1", "camera-2"] {
        ann.publish_video(cid, TrackSource::Camera).await;
    }
    for cid in ["camera-1", "camera-2", "screen"] {
        let arrived = |ben: &Caller| {
            let mut received = ben.client.received.iter();
            received.any(|packet| *packet.payload == *cid.as_bytes())
        };
        while !arrived(&ben) {
            ann.show(cid, cid.as_bytes()).await;
            ann.act().await;
            ben.act().await;
        }
    }
    let mut sections: Vec<_> = ben.client.received.iter().map(|p| &p.mid).collect();
    sections.sort();
    sections.dedup();
    assert_eq!(sections.len(), 3);
}

/// Ann shares her screen and Ben sees it.
async fn sharing(node: &Node) -> (Caller, Caller) {
    let mut ann = node.caller("ann").await;
    let mut ben = node.caller("ben").await;
    ann.publish_video("screen", TrackSource::ScreenShare).await;
    let sid = ann.sid.clone();
    until(&mut [&mut ann, &mut ben], "ben knows of it", |callers| {
        callers[1].sees_track(&sid)
    })
    .await;
    show(&mut ann, &mut ben, b"first").await;
    (ann, ben)
}

/// Shows it until it has arrived.
async fn show(ann: &mut Caller, ben: &mut Caller, picture: &[u8]) {
    let before = ben.client.received.len();
    ann.show("screen", picture).await;
    let deadline = Instant::now() + PATIENCE;
    let mut again = Instant::now();
    while ben.client.received[before..]
        .iter()
        .all(|packet| *packet.payload != *picture)
    {
        assert!(Instant::now() < deadline, "it never arrived");
        // Ben's section may not be there yet.
        if before == 0 && again.elapsed().as_millis() > 20 {
            again = Instant::now();
            ann.show("screen", picture).await;
        }
        ann.act().await;
        ben.act().await;
    }
}

//! Redundant voice (RFC 2198) over real sockets.

mod support;

use support::{Node, hears};

#[tokio::test]
async fn a_voice_is_asked_for_with_redundancy_unless_its_client_wants_none() {
    let node = Node::start().await;
    let mut ann = node.caller("ann").await;
    let usual = ann.publish("usual").await;
    let plain = ann
        .publish_with("plain", |request| request.disable_red = true)
        .await;
    assert!(
        !usual.disable_red && plain.disable_red,
        "the others are told"
    );
    ann.negotiate().await;
    ann.until("both are still answered", |ann| ann.answers >= 4)
        .await;
    assert_eq!(sent_in(&ann.answer), ["red", "opus"]);
    let mut ben = node.caller("ben").await;
    let sid = ann.sid.clone();
    support::until(&mut [&mut ann, &mut ben], "ben knows of both", |callers| {
        callers[1]
            .others
            .get(&sid)
            .is_some_and(|ann| ann.tracks.len() == 2)
    })
    .await;
    while ben.client.received.is_empty() {
        ann.speak("plain").await;
        ann.act().await;
        ben.act().await;
    }
    hears(&mut ann, "plain", &mut ben, 10).await;
}

/// The codecs that an answer asks for first, in the sections in which the client sends.
fn sent_in(answer: &str) -> Vec<&str> {
    let sections = answer.split("m=audio ").skip(1);
    let sections = sections.filter(|section| section.contains("a=recvonly"));
    sections
        .filter_map(|section| {
            let format = section.split(' ').nth(2)?.trim_end();
            let prefix = format!("a=rtpmap:{format} ");
            let mut lines = section.lines();
            let codec = lines.find_map(|line| line.strip_prefix(&prefix))?;
            codec.split('/').next()
        })
        .collect()
}

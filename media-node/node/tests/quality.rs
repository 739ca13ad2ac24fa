//! How well media gets through, as participants are told and as the control plane is.

mod support;

use koeba_protocol::proto::ConnectionQuality;
use support::caller::Caller;
use support::{Node, until};

#[tokio::test]
async fn whoever_loses_half_of_their_voice_is_shown_to_be_ill_connected_and_nobody_else_is() {
    let node = Node::start().await;
    let mut ann = node.caller("ann").await;
    let mut ben = node.caller("ben").await;
    for caller in [&mut ann, &mut ben] {
        caller.publish("mic").await;
    }
    let (ill, well) = (ann.sid.clone(), ben.sid.clone());
    until(
        &mut [&mut ann, &mut ben],
        "each knows of the other's voice",
        |callers| callers[0].sees_track(&well) && callers[1].sees_track(&ill),
    )
    .await;
    let told = |caller: &Caller, sid: &str, quality| caller.qualities.get(sid) == Some(&quality);
    let deadline = std::time::Instant::now() + 2 * support::PATIENCE;
    while !(told(&ann, &ill, ConnectionQuality::Poor)
        && told(&ben, &ill, ConnectionQuality::Poor)
        && told(&ben, &well, ConnectionQuality::Excellent))
    {
        assert!(std::time::Instant::now() < deadline, "{:?}", ben.qualities);
        ann.client.speak_in_vain("mic");
        for caller in [&mut ann, &mut ben] {
            caller.speak("mic").await;
            caller.act().await;
        }
    }
    assert!(!ann.closed && !ben.closed, "it is only told");
    assert!(node.count("quality_poor_total").await >= 1);
}

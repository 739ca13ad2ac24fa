//! Pictures of a client, on a clock that the test moves.

mod support;

use koeba_room::Layer;
use support::two;

#[test]
fn a_request_for_a_whole_picture_leaves_with_the_next_flush() {
    let mut world = two();
    world.parties[0].client.publish_video("cam");
    let answer = world.negotiate(0);
    let section = answer.sections.iter().find(|section| section.cid == "cam");
    let mid = section.expect("it is reported").mid.clone();
    let now = world.now;
    world.parties[0].client.show(now, "cam", b"picture");
    world.exchange();
    assert_eq!(world.parties[0].client.keyframes_asked, 0);

    // No time passes: nothing but the flush can send it.
    world.parties[0].peer.request_keyframe(&mid, Layer::LOWEST);
    world.exchange();
    assert_eq!(world.parties[0].client.keyframes_asked, 1);
}

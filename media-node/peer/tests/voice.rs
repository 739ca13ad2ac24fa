//! Voice between two clients through two peers, on a clock that the test moves.

mod support;

use std::time::Duration;

use koeba_peer::{DtlsFloor, DtlsVersion, Event, LossCause, TransportAddress};
use koeba_room::TrackKind;
use str0m::crypto::dtls::DtlsVersion as ClientDtls;
use support::client::{ClientConfig, Received};
use support::{World, node, two};

const FRAME: Duration = Duration::from_millis(20);

#[test]
fn what_one_says_the_other_hears_with_its_level() {
    let mut world = two();
    let track = world.publish(0, 7);
    speak(&mut world, 0, &format!("mic-{track}"), 50);
    let heard = &world.parties[1].client.received;
    assert_eq!(lost(heard), 0);
    assert_eq!(heard.len(), 50);
    assert!(heard.iter().all(|packet| packet.level == Some(-20)));
    assert_eq!(world.parties[0].client.received.len(), 0);
    assert_eq!(world.parties[0].connected, Some(DtlsVersion::V1_3));
}

#[test]
fn voice_that_is_under_way_leaves_at_once_and_is_heard_whole() {
    let mut world = two();
    let track = world.publish(0, 7);
    let cid = format!("mic-{track}");
    speak(&mut world, 0, &cid, 30);
    let before = world.parties[1].client.received.len();
    world.now += FRAME;
    let now = world.now;
    world.parties[0].client.speak(now, &cid, b"at once");
    let (_, datagram) = world.parties[0].client.poll_transmit().expect("a packet");
    let from = TransportAddress::udp(world.parties[0].client.address);
    assert!(world.parties[0].peer.handle_datagram(now, from, &datagram));
    let event = world.parties[0].peer.poll_event();
    let Some(Event::Packet(packet)) = event else {
        panic!("a packet came in: {event:?}");
    };
    let listener = &mut world.parties[1];
    assert!(listener.peer.forward(track, &packet));
    let transmit = listener.peer.poll_transmit();
    let transmit = transmit.expect("it did not wait to be flushed");
    assert_eq!(transmit.destination.address, listener.client.address);
    listener
        .client
        .handle_datagram(now, node(), &transmit.contents);
    let heard = &listener.client.received;
    assert_eq!(heard.len(), before + 1);
    assert_eq!(&*heard[before].payload, b"at once");
    assert_eq!(heard[before].level, Some(-20));
    assert_eq!(lost(heard), 0);
}

#[test]
fn numbers_that_roll_over_while_somebody_listens_stay_readable() {
    for (floor, dtls) in [
        (DtlsFloor::V1_3, ClientDtls::Dtls13),
        (DtlsFloor::V1_2, ClientDtls::Dtls12),
    ] {
        let mut world = World::default();
        for _ in 0..2 {
            let config = ClientConfig {
                dtls,
                ..ClientConfig::default()
            };
            let at = world.join(config, floor);
            world.negotiate(at);
        }
        world.until("both are connected", |world| {
            world.parties.iter().all(|party| party.connected.is_some())
        });
        let track = world.publish(0, 7);
        let cid = format!("mic-{track}");
        for _ in 0..8 {
            speak(&mut world, 0, &cid, 30);
            world.parties[0].client.lose(&cid, 20_000);
        }
        let heard = &world.parties[1].client.received;
        assert_eq!(heard.len(), 8 * 30, "{dtls:?}");
        let last = heard.last().expect("something was heard");
        assert!(last.sequence > 140_000, "{}", last.sequence);
        let profile = world.parties[1].peer.srtp_profile();
        assert!(profile.is_some_and(|name| name.starts_with("SRTP_")));
    }
}

#[test]
fn the_answer_names_the_track_in_its_label_and_in_the_map() {
    let mut world = two();
    let track = world.publish(0, 7);
    let publisher = world.parties[0].sid;
    let answer = world.parties[1].answer.clone().expect("it was answered");
    let (mid, bound) = answer.mid_to_track.first().expect("one track is bound");
    assert_eq!(*bound, track);
    let section = section(&answer.sdp, mid);
    assert!(section.contains(&format!("a=msid:{publisher}|{track} {track}\r\n")));
    assert!(section.contains(&format!(" msid:{publisher}|{track} {track}\r\n")));
    assert!(section.contains("a=sendonly"));
    assert_eq!(answer.sdp.matches("a=sendonly").count(), 1);
    assert_eq!(answer.sdp.matches("a=msid:").count(), 1);
}

#[test]
fn an_answer_is_that_of_a_lite_agent_with_its_address_inline_and_redundancy_first() {
    let mut world = two();
    let answer = world.negotiate(0).sdp;
    assert!(answer.contains("a=ice-lite") && answer.contains("a=setup:passive"));
    assert!(answer.contains("10.0.0.200 7880 typ host"), "{answer}");
    assert!(!answer.contains("transport-cc") || !section(&answer, "").contains("transport-cc"));
    let sections: Vec<_> = answer.split("m=audio ").skip(1).collect();
    assert_eq!(sections.len(), 3, "as many as were offered");
    for section in sections {
        let section = section.split("\r\nm=").next().expect("a section");
        let formats = section.lines().next().expect("a line").split(' ').skip(2);
        let number = |codec: &str| {
            let mut lines = section.lines();
            lines.find_map(|line| line.strip_prefix("a=rtpmap:")?.strip_suffix(codec))
        };
        let (red, opus) = (number(" red/48000/2"), number(" opus/48000/2"));
        let (red, opus) = (red.expect("redundancy"), opus.expect("a voice"));
        assert!(formats.take(2).eq([red, opus]), "{section}");
        let inside = format!("a=fmtp:{red} {opus}/{opus}");
        assert!(section.lines().any(|line| line == inside), "{section}");
        let mut parameters = section.lines();
        let parameters = parameters.find(|line| line.starts_with(&format!("a=fmtp:{opus} ")));
        assert!(
            parameters.is_some_and(|line| line.ends_with(";usedtx=1")),
            "{section}"
        );
    }
    assert!(!answer.contains("m=video 0"), "no section is rejected");
}

#[test]
fn a_burst_of_five_tracks_loses_nothing() {
    let mut world = two();
    for track in 1..=5 {
        world.publish(0, track);
    }
    for _ in 0..100 {
        let now = world.now;
        world.parties[0].client.speak_on_all(now, b"voice");
        world.exchange();
        world.step(FRAME);
    }
    let heard = &world.parties[1].client.received;
    assert_eq!(heard.len(), 500);
    assert_eq!(lost(heard), 0);
}

#[test]
fn twenty_five_renegotiations_lose_nothing() {
    let mut world = two();
    let track = world.publish(0, 7);
    let cid = format!("mic-{track}");
    for _ in 0..25 {
        speak(&mut world, 0, &cid, 4);
        world.negotiate(1);
        world.negotiate(0);
    }
    let heard = &world.parties[1].client.received;
    assert_eq!(heard.len(), 100);
    assert_eq!(lost(heard), 0);
}

#[test]
fn a_section_that_is_used_again_gets_a_new_stream() {
    let mut world = two();
    let first = world.publish(0, 1);
    speak(&mut world, 0, &format!("mic-{first}"), 5);
    world.unsubscribe(1, first);
    let second = world.publish(0, 2);
    speak(&mut world, 0, &format!("mic-{second}"), 5);
    let heard = &world.parties[1].client.received;
    assert_eq!(heard.len(), 10);
    assert_eq!(heard[0].mid, heard[9].mid);
    assert_ne!(heard[0].ssrc, heard[9].ssrc);
    assert_eq!(
        heard[5].sequence, heard[0].sequence,
        "a new stream starts low"
    );
}

#[test]
fn more_tracks_than_sections_ask_for_more_sections() {
    let mut world = two();
    for track in 1..=3 {
        world.publish(0, track);
    }
    let (publisher, track) = (world.parties[0].sid, koeba_room::TrackSid::from_random(4));
    let peer = &mut world.parties[1].peer;
    assert!(
        peer.subscribe(publisher, track, TrackKind::Audio),
        "it waits"
    );
    assert_eq!(peer.missing(TrackKind::Audio), 1);
    assert_eq!(world.negotiate(1).missing_audio, 1);
    world.parties[1].client.add_slots(1);
    let answer = world.negotiate(1);
    assert_eq!(answer.missing_audio, 0);
    assert_eq!(answer.mid_to_track.len(), 4);
}

#[test]
fn sequence_numbers_that_have_wrapped_start_low_for_a_new_listener() {
    let mut world = World::default();
    let config = ClientConfig {
        first_sequence: 65_530,
        ..ClientConfig::default()
    };
    for config in [config, ClientConfig::default(), ClientConfig::default()] {
        let at = world.join(config, DtlsFloor::V1_3);
        world.negotiate(at);
    }
    world.until("all are connected", |world| {
        world.parties.iter().all(|party| party.connected.is_some())
    });
    let track = world.publish(0, 7);
    world.unsubscribe(2, track);
    speak(&mut world, 0, &format!("mic-{track}"), 20);
    world.subscribe(2, 0, track);
    speak(&mut world, 0, &format!("mic-{track}"), 20);
    assert_eq!(lost(&world.parties[1].client.received), 0);
    assert_eq!(world.parties[1].client.received.len(), 40);
    let late = &world.parties[2].client.received;
    assert_eq!((late.len(), lost(late)), (20, 0));
    assert!(late.iter().all(|packet| packet.sequence < 65_536));
}

#[test]
fn of_a_voice_that_loses_eight_packets_in_a_hundred_ninety_nine_in_a_hundred_are_readable() {
    const FRAMES: u16 = 3_000;
    let mut world = two();
    let track = world.publish(0, 1);
    let cid = format!("mic-{track}");
    // The same packets are lost in every run.
    let mut dice = 7_u64;
    let mut is_lost = || {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (dice >> 33) % 100 < 8
    };
    let mut lost = 0;
    for frame in 1..=FRAMES {
        let client = &mut world.parties[0].client;
        if is_lost() {
            client.lose(&cid, 1);
            lost += 1;
        } else {
            let before = (frame - 1).to_be_bytes();
            client.speak_with(world.now, &cid, &before, &frame.to_be_bytes());
        }
        world.step(Duration::from_millis(20));
    }
    assert!(lost > FRAMES / 14, "{lost} were lost");
    let received = &world.parties[1].client.received;
    assert_eq!(received.len(), usize::from(FRAMES - lost));
    let mut readable = std::collections::BTreeSet::new();
    for packet in received {
        assert!(packet.red, "redundancy passes the node");
        // Four bytes that describe the block before, one that describes the newest.
        let blocks = packet.payload[5..].chunks(2);
        readable.extend(blocks.map(|block| u16::from_be_bytes([block[0], block[1]])));
    }
    readable.remove(&0);
    let whole = readable.len() * 100 / usize::from(FRAMES);
    assert!(
        whole >= 99,
        "{} of {FRAMES} frames are readable",
        readable.len()
    );
}

#[test]
fn redundant_voice_passes_untouched_and_is_unwrapped_for_a_client_without_it() {
    let mut world = World::default();
    let plain = ClientConfig {
        red: false,
        ..ClientConfig::default()
    };
    for config in [ClientConfig::default(), ClientConfig::default(), plain] {
        let at = world.join(config, DtlsFloor::V1_3);
        world.negotiate(at);
    }
    world.until("all are connected", |world| {
        world.parties.iter().all(|party| party.connected.is_some())
    });
    let track = world.publish(0, 7);
    let now = world.now;
    let cid = format!("mic-{track}");
    world.parties[0].client.speak_redundantly(now, &cid, b"new");
    world.exchange();
    let with = &world.parties[1].client.received[0];
    assert!(with.red && with.payload.ends_with(b"oldnew"));
    let without = &world.parties[2].client.received[0];
    assert!(!without.red);
    assert_eq!(&*without.payload, b"new");
}

#[test]
fn silence_that_is_not_sent_is_no_loss() {
    let mut world = two();
    let track = world.publish(0, 7);
    let cid = format!("mic-{track}");
    for silent_packets in [1, 19, 300] {
        speak(&mut world, 0, &cid, 10);
        world.parties[0].client.fall_silent(&cid, silent_packets);
        world.run(FRAME * silent_packets);
    }
    speak(&mut world, 0, &cid, 10);
    let heard = &world.parties[1].client.received;
    assert_eq!((heard.len(), lost(heard)), (40, 0));
    let pauses: Vec<_> = heard
        .windows(2)
        .map(|pair| (pair[1].time - pair[0].time) / 960)
        .filter(|packets| *packets > 1)
        .collect();
    assert_eq!(pauses, [2, 20, 301], "the clock goes on");
}

#[test]
fn a_client_with_nothing_newer_than_dtls_1_2_is_refused_unless_its_token_allows_it() {
    let mut world = World::default();
    let old = ClientConfig {
        dtls: ClientDtls::Dtls12,
        ..ClientConfig::default()
    };
    let refused = world.join(old, DtlsFloor::V1_3);
    let allowed = world.join(old, DtlsFloor::V1_2);
    let modern = world.join(ClientConfig::default(), DtlsFloor::V1_2);
    (0..3).for_each(|at| drop(world.negotiate(at)));
    world.run(Duration::from_secs(3));
    assert_eq!(world.parties[refused].connected, None);
    assert_eq!(world.parties[allowed].connected, Some(DtlsVersion::V1_2));
    assert_eq!(world.parties[modern].connected, Some(DtlsVersion::V1_3));
}

#[test]
fn data_channels_open_without_disturbing_voice() {
    let mut world = two();
    let track = world.publish(0, 7);
    speak(&mut world, 0, &format!("mic-{track}"), 50);
    let mut channels = world.parties[0].channels.clone();
    channels.sort();
    assert_eq!(channels, ["_lossy", "_reliable"]);
    assert_eq!(lost(&world.parties[1].client.received), 0);
}

#[test]
fn an_ice_restart_changes_the_name_and_loses_nothing() {
    let mut world = two();
    let track = world.publish(0, 7);
    let cid = format!("mic-{track}");
    speak(&mut world, 0, &cid, 10);
    let before = world.parties[0].peer.ufrag().to_owned();
    world.parties[0].client.restart_ice();
    world.negotiate(0);
    assert_ne!(world.parties[0].peer.ufrag(), before);
    speak(&mut world, 0, &cid, 50);
    let heard = &world.parties[1].client.received;
    assert_eq!((heard.len(), lost(heard)), (60, 0));
}

#[test]
fn a_client_that_falls_silent_is_lost_and_found_again() {
    let mut world = two();
    world.parties[0].cut_off = true;
    world.until("the silence is noticed", |world| {
        world.parties[0].lost == Some(LossCause::Silence)
    });
    world.parties[0].connected = None;
    world.parties[0].cut_off = false;
    world.parties[0].client.restart_ice();
    world.negotiate(0);
    world.until("it is back", |world| world.parties[0].connected.is_some());
}

#[test]
fn an_offer_that_is_refused_leaves_the_call_as_it_was() {
    let mut world = two();
    let track = world.publish(0, 7);
    let now = world.now;
    for offer in [
        "",
        "hello",
        "v=0\r\nm=audio 9 X 1\r\na=mid:0\r\na=recvonly\r\n",
    ] {
        assert!(world.parties[1].peer.answer(now, offer).is_err());
    }
    speak(&mut world, 0, &format!("mic-{track}"), 20);
    assert_eq!(world.parties[1].client.received.len(), 20);
    assert_eq!(world.parties[1].lost, None);
}

#[test]
fn a_forged_check_and_noise_are_not_taken_in() {
    let mut world = two();
    let now = world.now;
    let stranger = TransportAddress::udp("203.0.113.9:999".parse().expect("an address"));
    for noise in [&b""[..], b"hello", &[0; 20], &[22; 60], &[0x80; 60]] {
        assert!(!world.parties[0].peer.handle_datagram(now, stranger, noise));
        world.parties[0].peer.flush(now);
        assert!(world.parties[0].peer.poll_transmit().is_none());
    }
}

fn speak(world: &mut World, at: usize, cid: &str, frames: usize) {
    for _ in 0..frames {
        let now = world.now;
        world.parties[at].client.speak(now, cid, b"voice");
        world.exchange();
        world.step(FRAME);
    }
}

/// Holes in the sequence of any stream.
fn lost(packets: &[Received]) -> u64 {
    let mut streams: Vec<u32> = packets.iter().map(|packet| packet.ssrc).collect();
    streams.sort_unstable();
    streams.dedup();
    streams
        .into_iter()
        .map(|ssrc| {
            let of = packets.iter().filter(|packet| packet.ssrc == ssrc);
            let mut sequences: Vec<_> = of.map(|packet| packet.sequence).collect();
            sequences.sort_unstable();
            sequences.dedup();
            let span = sequences[sequences.len() - 1] - sequences[0] + 1;
            span - u64::try_from(sequences.len()).expect("few packets")
        })
        .sum()
}

fn section(sdp: &str, mid: &str) -> String {
    sdp.split("m=audio")
        .find(|section| section.contains(&format!("a=mid:{mid}")))
        .unwrap_or_default()
        .to_owned()
}

//! Offers as Chromium, Firefox and the Python SDK write them, cut down to what matters.

use std::time::Instant;

use koeba_peer::{Answer, AnswerError, DtlsFloor, Engine, OfferError, Peer, PeerConfig};
use koeba_room::{ParticipantSid, TrackKind, TrackSid};

const FINGERPRINT: &str = "a=fingerprint:sha-256 \
    7B:8A:1B:0C:4A:53:BB:AE:47:2D:9F:4B:0D:C2:15:36:FB:94:29:A1:0C:4D:5A:7A:F4:0B:5C:A3:5A:5F:DE:11\r\n";

#[test]
fn chromium_gets_its_section_bound_and_its_microphone_reported() {
    let answer = answer(&chromium(true));
    assert_eq!(answer.mid_to_track, [("0".to_owned(), track())]);
    assert_eq!(
        directions(&answer),
        ["sendonly", "inactive", "inactive", "", "recvonly"]
    );
    let section = &answer.sections[0];
    assert_eq!(
        (section.mid.as_str(), section.cid.as_str()),
        ("7", "mic-cid")
    );
    assert!(
        answer
            .sdp
            .contains("m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n"),
        "{}",
        answer.sdp
    );
    assert!(answer.sdp.contains("a=group:BUNDLE 0 1 3 6 7"));
    assert!(
        answer
            .sdp
            .contains("a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1")
    );
    assert!(
        answer
            .sdp
            .contains("m=application 9 UDP/DTLS/SCTP webrtc-datachannel")
    );
}

#[test]
fn the_same_offer_again_gets_the_same_answer() {
    let mut peer = peer();
    peer.subscribe(ParticipantSid::from_random(1), track(), TrackKind::Audio);
    let now = Instant::now();
    let first = peer.answer(now, &chromium(false)).expect("an answer");
    let again = peer.answer(now, &chromium(false)).expect("an answer");
    assert_eq!(stable(&first.sdp), stable(&again.sdp));
    assert_eq!(first.mid_to_track, again.mid_to_track);
    let later = peer.answer(now, &chromium(true)).expect("an answer");
    assert_eq!(later.sections.len(), 1);
    let muted = chromium(true).replace("a=sendonly", "a=inactive");
    let gone = peer.answer(now, &muted).expect("an answer");
    assert!(
        gone.sections.is_empty(),
        "an inactive section is no longer published"
    );
}

#[test]
fn firefox_is_answered_in_its_own_numbers_without_redundancy() {
    let offer = [
        session("0 1"),
        "m=audio 9 UDP/TLS/RTP/SAVPF 109 9\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=recvonly\r\n\
         a=rtpmap:109 opus/48000/2\r\na=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1\r\n\
         a=rtpmap:9 G722/8000/1\r\n"
            .to_owned(),
        transport(),
        "m=audio 9 UDP/TLS/RTP/SAVPF 109\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=sendonly\r\n\
         a=msid:{stream} {4f2e-track}\r\na=rtpmap:109 opus/48000/2\r\n\
         a=ssrc:77 cname:{x}\r\n"
            .to_owned(),
        transport(),
    ]
    .concat();
    let answer = answer(&offer);
    assert!(
        answer.sdp.contains("m=audio 9 UDP/TLS/RTP/SAVPF 109\r\n"),
        "{}",
        answer.sdp
    );
    assert_eq!(directions(&answer), ["sendonly", "recvonly"]);
    assert_eq!(answer.sections[0].cid, "{4f2e-track}");
}

#[test]
fn the_python_sdk_is_answered_with_its_bundled_sections() {
    let offer = chromium(true)
        .replace(
            "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=mid:1",
            "m=audio 0 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=bundle-only\r\na=mid:1",
        )
        .replace("a=msid:stream mic-cid", "a=msid:- mic-cid");
    let answer = answer(&offer);
    assert_eq!(answer.sections[0].cid, "mic-cid");
    assert_eq!(answer.mid_to_track.len(), 1);
}

#[test]
fn an_offer_with_a_section_that_cannot_be_read_is_refused_as_a_whole() {
    let good = chromium(true);
    for (from, to) in [
        (
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
            "m=text 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
        ),
        ("m=video 9", "m=vide\u{f6} 9"),
        ("m=application 9", "m=applycation 9"),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good);
        let mut peer = peer();
        peer.subscribe(ParticipantSid::from_random(1), track(), TrackKind::Audio);
        let refusal = peer
            .answer(Instant::now(), &bad)
            .expect_err("it is refused");
        let unreadable = AnswerError::Offer(OfferError::UnreadableSection);
        assert_eq!(refusal.to_string(), unreadable.to_string());
        assert_eq!(
            peer.answer(Instant::now(), &good)
                .expect("a good offer")
                .mid_to_track
                .len(),
            1
        );
    }
}

#[test]
fn a_track_is_not_bound_to_a_section_that_the_answer_rejects() {
    let first = "a=rtpmap:111 opus/48000/2\r\n";
    let offer = chromium(true).replacen(first, "a=rtpmap:111 speex/48000/2\r\n", 1);
    let mut peer = peer();
    peer.subscribe(ParticipantSid::from_random(1), track(), TrackKind::Audio);
    let now = Instant::now();
    let rejecting = peer.answer(now, &offer).expect("an answer");
    assert!(rejecting.sdp.contains("m=audio 0 "), "{}", rejecting.sdp);
    assert_eq!(rejecting.mid_to_track, []);
    let next = peer.answer(now, &offer).expect("an answer");
    assert_eq!(next.mid_to_track, [("1".to_owned(), track())]);
}

fn peer() -> Peer {
    let engine = Engine::new().expect("the system has randomness");
    let announced = vec!["192.0.2.7:7880".parse().expect("an address")];
    let config = PeerConfig::new(1, announced, DtlsFloor::V1_3);
    Peer::new(&engine, config, Instant::now()).expect("a peer")
}

fn answer(offer: &str) -> Answer {
    let mut peer = peer();
    peer.subscribe(ParticipantSid::from_random(1), track(), TrackKind::Audio);
    peer.answer(Instant::now(), offer).expect("an answer")
}

fn track() -> TrackSid {
    TrackSid::from_random(9)
}

/// The direction of every section in the answer.
fn directions(answer: &Answer) -> Vec<&str> {
    let sections = answer.sdp.split("\r\nm=").skip(1);
    sections
        .map(|section| {
            let mut lines = section.lines().filter_map(|line| line.strip_prefix("a="));
            let known = ["sendrecv", "sendonly", "recvonly", "inactive"];
            lines.find(|line| known.contains(line)).unwrap_or_default()
        })
        .collect()
}

/// An answer without the line that counts its versions.
fn stable(sdp: &str) -> Vec<&str> {
    sdp.lines().filter(|line| !line.starts_with("o=")).collect()
}

fn chromium(publishes: bool) -> String {
    let codecs = "a=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n\
        a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";
    let extensions = "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n\
        a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n\
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
    let audio = |mid: &str, direction: &str, more: &str| {
        format!(
            "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=mid:{mid}\r\n\
             {}{extensions}a={direction}\r\n{more}{codecs}",
            transport()
        )
    };
    let mut offer = session(if publishes { "0 1 3 6 7" } else { "0 1 3 6" });
    offer += &audio("0", "recvonly", "");
    offer += &audio("1", "recvonly", "");
    offer += &format!(
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\n{}a=mid:3\r\n{extensions}\
         a=recvonly\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\n\
         a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n",
        transport()
    );
    offer += &format!(
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n{}\
         a=mid:6\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n",
        transport()
    );
    if publishes {
        let more =
            "a=msid:stream mic-cid\r\na=ssrc:1234 cname:abc\r\na=ssrc:1234 msid:stream mic-cid\r\n";
        offer += &audio("7", "sendonly", more);
    }
    offer
}

fn session(bundle: &str) -> String {
    format!(
        "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
         a=group:BUNDLE {bundle}\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n"
    )
}

fn transport() -> String {
    format!(
        "a=ice-ufrag:ETEn\r\na=ice-pwd:OtSK0WpNtpUjkY4+86js7Z/l\r\na=ice-options:trickle\r\n{FINGERPRINT}a=setup:actpass\r\n"
    )
}

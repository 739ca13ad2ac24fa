//! Session descriptions, one after another, into the peer that answers them.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use koeba_peer::{AnswerError, DtlsFloor, Engine, Event, LossCause, Peer, PeerConfig};
use koeba_room::{Layer, ParticipantSid, TrackKind, TrackSid};

use crate::bytes::Bytes;

/// Stands between two offers.
const NEXT: char = '\0';
/// Offers in one input.
const OFFERS: usize = 4;

/// The peer's tracks first, then what the client says.
pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes::new(input);
    let wishes = bytes.byte();
    let now = Instant::now();
    let announced = vec!["192.0.2.7:7880".parse().expect("an address")];
    let config = PeerConfig::new(1, announced, DtlsFloor::V1_3);
    let mut peer = Peer::new(engine(), config, now).expect("a peer");
    want(&mut peer, wishes);
    let text = String::from_utf8_lossy(bytes.rest()).into_owned();
    for (round, offer) in (0..).zip(text.split(NEXT).take(OFFERS)) {
        answer(&mut peer, now + Duration::from_millis(20 * round), offer);
        change(&mut peer, wishes, round);
    }
}

/// What the room has for the client when it comes.
fn want(peer: &mut Peer, wishes: u8) {
    for number in 0..u64::from(wishes & 3) {
        peer.subscribe(publisher(), track(number), TrackKind::Audio);
    }
    if wishes & 4 != 0 {
        peer.subscribe(publisher(), track(4), TrackKind::Video);
    }
    if wishes & 8 != 0 {
        peer.prefer_plain(vec!["mic-cid".to_owned()]);
    }
}

/// What happens in the room between two offers.
fn change(peer: &mut Peer, wishes: u8, round: u64) {
    if wishes & 16 != 0 {
        peer.unsubscribe(track(0));
    }
    if wishes & 32 != 0 {
        peer.subscribe(publisher(), track(8 + round), TrackKind::Audio);
    }
    if wishes & 64 != 0 {
        peer.unsubscribe(track(4));
        peer.subscribe(publisher(), track(16 + round), TrackKind::Video);
    }
    peer.request_keyframe("7", Layer::LOWEST);
}

fn answer(peer: &mut Peer, now: Instant, offer: &str) {
    let before = peer.ufrag().to_owned();
    match peer.answer(now, offer) {
        Ok(answer) => {
            let offered = mids(offer);
            assert_eq!(mids(&answer.sdp), offered, "every section is answered");
            let sent = answer.sections.iter().map(|section| &section.mid);
            let bound = answer.mid_to_track.iter().map(|(mid, _)| mid);
            for mid in sent.chain(bound) {
                assert!(offered.contains(&mid.as_str()), "{mid} was offered");
            }
            for (mid, track) in &answer.mid_to_track {
                let label = format!("|{track} {track}\r\n");
                assert!(answer.sdp.contains(&label), "{mid} is labelled");
            }
            assert!(!peer.ufrag().is_empty());
        }
        Err(AnswerError::Failed) => {
            let again = peer.answer(now, offer);
            assert!(matches!(again, Err(AnswerError::Failed)), "for good");
        }
        Err(refusal) => {
            assert!(!refusal.to_string().is_empty());
            assert_eq!(peer.ufrag(), before, "a refusal changes nothing");
        }
    }
    peer.handle_timeout(now);
    peer.flush(now);
    let unasked = peer.poll_transmit();
    assert!(unasked.is_none(), "nobody proved an address: {unasked:?}");
    while let Some(event) = peer.poll_event() {
        let failed = matches!(event, Event::Lost(LossCause::Failed));
        assert!(failed, "nothing else happens without a client: {event:?}");
    }
}

/// The names of the sections of a description, in order.
fn mids(sdp: &str) -> Vec<&str> {
    sdp.lines()
        .filter_map(|line| line.trim_end().strip_prefix("a=mid:"))
        .collect()
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new().expect("the system has randomness"))
}

fn publisher() -> ParticipantSid {
    ParticipantSid::from_random(1)
}

fn track(number: u64) -> TrackSid {
    TrackSid::from_random(number)
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let first = BROWSER.to_owned();
    let with_microphone = first.clone() + MICROPHONE;
    let muted = with_microphone.replace("a=sendonly", "a=inactive");
    let restarted = with_microphone.replace("a=ice-ufrag:ETEn", "a=ice-ufrag:new1");
    let calls = [
        vec![first.clone()],
        vec![with_microphone.clone()],
        vec![first.clone(), with_microphone.clone(), muted],
        vec![with_microphone.clone(), restarted],
        vec![first.clone() + CAMERA],
        vec![first.replace("UDP/TLS/RTP/SAVPF 111 63", "UDP/TLS/RTP/SAVPF 109")],
        vec![with_microphone + CAMERA],
    ];
    calls
        .into_iter()
        .zip([0, 0xff, 0x27, 0x6f, 0x04, 0x03, 0x7f])
        .map(|(offers, wishes)| {
            let text = offers.join(&NEXT.to_string());
            [&[wishes], text.as_bytes()].concat()
        })
        .collect()
}

const BROWSER: &str = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
    a=group:BUNDLE 0 1 3 6\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n\
    a=ice-ufrag:ETEn\r\na=ice-pwd:OtSK0WpNtpUjkY4+86js7Z/l\r\na=ice-options:trickle\r\n\
    a=fingerprint:sha-256 7B:8A:1B:0C:4A:53:BB:AE:47:2D:9F:4B:0D:C2:15:36:FB:94:29:A1:0C:4D:5A:7A:F4:0B:5C:A3:5A:5F:DE:11\r\n\
    a=setup:actpass\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n\
    a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=recvonly\r\na=rtcp-mux\r\n\
    a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n\
    a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n\
    m=audio 0 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=bundle-only\r\na=mid:1\r\n\
    a=recvonly\r\na=rtpmap:111 opus/48000/2\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:3\r\na=recvonly\r\n\
    a=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\n\
    a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
    m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:6\r\n\
    a=sctp-port:5000\r\na=max-message-size:262144\r\n";

const MICROPHONE: &str = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=mid:7\r\n\
    a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=sendonly\r\n\
    a=msid:stream mic-cid\r\na=ssrc:1234 cname:abc\r\na=ssrc:1234 msid:stream mic-cid\r\n\
    a=candidate:1 1 udp 2130706431 192.0.2.9 4000 typ host generation 0\r\na=rtcp-mux\r\n\
    a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
    a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";

const CAMERA: &str = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\nb=AS:2500\r\na=mid:8\r\n\
    a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\na=sendonly\r\n\
    a=msid:stream cam-cid\r\na=rid:q send\r\na=rid:h send\r\na=simulcast:send q;h\r\n\
    a=ssrc-group:FID 55 56\r\na=ssrc:55 cname:abc\r\na=ssrc:56 cname:abc\r\na=rtcp-mux\r\n\
    a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 ccm fir\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";

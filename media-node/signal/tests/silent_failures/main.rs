//! What this protocol's clients do not complain about and do not survive, one sentence each, as
//! far as it can be shown without a network. Each drives a real room.

mod call;

use call::{Call, OPENED_AT_MS, add_track, asked, joiner, replied, server};
use koeba_protocol::JoinRequest;
use koeba_protocol::proto::signal_request::Message as Asked;
use koeba_protocol::proto::signal_response::Message as Told;
use koeba_protocol::proto::{self, leave_request, participant_info};
use koeba_room::{
    Close, Input, LeaveAction, LeaveReason, Message, ParticipantSid, Permission, Quality, TrackSid,
    TrackSource,
};
use koeba_signal::{
    Arrival, Received, answer, arrive, media_sections_requirement, permitted_sources, receive,
    refresh_token, send,
};
use proptest::prelude::*;

#[test]
fn nothing_comes_before_join() {
    let mut call = Call::new();
    let aoi = call.join("aoi");
    assert!(matches!(call.told(aoi)[0], Told::Join(_)));
}

#[test]
fn the_server_version_is_neither_empty_nor_newer_than_browsers_expect() {
    let info = Call::new().joined("aoi").server_info.expect("always said");
    let parts = info.version.split('.').map(|part| part.parse().ok());
    let version: Vec<u32> = parts.map(|part| part.expect("a number")).collect();
    assert!(version > vec![0, 0, 0] && version <= vec![1, 13, 6]);
}

#[test]
fn the_protocol_is_one_in_which_clients_number_their_own_data_channels() {
    let info = Call::new().joined("aoi").server_info.expect("always said");
    assert!((16..=17).contains(&info.protocol));
}

#[test]
fn signs_of_life_are_asked_for_and_waited_for() {
    let join = Call::new().joined("aoi");
    assert_eq!((join.ping_interval, join.ping_timeout), (5, 15));
}

#[test]
fn a_participant_is_told_what_it_may_do() {
    let join = Call::new().joined("aoi");
    let participant = join.participant.expect("always said");
    let permission = participant.permission.expect("or publishing fails locally");
    assert!(permission.can_publish && permission.can_subscribe);
}

#[test]
fn every_sid_has_the_prefix_without_which_native_clients_panic() {
    let mut call = Call::new();
    let (aoi, ben) = (call.join("aoi"), call.join("ben"));
    let track = call.publish(aoi);
    call.speak(track);
    let joined = call.joined_of(ben);
    assert!(joined.room.expect("said").sid.starts_with("RM_"));
    assert!(joined.participant.expect("said").sid.starts_with("PA_"));
    let mut sids = Vec::new();
    for told in call.told(ben) {
        match told {
            Told::Update(update) => sids.extend(update.participants.into_iter().map(|p| p.sid)),
            Told::SpeakersChanged(changed) => {
                sids.extend(changed.speakers.into_iter().map(|speaker| speaker.sid));
            }
            _ => {}
        }
    }
    assert!(sids.len() >= 2, "updates and speakers were told");
    assert!(sids.iter().all(|sid| sid.starts_with("PA_")));
    assert!(track.to_string().starts_with("TR_"));
}

#[test]
fn codecs_are_listed_so_that_publishing_needs_no_extra_round_trip() {
    let codecs = Call::new().joined("aoi").enabled_publish_codecs;
    let mimes: Vec<_> = codecs.iter().map(|codec| codec.mime.as_str()).collect();
    assert!(mimes.contains(&"audio/opus") && mimes.contains(&"audio/red"));
    assert!(mimes.iter().any(|mime| mime.starts_with("video/")));
}

#[test]
fn no_subscriber_transport_is_promised() {
    assert!(!Call::new().joined("aoi").subscriber_primary);
}

#[test]
fn joined_at_is_in_seconds_and_in_milliseconds() {
    let participant = Call::new().joined("aoi").participant.expect("always said");
    assert_eq!(participant.joined_at, 1_795_000_000);
    assert_eq!(participant.joined_at_ms, 1_795_000_000_123);
}

#[test]
fn a_participant_is_never_told_to_be_joining() {
    let participant = Call::new().joined("aoi").participant.expect("always said");
    let state = participant_info::State::try_from(participant.state);
    assert_eq!(state, Ok(participant_info::State::Joined));
}

#[test]
fn pings_are_answered_in_milliseconds_in_both_forms() {
    let sid = ParticipantSid::from_random(1);
    let now_ms = OPENED_AT_MS;
    assert_eq!(
        replied(receive(sid, asked(Asked::Ping(5)), now_ms)),
        Told::Pong(1_795_000_000_123)
    );
    let ping = proto::Ping {
        timestamp: 77,
        rtt: 3,
    };
    let pong = proto::Pong {
        last_ping_timestamp: 77,
        timestamp: 1_795_000_000_123,
    };
    let replied = replied(receive(sid, asked(Asked::PingReq(ping)), now_ms));
    assert_eq!(replied, Told::PongResp(pong));
}

#[test]
fn no_leave_goes_out_without_an_action_and_a_reason() {
    let actions = [
        (LeaveAction::Disconnect, leave_request::Action::Disconnect),
        (LeaveAction::Resume, leave_request::Action::Resume),
        (LeaveAction::Reconnect, leave_request::Action::Reconnect),
    ];
    for (action, expected) in actions {
        let reason = LeaveReason::StateMismatch;
        let message = send(&server(), &Message::Leave { action, reason });
        let Some(Told::Leave(leave)) = message.message else {
            panic!("a leave is told as one");
        };
        assert_eq!(leave.action(), expected);
        assert_eq!(leave.reason(), proto::DisconnectReason::StateMismatch);
        assert_eq!(leave.can_reconnect, action != LeaveAction::Disconnect);
    }
}

#[test]
fn the_answer_has_the_offers_number_and_every_section_that_carries_a_track() {
    let tracks = [
        ("0", TrackSid::from_random(1)),
        ("7", TrackSid::from_random(2)),
    ];
    for id in [0, 1, 9] {
        let Some(Told::Answer(answer)) = answer(id, "v=0".into(), tracks).message else {
            panic!("an answer is told as one");
        };
        assert_eq!((answer.id, answer.r#type.as_str()), (id, "answer"));
        assert_eq!(answer.mid_to_track_id.len(), 2);
        assert_eq!(answer.mid_to_track_id["7"], tracks[1].1.to_string());
    }
}

#[test]
fn every_offer_has_to_be_answered_also_number_0() {
    for id in [0, 1, 2] {
        let offer = proto::SessionDescription {
            r#type: "offer".into(),
            sdp: "v=0".into(),
            id,
            ..proto::SessionDescription::default()
        };
        let received = receive(
            ParticipantSid::from_random(1),
            asked(Asked::Offer(offer)),
            0,
        );
        assert!(matches!(received, Received::Offer(offer) if offer.id == id));
    }
}

#[test]
fn a_renegotiation_without_new_sections_is_still_asked_for() {
    for (audios, videos) in [(0, 0), (2, 0)] {
        let told = media_sections_requirement(audios, videos).message;
        let Some(Told::MediaSectionsRequirement(wanted)) = told else {
            panic!("told as such");
        };
        assert_eq!(usize::try_from(wanted.num_audios), Ok(audios));
        assert_eq!(usize::try_from(wanted.num_videos), Ok(videos));
    }
}

#[test]
fn a_track_is_in_every_update_until_it_is_unpublished() {
    let mut call = Call::new();
    let (aoi, ben) = (call.join("aoi"), call.join("ben"));
    let track = call.publish(aoi);
    call.handle(Input::TransportConnected { participant: aoi });
    call.ask(
        aoi,
        Asked::Mute(proto::MuteTrackRequest {
            sid: track.to_string(),
            muted: true,
        }),
    );
    let updates = call.updates_of(aoi, ben);
    let with_track = updates.iter().skip_while(|info| info.tracks.is_empty());
    assert!(with_track.clone().count() >= 3);
    assert!(with_track.clone().all(|info| info.tracks.len() == 1));
    assert!(updates.last().expect("told").tracks[0].muted);
    call.sections(aoi, Vec::new());
    let updates = call.updates_of(aoi, ben);
    assert!(updates.last().expect("told").tracks.is_empty());
}

#[test]
fn versions_rise_also_when_another_node_takes_over() {
    let mut first = Call::new();
    let (aoi, ben) = (first.join("aoi"), first.join("ben"));
    first.publish(aoi);
    let updates = first.updates_of(aoi, ben);
    assert!(updates.windows(2).all(|w| w[0].version < w[1].version));
    let last = updates.last().expect("told").version;
    let mut second = Call::opened_at(OPENED_AT_MS + 2_000);
    let aoi = second.join("aoi");
    let participant = second.joined_of(aoi).participant.expect("always said");
    assert!(participant.version > last);
}

#[test]
fn the_clients_own_track_id_comes_back_unchanged() {
    let mut call = Call::new();
    let aoi = call.join("aoi");
    let cid = "{9f2c}-ユ";
    call.ask(aoi, Asked::AddTrack(add_track(cid)));
    let told = call.told(aoi);
    let published = told.iter().find_map(|told| match told {
        Told::TrackPublished(published) => Some(published),
        _ => None,
    });
    let published = published.expect("answered at once");
    assert_eq!(published.cid, cid);
    let track = published.track.as_ref().expect("always said");
    assert_eq!(track.source(), proto::TrackSource::Microphone);
}

#[test]
fn a_refused_track_is_refused_in_words_and_not_by_silence() {
    let mut call = Call::new();
    let aoi = call.join_as("aoi", |joiner| joiner.permission.can_publish = false);
    call.ask(aoi, Asked::AddTrack(add_track("mic")));
    let refused = call.told(aoi).pop().expect("answered");
    let Told::RequestResponse(refused) = refused else {
        panic!("refused as such");
    };
    assert_eq!(
        refused.reason(),
        proto::request_response::Reason::NotAllowed
    );
    let Some(proto::request_response::Request::AddTrack(request)) = refused.request else {
        panic!("the request is echoed, or the client waits ten seconds");
    };
    assert_eq!(request.cid, "mic");
}

#[test]
fn a_data_track_is_refused_in_words_too() {
    let request = Asked::PublishDataTrackRequest(proto::PublishDataTrackRequest::default());
    let replied = replied(receive(ParticipantSid::from_random(1), asked(request), 0));
    let Told::RequestResponse(refused) = replied else {
        panic!("refused as such");
    };
    let reason = proto::request_response::Reason::UnsupportedType;
    assert_eq!(refused.reason(), reason);
}

#[test]
fn silence_is_never_told_as_a_lost_connection() {
    let sid = ParticipantSid::from_random(1);
    for quality in [Quality::Poor, Quality::Good, Quality::Excellent] {
        let told = send(&server(), &Message::Qualities(vec![(sid, quality)])).message;
        let Some(Told::ConnectionQuality(update)) = told else {
            panic!("told as such");
        };
        let told = update.updates[0].quality();
        assert_ne!(told, proto::ConnectionQuality::Lost);
        assert_eq!(
            told == proto::ConnectionQuality::Poor,
            quality == Quality::Poor
        );
    }
}

#[test]
fn a_resumed_participant_keeps_its_sid_and_reads_reconnect_first() {
    let mut call = Call::new();
    let (aoi, _ben) = (call.join("aoi"), call.join("ben"));
    call.handle(Input::SignalLost { participant: aoi });
    call.told.clear();
    let request = JoinRequest {
        reconnect: true,
        participant_sid: aoi.to_string(),
        ..JoinRequest::default()
    };
    let Arrival::Resume { participant, .. } = arrive(request, joiner(9, "aoi")) else {
        panic!("a reconnect is no join");
    };
    assert_eq!(participant, Some(aoi));
    assert!(call.room.can_resume(aoi, "aoi"));
    call.handle(Input::Resume { participant: aoi });
    let told = call.told(aoi);
    assert!(matches!(&told[0], Told::Reconnect(r) if r.server_info.is_some()));
    assert!(matches!(&told[1], Told::Update(update) if update.participants.len() == 1));
}

#[test]
fn a_resume_without_a_usable_sid_is_no_new_participant() {
    let request = JoinRequest {
        reconnect: true,
        participant_sid: "garbage".into(),
        ..JoinRequest::default()
    };
    let Arrival::Resume { participant, .. } = arrive(request, joiner(1, "aoi")) else {
        panic!("a reconnect is no join");
    };
    assert_eq!(participant, None);
}

#[test]
fn what_a_client_has_is_read_for_a_node_that_took_its_room_over() {
    let track = proto::TrackInfo {
        sid: "TR_0000000000007".into(),
        r#type: proto::TrackType::Audio.into(),
        source: proto::TrackSource::Microphone.into(),
        muted: true,
        mid: "3".into(),
        ..proto::TrackInfo::default()
    };
    let channel = |label: &str, id| proto::DataChannelInfo {
        label: label.into(),
        id,
        target: 0,
    };
    let state = proto::SyncState {
        answer: Some(proto::SessionDescription {
            sdp: "v=0".into(),
            ..proto::SessionDescription::default()
        }),
        subscription: Some(proto::UpdateSubscription {
            track_sids: vec!["TR_0000000000008".into(), "garbage".into()],
            subscribe: false,
            participant_tracks: Vec::new(),
        }),
        publish_tracks: vec![
            proto::TrackPublishedResponse {
                cid: "mic".into(),
                track: Some(track),
            },
            proto::TrackPublishedResponse::default(),
        ],
        data_channels: vec![channel("_reliable", 1), channel("_lossy", 70_000)],
        ..proto::SyncState::default()
    };
    let request = asked(Asked::SyncState(state));
    let Received::Sync(state) = receive(ParticipantSid::from_random(1), request, 0) else {
        panic!("it is read as such");
    };
    let tracks = &state.restored.tracks;
    assert_eq!((tracks.len(), tracks[0].sid), (1, TrackSid::from_random(7)));
    assert_eq!(
        (tracks[0].request.cid.as_str(), tracks[0].request.muted),
        ("mic", true)
    );
    assert_eq!(state.restored.choices, [(TrackSid::from_random(8), false)]);
    assert_eq!(state.channels, [("_reliable".to_owned(), 1)]);
    assert_eq!(state.answer, "v=0");
}

#[test]
fn a_departure_is_told_with_its_reason() {
    let mut call = Call::new();
    let (aoi, ben) = (call.join("aoi"), call.join("ben"));
    call.join("aoi");
    let gone = call.updates_of(aoi, ben);
    let gone = gone.last().expect("told");
    assert_eq!(gone.state(), participant_info::State::Disconnected);
    assert_eq!(
        gone.disconnect_reason(),
        proto::DisconnectReason::DuplicateIdentity
    );
}

#[test]
fn what_the_client_brings_counts_only_where_it_may_change_it() {
    for may in [false, true] {
        let mut joiner = joiner(1, "aoi");
        joiner.metadata = "from the token".into();
        joiner.permission.can_update_metadata = may;
        let request = JoinRequest {
            metadata: "from the client".into(),
            participant_attributes: [("k".to_owned(), "v".to_owned())].into(),
            ..JoinRequest::default()
        };
        let Arrival::Join { join, .. } = arrive(request, joiner) else {
            panic!("a join");
        };
        assert_eq!(join.metadata == "from the client", may);
        assert_eq!(join.attributes.contains_key("k"), may);
    }
}

#[test]
fn the_tracks_and_the_offer_of_a_join_request_are_not_lost() {
    let request = JoinRequest {
        add_track_requests: vec![add_track("mic")],
        publisher_offer: Some(proto::SessionDescription {
            sdp: "v=0".into(),
            id: 1,
            ..proto::SessionDescription::default()
        }),
        connection_settings: Some(proto::ConnectionSettings {
            auto_subscribe: false,
            ..proto::ConnectionSettings::default()
        }),
        ..JoinRequest::default()
    };
    let Arrival::Join { join, offer } = arrive(request, joiner(1, "aoi")) else {
        panic!("a join");
    };
    assert_eq!(join.tracks[0].cid, "mic");
    assert!(!join.auto_subscribe);
    assert_eq!(offer.expect("brought along").id, 1);
}

#[test]
fn an_unknown_source_in_a_token_does_not_permit_every_source() {
    let sources = permitted_sources(&["hologram".to_owned()]);
    let permission = Permission {
        can_publish_sources: sources,
        ..Permission::default()
    };
    assert!(!permission.may_publish(TrackSource::Microphone));
    assert!(permission.can_publish);
    let sources = permitted_sources(&["microphone".to_owned()]);
    assert_eq!(sources, [TrackSource::Microphone]);
}

#[test]
fn subscriptions_by_participant_are_understood_as_well() {
    let sid = ParticipantSid::from_random(1);
    let update = proto::UpdateSubscription {
        track_sids: vec!["TR_1".into()],
        subscribe: true,
        participant_tracks: vec![proto::ParticipantTracks {
            participant_sid: "PA_1".into(),
            track_sids: vec!["TR_2".into(), "TR_1".into()],
        }],
    };
    let received = receive(sid, asked(Asked::Subscription(update)), 0);
    let Received::Input(Input::Subscribe { change, .. }) = received else {
        panic!("for the room");
    };
    assert_eq!(change.tracks, ["TR_1", "TR_2"]);
}

#[test]
fn a_refreshed_token_is_told_as_such() {
    let told = refresh_token("t".into()).message;
    assert_eq!(told, Some(Told::RefreshToken("t".into())));
}

#[test]
fn a_closing_room_tells_everybody_what_to_do() {
    let mut call = Call::new();
    let aoi = call.join("aoi");
    call.handle(Input::Close(Close {
        reason: LeaveReason::ServerShutdown,
        action: LeaveAction::Reconnect,
    }));
    let Some(Told::Leave(leave)) = call.told(aoi).pop() else {
        panic!("told to leave");
    };
    assert_eq!(leave.action(), leave_request::Action::Reconnect);
    assert_eq!(leave.reason(), proto::DisconnectReason::ServerShutdown);
}

proptest! {
    #[test]
    fn no_message_makes_the_translation_or_the_room_panic(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 1..20),
    ) {
        let mut call = Call::new();
        let aoi = call.join("aoi");
        for bytes in messages {
            if let Ok(request) = koeba_protocol::decode_frame(&bytes)
                && let Received::Input(input) = receive(aoi, request, OPENED_AT_MS)
            {
                call.handle(input);
            }
        }
    }
}

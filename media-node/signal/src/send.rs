use koeba_protocol::SignalResponse;
use koeba_protocol::proto::{self, leave_request, request_response, signal_response};
use koeba_room::{
    Answered, Layer, LeaveAction, LeaveReason, Message, Outcome, ParticipantInfo, Quality,
    RoomInfo, Speaker, TrackSid,
};

use crate::told;

/// How often a client gives a sign of life, in seconds. Zero makes a native client panic.
pub const PING_INTERVAL_S: i32 = 5;
/// How long a client waits for a sign of life, in seconds. Zero makes a native client give up.
pub const PING_TIMEOUT_S: i32 = 15;

/// The server version that clients are told: the one whose behaviour this node has. Above 1.13.6
/// browsers would send scalable video in a way that is not spoken here.
const VERSION: &str = "1.13.5";
/// The protocol that clients are told. From 18 on native clients expect data channels with
/// numbers agreed in advance.
const PROTOCOL: i32 = 17;

/// What clients are told about the node they are connected to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// The node's own name.
    pub node_id: String,
    /// Where it is; may be empty.
    pub region: String,
}

impl Server {
    fn info(&self) -> proto::ServerInfo {
        proto::ServerInfo {
            version: VERSION.to_owned(),
            protocol: PROTOCOL,
            region: self.region.clone(),
            node_id: self.node_id.clone(),
            ..proto::ServerInfo::default()
        }
    }
}

/// Writes what the room says to a client.
#[must_use]
pub fn send(server: &Server, message: &Message) -> SignalResponse {
    use signal_response::Message as Out;
    wrapped(match message {
        Message::Joined { room, you, others } => Out::Join(join(
            server,
            room,
            you,
            others.iter().map(|info| told::participant(info)),
        )),
        Message::Resumed { last_data } => Out::Reconnect(proto::ReconnectResponse {
            last_message_seq: *last_data,
            server_info: Some(server.info()),
            ..proto::ReconnectResponse::default()
        }),
        Message::Participants(participants) => Out::Update(proto::ParticipantUpdate {
            participants: participants
                .iter()
                .map(|info| told::participant(info))
                .collect(),
        }),
        Message::Room(room) => Out::RoomUpdate(proto::RoomUpdate {
            room: Some(told::room(room)),
        }),
        Message::TrackPublished { cid, track } => {
            Out::TrackPublished(proto::TrackPublishedResponse {
                cid: cid.clone(),
                track: Some(told::track(track)),
            })
        }
        Message::TrackUnpublished { track } => {
            Out::TrackUnpublished(proto::TrackUnpublishedResponse {
                track_sid: track.to_string(),
            })
        }
        Message::Muted { track } => Out::Mute(proto::MuteTrackRequest {
            sid: track.to_string(),
            muted: true,
        }),
        Message::TrackSubscribed { track } => Out::TrackSubscribed(proto::TrackSubscribed {
            track_sid: track.to_string(),
        }),
        Message::LookedAt {
            track,
            mime_type,
            up_to,
        } => Out::SubscribedQualityUpdate(looked_at(*track, mime_type, *up_to)),
        Message::Speakers(speakers) => Out::SpeakersChanged(proto::SpeakersChanged {
            speakers: speakers.iter().map(speaker).collect(),
        }),
        Message::Qualities(qualities) => Out::ConnectionQuality(proto::ConnectionQualityUpdate {
            updates: qualities
                .iter()
                .map(|(sid, quality)| self::quality(sid.to_string(), *quality))
                .collect(),
        }),
        Message::NoSuchTrack { track } => Out::SubscriptionResponse(proto::SubscriptionResponse {
            track_sid: track.clone(),
            err: proto::SubscriptionError::SeTrackNotfound.into(),
        }),
        Message::SubscriptionAllowed {
            publisher,
            track,
            allowed,
        } => Out::SubscriptionPermissionUpdate(proto::SubscriptionPermissionUpdate {
            participant_sid: publisher.to_string(),
            track_sid: track.to_string(),
            allowed: *allowed,
        }),
        Message::Answered {
            request_id,
            outcome,
            request,
        } => Out::RequestResponse(answered(*request_id, *outcome, request)),
        Message::Leave { action, reason } => Out::Leave(leave(*action, *reason)),
    })
}

/// Writes the answer to an offer: `id` is the offer's, and `mid_to_track` has every section that
/// carries a track, not only those that changed.
#[must_use]
pub fn answer<'a>(
    id: u32,
    sdp: String,
    mid_to_track: impl IntoIterator<Item = (&'a str, TrackSid)>,
) -> SignalResponse {
    let mid_to_track = mid_to_track.into_iter();
    let mid_to_track_id = mid_to_track
        .map(|(mid, track)| (mid.to_owned(), track.to_string()))
        .collect();
    wrapped(signal_response::Message::Answer(
        proto::SessionDescription {
            r#type: "answer".to_owned(),
            sdp,
            id,
            mid_to_track_id,
        },
    ))
}

/// Asks a client for a new offer, with so many more sections to receive in. None more is a good
/// request too: it says that the present ones are to be used differently.
#[must_use]
pub fn media_sections_requirement(audios: usize, videos: usize) -> SignalResponse {
    let number = |wanted: usize| u32::try_from(wanted).unwrap_or(u32::MAX);
    wrapped(signal_response::Message::MediaSectionsRequirement(
        proto::MediaSectionsRequirement {
            num_audios: number(audios),
            num_videos: number(videos),
        },
    ))
}

/// Hands a client the token for its next reconnect.
#[must_use]
pub fn refresh_token(token: String) -> SignalResponse {
    wrapped(signal_response::Message::RefreshToken(token))
}

const fn wrapped(message: signal_response::Message) -> SignalResponse {
    SignalResponse {
        message: Some(message),
    }
}

fn join(
    server: &Server,
    room: &RoomInfo,
    you: &ParticipantInfo,
    others: impl Iterator<Item = proto::ParticipantInfo>,
) -> proto::JoinResponse {
    // An empty list would make browsers publish one step after the other. Without a video codec
    // they find none to fall back to.
    let codecs = ["audio/opus", "audio/red", "video/VP8"];
    let codecs = codecs.map(|mime| proto::Codec {
        mime: mime.to_owned(),
        fmtp_line: String::new(),
    });
    proto::JoinResponse {
        room: Some(told::room(room)),
        participant: Some(told::participant(you)),
        other_participants: others.collect(),
        ping_interval: PING_INTERVAL_S,
        ping_timeout: PING_TIMEOUT_S,
        server_region: server.region.clone(),
        server_info: Some(server.info()),
        enabled_publish_codecs: codecs.into(),
        // The client offers, in one transport: there is no subscriber to be primary.
        subscriber_primary: false,
        ..proto::JoinResponse::default()
    }
}

/// All of a track's sizes, and whether somebody looks at them.
fn looked_at(
    track: TrackSid,
    mime_type: &str,
    up_to: Option<Layer>,
) -> proto::SubscribedQualityUpdate {
    let qualities = [
        proto::VideoQuality::Low,
        proto::VideoQuality::Medium,
        proto::VideoQuality::High,
    ];
    let qualities = qualities.iter().enumerate();
    let qualities: Vec<_> = qualities
        .map(|(index, &quality)| proto::SubscribedQuality {
            quality: quality.into(),
            enabled: up_to.is_some_and(|up_to| index <= up_to.index()),
        })
        .collect();
    let codec = mime_type.rsplit('/').next().unwrap_or_default();
    proto::SubscribedQualityUpdate {
        track_sid: track.to_string(),
        subscribed_codecs: vec![proto::SubscribedCodec {
            codec: codec.to_ascii_lowercase(),
            qualities,
        }],
        ..proto::SubscribedQualityUpdate::default()
    }
}

fn speaker(speaker: &Speaker) -> proto::SpeakerInfo {
    proto::SpeakerInfo {
        sid: speaker.participant.to_string(),
        level: speaker.level,
        active: speaker.active,
    }
}

fn quality(participant_sid: String, quality: Quality) -> proto::ConnectionQualityInfo {
    let (quality, score) = match quality {
        Quality::Poor => (proto::ConnectionQuality::Poor, 30.0),
        Quality::Good => (proto::ConnectionQuality::Good, 60.0),
        Quality::Excellent => (proto::ConnectionQuality::Excellent, 100.0),
    };
    proto::ConnectionQualityInfo {
        participant_sid,
        quality: quality.into(),
        score,
    }
}

fn answered(request_id: u32, outcome: Outcome, request: &Answered) -> proto::RequestResponse {
    let reason = match outcome {
        Outcome::Done => request_response::Reason::Ok,
        Outcome::NotFound => request_response::Reason::NotFound,
        Outcome::NotAllowed => request_response::Reason::NotAllowed,
        Outcome::LimitExceeded => request_response::Reason::LimitExceeded,
        Outcome::Queued => request_response::Reason::Queued,
        Outcome::Unsupported => request_response::Reason::UnsupportedType,
        Outcome::Invalid => request_response::Reason::InvalidRequest,
    };
    let request = match request {
        Answered::AddTrack(request) => Some(request_response::Request::AddTrack(told::add_track(
            request,
        ))),
        Answered::Data => None,
        Answered::Mute { track, muted } => {
            Some(request_response::Request::Mute(proto::MuteTrackRequest {
                sid: track.to_string(),
                muted: *muted,
            }))
        }
        Answered::ChangeProfile(change) => {
            let update = proto::UpdateParticipantMetadata {
                metadata: change.metadata.clone(),
                name: change.name.clone(),
                attributes: change.attributes.clone().into_iter().collect(),
                request_id: change.request_id,
            };
            Some(request_response::Request::UpdateMetadata(update))
        }
    };
    proto::RequestResponse {
        request_id,
        reason: reason.into(),
        message: reason.as_str_name().to_owned(),
        request,
    }
}

/// Both fields are always said: what is left out reads as "disconnect, and never come back".
fn leave(action: LeaveAction, reason: LeaveReason) -> proto::LeaveRequest {
    proto::LeaveRequest {
        can_reconnect: action != LeaveAction::Disconnect,
        reason: told::reason(reason).into(),
        action: match action {
            LeaveAction::Disconnect => leave_request::Action::Disconnect,
            LeaveAction::Resume => leave_request::Action::Resume,
            LeaveAction::Reconnect => leave_request::Action::Reconnect,
        }
        .into(),
        regions: None,
    }
}

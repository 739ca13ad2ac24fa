use std::collections::BTreeMap;

use koeba_protocol::proto::{self, encryption, request_response, signal_request, signal_response};
use koeba_protocol::{SignalRequest, SignalResponse};
use koeba_room::{
    Encryption, Input, Layer, ParticipantSid, PictureSize, ProfileChange, SimulcastCodec,
    SubscriptionChange, SubscriptionRule, TrackKind, TrackRequest, TrackSettings, TrackSource,
    Trusted, VideoLayer,
};

use crate::sync::{SyncState, sync};

/// What comes of a message that a client sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Received {
    /// For the room.
    Input(Input),
    /// For the client's peer. Every offer needs exactly one answer: a client that waits for one
    /// offers nothing more.
    Offer(Offer),
    /// What it says it has, of use where it is not known.
    Sync(Box<SyncState>),
    /// To be sent back at once.
    Reply(Box<SignalResponse>),
    /// There is nothing to do.
    Nothing,
}

/// A session description that has to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The client's number of it, to be echoed. Native clients number all of them 0.
    pub id: u32,
    /// The text.
    pub sdp: String,
}

impl From<proto::SessionDescription> for Offer {
    fn from(description: proto::SessionDescription) -> Self {
        Self {
            id: description.id,
            sdp: description.sdp,
        }
    }
}

/// Reads a message of `participant`, which arrived at `now_ms` since the epoch.
#[must_use]
pub fn receive(participant: ParticipantSid, request: SignalRequest, now_ms: u64) -> Received {
    use signal_request::Message;
    let Some(message) = request.message else {
        return Received::Nothing;
    };
    let input = match message {
        Message::Offer(offer) => return Received::Offer(offer.into()),
        Message::SyncState(state) => return Received::Sync(Box::new(sync(state))),
        Message::AddTrack(request) => match track_request(request) {
            Ok(request) => Input::AddTrack {
                participant,
                request: Box::new(request),
            },
            Err(request) => {
                return unsupported(0, request_response::Request::AddTrack(*request));
            }
        },
        Message::Mute(mute) => {
            let Ok(track) = mute.sid.parse() else {
                let request = request_response::Request::Mute(mute);
                return refused(0, request_response::Reason::NotFound, request);
            };
            let muted = mute.muted;
            Input::Mute {
                participant,
                track,
                muted,
            }
        }
        Message::Subscription(update) => Input::Subscribe {
            participant,
            change: subscription_change(update),
        },
        Message::TrackSetting(setting) => Input::TrackSettings {
            participant,
            tracks: parsed(&setting.track_sids),
            settings: track_settings(&setting),
        },
        Message::Leave(_) => Input::Leave { participant },
        Message::SubscriptionPermission(permission) => Input::AllowSubscribers {
            participant,
            rule: subscription_rule(permission),
        },
        Message::UpdateMetadata(update) => Input::ChangeProfile {
            participant,
            change: Box::new(profile_change(update)),
        },
        Message::Ping(_) => return reply(signal_response::Message::Pong(milliseconds(now_ms))),
        Message::PingReq(ping) => {
            return reply(signal_response::Message::PongResp(proto::Pong {
                last_ping_timestamp: ping.timestamp,
                timestamp: milliseconds(now_ms),
            }));
        }
        Message::PublishDataTrackRequest(request) => {
            return unsupported(0, request_response::Request::PublishDataTrack(request));
        }
        Message::UnpublishDataTrackRequest(request) => {
            return unsupported(0, request_response::Request::UnpublishDataTrack(request));
        }
        // The node sends no offer and needs no candidates; the rest is about data tracks and
        // tests.
        _ => return Received::Nothing,
    };
    Received::Input(input)
}

fn reply(message: signal_response::Message) -> Received {
    Received::Reply(Box::new(SignalResponse {
        message: Some(message),
    }))
}

fn unsupported(request_id: u32, request: request_response::Request) -> Received {
    let reason = request_response::Reason::UnsupportedType;
    refused(request_id, reason, request)
}

fn refused(
    request_id: u32,
    reason: request_response::Reason,
    request: request_response::Request,
) -> Received {
    reply(signal_response::Message::RequestResponse(
        proto::RequestResponse {
            request_id,
            reason: reason.into(),
            message: reason.as_str_name().to_owned(),
            request: Some(request),
        },
    ))
}

/// Clients read these as milliseconds; nanoseconds would overflow a browser's numbers.
fn milliseconds(now_ms: u64) -> i64 {
    i64::try_from(now_ms).unwrap_or(i64::MAX)
}

pub(crate) fn parsed<T: std::str::FromStr>(texts: &[String]) -> Vec<T> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

/// A track as the room knows them, or the request back when it is for something else.
pub(crate) fn track_request(
    request: proto::AddTrackRequest,
) -> Result<TrackRequest, Box<proto::AddTrackRequest>> {
    let kind = match proto::TrackType::try_from(request.r#type) {
        Ok(proto::TrackType::Audio) => TrackKind::Audio,
        Ok(proto::TrackType::Video) => TrackKind::Video,
        Ok(proto::TrackType::Data) | Err(_) => return Err(Box::new(request)),
    };
    let layers = request.layers.into_iter().map(|layer| VideoLayer {
        quality: layer.quality,
        width: layer.width,
        height: layer.height,
        bitrate: layer.bitrate,
        rid: layer.rid,
    });
    let codecs = request.simulcast_codecs.into_iter();
    let codecs = codecs.map(|codec| SimulcastCodec {
        codec: codec.codec,
        cid: codec.cid,
    });
    Ok(TrackRequest {
        cid: request.cid,
        name: request.name,
        kind,
        source: source(request.source),
        muted: request.muted,
        width: request.width,
        height: request.height,
        stream: request.stream,
        disable_red: request.disable_red,
        encryption: match encryption::Type::try_from(request.encryption) {
            Ok(encryption::Type::Gcm) => Encryption::Gcm,
            Ok(encryption::Type::Custom) => Encryption::Custom,
            Ok(encryption::Type::None) | Err(_) => Encryption::None,
        },
        audio_features: request.audio_features,
        layers: layers.collect(),
        codecs: codecs.collect(),
        backup_codec_policy: request.backup_codec_policy,
    })
}

pub(crate) fn source(number: i32) -> TrackSource {
    match proto::TrackSource::try_from(number) {
        Ok(proto::TrackSource::Camera) => TrackSource::Camera,
        Ok(proto::TrackSource::Microphone) => TrackSource::Microphone,
        Ok(proto::TrackSource::ScreenShare) => TrackSource::ScreenShare,
        Ok(proto::TrackSource::ScreenShareAudio) => TrackSource::ScreenShareAudio,
        Ok(proto::TrackSource::Unknown) | Err(_) => TrackSource::Unknown,
    }
}

/// Whoever names no place for a picture wants one of its sizes.
fn track_settings(setting: &proto::UpdateTrackSettings) -> TrackSettings {
    let size = match (setting.width, setting.height) {
        (0, _) | (_, 0) => {
            let quality = proto::VideoQuality::try_from(setting.quality);
            PictureSize::Layer(match quality {
                Ok(proto::VideoQuality::Low | proto::VideoQuality::Off) => Layer::LOWEST,
                Ok(proto::VideoQuality::Medium) => Layer::from_index(1),
                Ok(proto::VideoQuality::High) | Err(_) => Layer::HIGHEST,
            })
        }
        (width, height) => PictureSize::Pixels { width, height },
    };
    TrackSettings {
        paused: setting.disabled,
        size,
    }
}

fn subscription_change(update: proto::UpdateSubscription) -> SubscriptionChange {
    let mut tracks = update.track_sids;
    let of_participants = update.participant_tracks.into_iter();
    tracks.extend(of_participants.flat_map(|of| of.track_sids));
    tracks.sort();
    tracks.dedup();
    SubscriptionChange {
        tracks,
        subscribe: update.subscribe,
    }
}

fn subscription_rule(permission: proto::SubscriptionPermission) -> SubscriptionRule {
    if permission.all_participants {
        return SubscriptionRule::Everybody;
    }
    let trusted = permission.track_permissions.into_iter();
    SubscriptionRule::Only(
        trusted
            .map(|trusted| Trusted {
                sid: trusted.participant_sid,
                identity: trusted.participant_identity,
                tracks: (!trusted.all_tracks).then(|| parsed(&trusted.track_sids)),
            })
            .collect(),
    )
}

fn profile_change(update: proto::UpdateParticipantMetadata) -> ProfileChange {
    let attributes: BTreeMap<_, _> = update.attributes.into_iter().collect();
    ProfileChange {
        request_id: update.request_id,
        name: update.name,
        metadata: update.metadata,
        attributes,
    }
}

//! Rooms, participants and tracks as LiveKit's messages tell of them.

use koeba_protocol::proto::{self, encryption, participant_info};
use koeba_room::{
    Encryption, LeaveReason, ParticipantInfo, ParticipantState, Permission, RoomInfo, TrackInfo,
    TrackKind, TrackRequest, TrackSource, VideoLayer,
};

/// Writes what is told about a room.
#[must_use]
pub fn room(room: &RoomInfo) -> proto::Room {
    proto::Room {
        sid: room.sid.to_string(),
        name: room.name.clone(),
        metadata: room.metadata.clone(),
        empty_timeout: room.empty_timeout_s,
        departure_timeout: room.departure_timeout_s,
        max_participants: room.max_participants,
        creation_time: seconds(room.opened_at_ms),
        creation_time_ms: milliseconds(room.opened_at_ms),
        num_participants: room.num_participants,
        num_publishers: room.num_publishers,
        ..proto::Room::default()
    }
}

/// Writes what is told about a participant.
#[must_use]
pub fn participant(info: &ParticipantInfo) -> proto::ParticipantInfo {
    let (state, why) = match info.state {
        ParticipantState::Joined => (
            participant_info::State::Joined,
            proto::DisconnectReason::UnknownReason,
        ),
        ParticipantState::Active => (
            participant_info::State::Active,
            proto::DisconnectReason::UnknownReason,
        ),
        ParticipantState::Disconnected(why) => (participant_info::State::Disconnected, reason(why)),
    };
    proto::ParticipantInfo {
        sid: info.sid.to_string(),
        identity: info.identity.clone(),
        state: state.into(),
        tracks: info.tracks.iter().map(track).collect(),
        metadata: info.metadata.clone(),
        joined_at: seconds(info.joined_at_ms),
        joined_at_ms: milliseconds(info.joined_at_ms),
        name: info.name.clone(),
        version: info.version,
        permission: Some(permission(&info.permission)),
        is_publisher: !info.tracks.is_empty(),
        kind: participant_info::Kind::Standard.into(),
        attributes: info.attributes.clone().into_iter().collect(),
        disconnect_reason: why.into(),
        client_protocol: info.client.client_protocol,
        capabilities: info.client.capabilities.clone(),
        ..proto::ParticipantInfo::default()
    }
}

fn permission(permission: &Permission) -> proto::ParticipantPermission {
    let sources = permission.can_publish_sources.iter();
    proto::ParticipantPermission {
        can_subscribe: permission.can_subscribe,
        can_publish: permission.can_publish && !permission.hidden,
        can_publish_data: permission.can_publish_data,
        can_publish_sources: sources.map(|&source| self::source(source)).collect(),
        hidden: permission.hidden,
        can_update_metadata: permission.can_update_metadata,
        ..proto::ParticipantPermission::default()
    }
}

/// Writes what is told about a track.
#[must_use]
pub fn track(info: &TrackInfo) -> proto::TrackInfo {
    let request = &info.request;
    let codec = proto::SimulcastCodecInfo {
        mime_type: info.mime_type.clone(),
        mid: info.mid.clone(),
        cid: request.cid.clone(),
        layers: layers(&request.layers),
        ..proto::SimulcastCodecInfo::default()
    };
    proto::TrackInfo {
        sid: info.sid.to_string(),
        r#type: kind(request.kind),
        name: request.name.clone(),
        muted: request.muted,
        width: request.width,
        height: request.height,
        source: source(request.source),
        mime_type: info.mime_type.clone(),
        mid: info.mid.clone(),
        codecs: vec![codec],
        disable_red: request.disable_red,
        encryption: encryption(request.encryption),
        stream: request.stream.clone(),
        audio_features: request.audio_features.clone(),
        backup_codec_policy: request.backup_codec_policy,
        ..proto::TrackInfo::default()
    }
}

pub(crate) fn add_track(request: &TrackRequest) -> proto::AddTrackRequest {
    let codecs = request.codecs.iter().map(|codec| proto::SimulcastCodec {
        codec: codec.codec.clone(),
        cid: codec.cid.clone(),
        ..proto::SimulcastCodec::default()
    });
    proto::AddTrackRequest {
        cid: request.cid.clone(),
        name: request.name.clone(),
        r#type: kind(request.kind),
        width: request.width,
        height: request.height,
        muted: request.muted,
        source: source(request.source),
        layers: layers(&request.layers),
        simulcast_codecs: codecs.collect(),
        disable_red: request.disable_red,
        encryption: encryption(request.encryption),
        stream: request.stream.clone(),
        backup_codec_policy: request.backup_codec_policy,
        audio_features: request.audio_features.clone(),
        ..proto::AddTrackRequest::default()
    }
}

fn layers(layers: &[VideoLayer]) -> Vec<proto::VideoLayer> {
    let layers = layers.iter().map(|layer| proto::VideoLayer {
        quality: layer.quality,
        width: layer.width,
        height: layer.height,
        bitrate: layer.bitrate,
        rid: layer.rid.clone(),
        ..proto::VideoLayer::default()
    });
    layers.collect()
}

fn kind(kind: TrackKind) -> i32 {
    match kind {
        TrackKind::Audio => proto::TrackType::Audio,
        TrackKind::Video => proto::TrackType::Video,
    }
    .into()
}

fn source(source: TrackSource) -> i32 {
    match source {
        TrackSource::Unknown => proto::TrackSource::Unknown,
        TrackSource::Camera => proto::TrackSource::Camera,
        TrackSource::Microphone => proto::TrackSource::Microphone,
        TrackSource::ScreenShare => proto::TrackSource::ScreenShare,
        TrackSource::ScreenShareAudio => proto::TrackSource::ScreenShareAudio,
    }
    .into()
}

fn encryption(encryption: Encryption) -> i32 {
    match encryption {
        Encryption::None => encryption::Type::None,
        Encryption::Gcm => encryption::Type::Gcm,
        Encryption::Custom => encryption::Type::Custom,
    }
    .into()
}

pub(crate) fn reason(reason: LeaveReason) -> proto::DisconnectReason {
    match reason {
        LeaveReason::ClientInitiated => proto::DisconnectReason::ClientInitiated,
        LeaveReason::DuplicateIdentity => proto::DisconnectReason::DuplicateIdentity,
        LeaveReason::ServerShutdown => proto::DisconnectReason::ServerShutdown,
        LeaveReason::ParticipantRemoved => proto::DisconnectReason::ParticipantRemoved,
        LeaveReason::RoomDeleted => proto::DisconnectReason::RoomDeleted,
        LeaveReason::StateMismatch => proto::DisconnectReason::StateMismatch,
        LeaveReason::JoinFailure => proto::DisconnectReason::JoinFailure,
        LeaveReason::Migration => proto::DisconnectReason::Migration,
        LeaveReason::SignalClose => proto::DisconnectReason::SignalClose,
        LeaveReason::RoomClosed => proto::DisconnectReason::RoomClosed,
        LeaveReason::ConnectionTimeout => proto::DisconnectReason::ConnectionTimeout,
        LeaveReason::MediaFailure => proto::DisconnectReason::MediaFailure,
    }
}

fn milliseconds(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

fn seconds(ms: u64) -> i64 {
    milliseconds(ms / 1_000)
}

//! `sync_state`: what a client that comes back says it has. A node that knows it already has no
//! use for it; one that took the room over has nothing else.

use koeba_protocol::proto;
use koeba_room::{Restored, TrackInfo};

use crate::receive::{parsed, track_request};

/// The most tracks of its own, or channels, that a client may name.
const MAX_NAMED: usize = 64;

/// What a client that comes back says it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncState {
    /// For the room.
    pub restored: Restored,
    /// The answer that it got last: which track it receives in which section.
    pub answer: String,
    /// Its data channels, which it does not open again: label and stream number.
    pub channels: Vec<(String, u16)>,
}

pub(crate) fn sync(state: proto::SyncState) -> SyncState {
    let published = state.publish_tracks.into_iter().take(MAX_NAMED);
    let subscription = state.subscription.unwrap_or_default();
    let wanted = subscription.subscribe;
    let chosen = parsed(&subscription.track_sids).into_iter();
    let channels = state.data_channels.into_iter().take(MAX_NAMED);
    SyncState {
        restored: Restored {
            tracks: published.filter_map(published_track).collect(),
            choices: chosen.map(|track| (track, wanted)).collect(),
            paused: parsed(&state.track_sids_disabled),
        },
        answer: state.answer.map(|answer| answer.sdp).unwrap_or_default(),
        channels: channels
            .filter_map(|channel| Some((channel.label, u16::try_from(channel.id).ok()?)))
            .collect(),
    }
}

fn published_track(published: proto::TrackPublishedResponse) -> Option<TrackInfo> {
    let info = published.track?;
    let sid = info.sid.parse().ok()?;
    let (mime_type, mid) = (info.mime_type.clone(), info.mid.clone());
    let request = proto::AddTrackRequest {
        cid: published.cid,
        name: info.name,
        r#type: info.r#type,
        width: info.width,
        height: info.height,
        muted: info.muted,
        source: info.source,
        layers: info
            .codecs
            .into_iter()
            .next()
            .map(|codec| codec.layers)
            .unwrap_or_default(),
        disable_red: info.disable_red,
        encryption: info.encryption,
        stream: info.stream,
        backup_codec_policy: info.backup_codec_policy,
        audio_features: info.audio_features,
        ..proto::AddTrackRequest::default()
    };
    Some(TrackInfo {
        sid,
        request: track_request(request).ok()?,
        mime_type,
        mid,
    })
}

//! What somebody may do, between LiveKit's messages, its tokens and the room.

use koeba_protocol::proto;
use koeba_room::{Permission, TrackSource};

use crate::receive::source;

/// Reads a permission; none if it permits something that the room does not know.
#[must_use]
pub fn permission(given: &proto::ParticipantPermission) -> Option<Permission> {
    let sources = given.can_publish_sources.iter().copied();
    let permission = Permission {
        can_subscribe: given.can_subscribe,
        can_publish: given.can_publish,
        can_publish_data: given.can_publish_data,
        can_publish_sources: sources.map(source).collect(),
        can_update_metadata: given.can_update_metadata,
        hidden: given.hidden,
    };
    let understood = proto::ParticipantPermission {
        can_subscribe: given.can_subscribe,
        can_publish: given.can_publish,
        can_publish_data: given.can_publish_data,
        can_publish_sources: given.can_publish_sources.clone(),
        can_update_metadata: given.can_update_metadata,
        hidden: given.hidden,
        ..proto::ParticipantPermission::default()
    };
    (understood == *given).then_some(permission)
}

/// The sources by the names that tokens use. [`crate::permitted_sources`] reads them back.
#[must_use]
pub fn source_names(sources: &[TrackSource]) -> Vec<String> {
    let name = |source: &TrackSource| match source {
        TrackSource::Camera => "camera",
        TrackSource::Microphone => "microphone",
        TrackSource::ScreenShare => "screen_share",
        TrackSource::ScreenShareAudio => "screen_share_audio",
        TrackSource::Unknown => "unknown",
    };
    sources
        .iter()
        .map(|source| name(source).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_read_back_as_they_were_named() {
        let sources = [
            TrackSource::Unknown,
            TrackSource::Camera,
            TrackSource::Microphone,
            TrackSource::ScreenShare,
            TrackSource::ScreenShareAudio,
        ];
        assert_eq!(crate::permitted_sources(&source_names(&sources)), sources);
    }

    #[test]
    fn what_the_room_does_not_know_is_not_permitted_by_half() {
        let given = proto::ParticipantPermission {
            can_publish: true,
            can_subscribe_metrics: true,
            ..proto::ParticipantPermission::default()
        };
        assert_eq!(permission(&given), None);
    }
}

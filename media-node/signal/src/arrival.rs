use std::collections::BTreeMap;

use koeba_protocol::{JoinRequest, proto};
use koeba_room::{ClientTraits, Join, ParticipantSid, Permission, TrackSource};

use crate::receive::{Offer, track_request};
use crate::sync::{SyncState, sync};

/// The most text about itself that a client may bring along, in bytes.
const MAX_PROFILE: usize = 64 * 1024;

/// Who a verified token says is connecting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joiner {
    /// Drawn at random for this connection, should it become a new participant.
    pub sid: ParticipantSid,
    /// Who it is.
    pub identity: String,
    /// A name for people.
    pub name: String,
    /// The application's text.
    pub metadata: String,
    /// The application's values.
    pub attributes: BTreeMap<String, String>,
    /// What it may do.
    pub permission: Permission,
}

/// What a connection begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A new participant. The offer is answered after the room has let it in.
    Join {
        /// For the room.
        join: Box<Join>,
        /// The offer that most clients bring along.
        offer: Option<Offer>,
    },
    /// Somebody who says it was here before. Ask [`koeba_room::Room::can_resume`]; who may not has
    /// to be told [`koeba_room::LeaveReason::StateMismatch`], as has a sid that is none, unless the
    /// room was on another node.
    Resume {
        /// As whom it wants to go on.
        participant: Option<ParticipantSid>,
        /// What it is, for a room that does not know it yet.
        join: Box<Join>,
        /// What it says it has, if it says so at once.
        sync: Option<Box<SyncState>>,
    },
}

/// Reads what a connection's join request asks for.
#[must_use]
pub fn arrive(request: JoinRequest, joiner: Joiner) -> Arrival {
    if request.reconnect {
        let participant = request.participant_sid.parse().ok();
        let state = request.sync_state;
        let join = Join {
            sid: participant.unwrap_or(joiner.sid),
            identity: joiner.identity,
            name: joiner.name,
            metadata: joiner.metadata,
            attributes: joiner.attributes,
            permission: joiner.permission,
            client: client_traits(request.client_info),
            auto_subscribe: subscribes(request.connection_settings.as_ref()),
            tracks: Vec::new(),
        };
        return Arrival::Resume {
            participant,
            join: Box::new(join),
            sync: state.map(|state| Box::new(sync(state))),
        };
    }
    let mut metadata = joiner.metadata;
    let mut attributes = joiner.attributes;
    let brought: BTreeMap<_, _> = request.participant_attributes.into_iter().collect();
    let size: usize = brought.iter().map(|(k, v)| k.len() + v.len()).sum();
    if joiner.permission.can_update_metadata && size + request.metadata.len() <= MAX_PROFILE {
        if !request.metadata.is_empty() {
            metadata = request.metadata;
        }
        attributes.extend(brought);
    }
    let tracks = request.add_track_requests.into_iter();
    let join = Join {
        sid: joiner.sid,
        identity: joiner.identity,
        name: joiner.name,
        metadata,
        attributes,
        permission: joiner.permission,
        client: client_traits(request.client_info),
        auto_subscribe: subscribes(request.connection_settings.as_ref()),
        tracks: tracks
            .filter_map(|request| track_request(request).ok())
            .collect(),
    };
    Arrival::Join {
        join: Box::new(join),
        offer: request.publisher_offer.map(Offer::from),
    }
}

/// A client that says nothing about its connection wants what everybody has.
fn subscribes(settings: Option<&proto::ConnectionSettings>) -> bool {
    settings.is_none_or(|settings| settings.auto_subscribe)
}

fn client_traits(info: Option<proto::ClientInfo>) -> ClientTraits {
    let info = info.unwrap_or_default();
    ClientTraits {
        protocol: info.protocol,
        client_protocol: info.client_protocol,
        capabilities: info.capabilities,
    }
}

/// The sources that a token names. A name that is not known permits nothing, and above all does
/// not leave the list empty, which would permit everything.
#[must_use]
pub fn permitted_sources(names: &[String]) -> Vec<TrackSource> {
    let known = |name: &String| match name.to_ascii_lowercase().as_str() {
        "camera" => TrackSource::Camera,
        "microphone" => TrackSource::Microphone,
        "screen_share" => TrackSource::ScreenShare,
        "screen_share_audio" => TrackSource::ScreenShareAudio,
        _ => TrackSource::Unknown,
    };
    names.iter().map(known).collect()
}

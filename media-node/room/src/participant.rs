use std::collections::BTreeMap;

use crate::sid::{ParticipantSid, RoomSid};
use crate::track::{TrackInfo, TrackSource};

/// What a participant may do. The room enforces it; a token's grant claims it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// May receive tracks.
    pub can_subscribe: bool,
    /// May publish tracks.
    pub can_publish: bool,
    /// May send data.
    pub can_publish_data: bool,
    /// The sources that may be published; none listed means any.
    pub can_publish_sources: Vec<TrackSource>,
    /// May change its own name, metadata and attributes.
    pub can_update_metadata: bool,
    /// Nobody is told of this participant, and it publishes nothing.
    pub hidden: bool,
}

impl Default for Permission {
    /// What LiveKit grants when a token says nothing.
    fn default() -> Self {
        Self {
            can_subscribe: true,
            can_publish: true,
            can_publish_data: true,
            can_publish_sources: Vec::new(),
            can_update_metadata: false,
            hidden: false,
        }
    }
}

impl Permission {
    /// Whether a track from `source` may be published.
    #[must_use]
    pub fn may_publish(&self, source: TrackSource) -> bool {
        self.can_publish
            && !self.hidden
            && (self.can_publish_sources.is_empty() || self.can_publish_sources.contains(&source))
    }
}

/// What a client says about itself and other clients need to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientTraits {
    /// The signalling protocol it speaks.
    pub protocol: i32,
    /// The client-to-client protocol it speaks, passed on.
    pub client_protocol: i32,
    /// LiveKit's `Capability` numbers, passed on.
    pub capabilities: Vec<i32>,
}

/// How far a participant has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParticipantState {
    /// In the room, media not up yet.
    Joined,
    /// Media is up.
    Active,
    /// Gone.
    Disconnected(crate::LeaveReason),
}

/// What is told about a participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParticipantInfo {
    /// This connection.
    pub sid: ParticipantSid,
    /// Who it is, the same over connections.
    pub identity: String,
    /// A name for people.
    pub name: String,
    /// The application's text about the participant.
    pub metadata: String,
    /// The application's values about the participant.
    pub attributes: BTreeMap<String, String>,
    /// How far it has come.
    pub state: ParticipantState,
    /// Every track it publishes: leaving one out of an update means that it is gone.
    pub tracks: Vec<TrackInfo>,
    /// When it joined, in milliseconds since the epoch.
    pub joined_at_ms: u64,
    /// Rises with every change, also from node to node.
    pub version: u32,
    /// What it may do.
    pub permission: Permission,
    /// About its client.
    pub client: ClientTraits,
}

/// What is told about the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomInfo {
    /// The room's id for as long as it is open.
    pub sid: RoomSid,
    /// The room's name.
    pub name: String,
    /// The application's text about the room.
    pub metadata: String,
    /// When it was opened, in milliseconds since the epoch.
    pub opened_at_ms: u64,
    /// Seconds it stays open before anybody has come.
    pub empty_timeout_s: u32,
    /// Seconds it stays open after everybody has left.
    pub departure_timeout_s: u32,
    /// How many may be in it.
    pub max_participants: u32,
    /// How many are in it; hidden ones do not count.
    pub num_participants: u32,
    /// How many of them publish.
    pub num_publishers: u32,
}

//! What the API shows of rooms.

use koeba_domain::{Moment, Occupant, Room, RoomId};
use serde::Serialize;
use time::serde::rfc3339;
use utoipa::ToSchema;

/// A room, with who is in it now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Room)]
pub(crate) struct RoomView {
    /// Which.
    #[schema(value_type = String, example = "rm_064sk9g1vqmk3tq2wkwk6xyz5e")]
    pub(crate) id: RoomId,
    /// What people call it; unique in its workspace.
    pub(crate) name: String,
    /// When it was made.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Moment,
    /// Who is in it now, by when they came.
    pub(crate) occupants: Vec<OccupantView>,
}

impl RoomView {
    pub(crate) fn new(room: &Room, occupants: Vec<Occupant>) -> Self {
        Self {
            id: room.id,
            name: room.name.to_string(),
            created_at: room.created_at,
            occupants: occupants.into_iter().map(OccupantView::from).collect(),
        }
    }
}

/// Somebody who is in a room now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Occupant)]
pub(crate) struct OccupantView {
    /// Who: a member's user id.
    pub(crate) identity: String,
    /// What they go by.
    pub(crate) name: String,
    /// Since when.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) since: Moment,
}

impl From<Occupant> for OccupantView {
    fn from(occupant: Occupant) -> Self {
        Self {
            identity: occupant.identity,
            name: occupant.name,
            since: occupant.since,
        }
    }
}

/// A page of rooms.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoomList {
    /// The rooms on this page.
    pub(crate) items: Vec<RoomView>,
    /// Where the next page begins; none on the last.
    pub(crate) next_cursor: Option<String>,
}

/// What a LiveKit client needs to join.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JoinView {
    /// The media nodes' address.
    pub(crate) url: String,
    /// What to show there; it is good for a minute.
    pub(crate) token: String,
    /// Until when.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) expires_at: Moment,
    /// Who you are in the room.
    pub(crate) identity: String,
}

//! A place to talk, and who is there.

use serde::{Deserialize, Serialize};

use crate::{Moment, RoomId, RoomName};

/// A room of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Which.
    pub id: RoomId,
    /// What people call it; unique in its workspace, see [`RoomName::folded`].
    pub name: RoomName,
    /// When it was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: Moment,
}

/// Somebody who is in a room now, as its media node reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupant {
    /// Where.
    pub room: RoomId,
    /// Who: the identity that their join token named.
    pub identity: String,
    /// What the others see.
    pub name: String,
    /// Since when.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub since: Moment,
}

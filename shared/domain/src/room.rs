//! A place to talk, and who is there.

use serde::{Deserialize, Serialize};
use time::Duration;

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
    /// Which connection of theirs, as the node calls it; empty when the node did not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sid: String,
    /// Who: the identity that their join token named.
    pub identity: String,
    /// What the others see.
    pub name: String,
    /// Since when.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub since: Moment,
}

/// Everybody who is in one room, as its media node last reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// Where.
    pub room: RoomId,
    /// Which node reported.
    pub node: String,
    /// When, by the node's clock; of two reports of one node the newer counts.
    pub reported_at: Moment,
    /// When, by our clock.
    pub received_at: Moment,
    /// Who.
    pub occupants: Vec<Occupant>,
}

impl Roster {
    /// How long a report counts: a node that is alive repeats it every ten seconds.
    pub const FRESH_FOR: Duration = Duration::seconds(30);

    /// Who is in the room at `now`, by when they came: nobody once the node has fallen silent.
    #[must_use]
    pub fn present(mut self, now: Moment) -> Vec<Occupant> {
        if now - self.received_at < Self::FRESH_FOR {
            self.occupants.sort_by_key(|occupant| occupant.since);
            self.occupants
        } else {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_silent_node_takes_its_people_with_it_after_thirty_seconds() {
        let start = datetime!(2026-04-01 09:00 UTC);
        let room = RoomId::from_random([1; 16]);
        let roster = Roster {
            room,
            node: "node-1".to_owned(),
            reported_at: start,
            received_at: start,
            occupants: vec![Occupant {
                room,
                sid: String::new(),
                identity: "us_1".to_owned(),
                name: "Aiko".to_owned(),
                since: start,
            }],
        };
        let almost = start + Roster::FRESH_FOR - Duration::MILLISECOND;
        assert_eq!(roster.clone().present(almost).len(), 1);
        assert_eq!(roster.present(start + Roster::FRESH_FOR), Vec::new());
    }
}

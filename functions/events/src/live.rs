//! Tells browsers what has changed, and hangs up on those that have no right to be told any more.
//!
//! What is told is the change itself, so that nobody has to ask: a room, or who is in it. Everybody
//! who may be connected to a workspace may list all of its rooms (`connect.rs` of the live function
//! asks for that very permission), so everybody is told the same, and nothing is read for it but
//! whom to tell.
//!
//! A notice that does not arrive is not sent again: a browser asks for the whole list when it
//! connects, and every few minutes besides. Hanging up is done until it is done.

use std::collections::HashMap;

use aws_lambda_events::event::dynamodb::EventRecord;
use futures_util::StreamExt as _;
use futures_util::stream;
use koeba_domain::{Moment, Occupant, Room, RoomId, WorkspaceId};
use koeba_edge::Clock;
use koeba_storage::{Connection, Directory, LiveChange, StorageError};
use serde::Serialize;
use time::Duration;
use time::serde::rfc3339;

use crate::switchboard::{NotTaken, Reached, Switchboard};

/// Browsers that are spoken to at the same time.
const AT_ONCE: usize = 32;
/// What is sent at once, in bytes: API Gateway charges a message for every 32 KB. Of more, browsers
/// are told to ask.
const LARGEST: usize = 32 * 1024;

/// How long a connection may take from being written down to being open. To the gateway it is gone
/// until then.
const OPENING: Duration = Duration::seconds(10);

/// Follows the stream for the sake of browsers.
pub(crate) struct Live {
    clock: Clock,
    directory: Directory,
    switchboard: Switchboard,
}

/// Why a record must be offered again.
#[derive(Debug, thiserror::Error)]
enum NotEnded {
    #[error(transparent)]
    Store(#[from] StorageError),
    #[error(transparent)]
    Gateway(#[from] NotTaken),
}

/// What browsers are sent.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Notice<'a> {
    /// These have changed.
    Changes { changes: &'a [Change] },
    /// So much has changed that it is better asked for.
    ReadAnew,
}

/// One thing that has changed.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Change {
    Room {
        room: RoomPart,
    },
    RoomGone {
        room_id: RoomId,
    },
    Occupants {
        room_id: RoomId,
        occupants: Vec<OccupantPart>,
    },
}

/// A room as the API shows it, but for who is in it.
#[derive(Debug, Serialize)]
struct RoomPart {
    id: RoomId,
    name: String,
    #[serde(with = "rfc3339")]
    created_at: Moment,
}

/// Somebody in a room, as the API shows them.
#[derive(Debug, Serialize)]
struct OccupantPart {
    identity: String,
    name: String,
    #[serde(with = "rfc3339")]
    since: Moment,
}

impl Live {
    pub(crate) const fn new(directory: Directory, switchboard: Switchboard, clock: Clock) -> Self {
        Self {
            clock,
            directory,
            switchboard,
        }
    }

    /// Does what a batch of records makes necessary; answers the records that must be offered again.
    pub(crate) async fn follow<'a>(&self, records: &'a [EventRecord]) -> Vec<&'a EventRecord> {
        let mut failed = Vec::new();
        let mut news = News::default();
        for record in records {
            let change = &record.change;
            let read = LiveChange::read(
                &record.event_name,
                &change.keys,
                &change.old_image,
                &change.new_image,
            );
            let Some(change) = read.and_then(|change| news.note(change)) else {
                continue;
            };
            if let Err(error) = self.end(change).await {
                tracing::warn!(%error, "connections will be ended again");
                failed.push(record);
            }
        }
        for (workspace, changes) in news.by_workspace {
            let told = self.tell(workspace, &changes.of_batch()).await;
            if let Err(error) = told {
                tracing::warn!(%error, "nobody could be told what has changed");
            }
        }
        failed
    }

    /// Ends the connections that a change takes the right from.
    async fn end(&self, change: LiveChange) -> Result<(), NotEnded> {
        match change {
            LiveChange::Barred(workspace, user, at) => {
                self.directory
                    .close_connections(workspace, user, at)
                    .await?;
            }
            LiveChange::SessionGone(user, session) => {
                self.directory
                    .close_connections_of_session(user, session)
                    .await?;
            }
            LiveChange::ConnectionGone(id) => {
                self.switchboard.hang_up(&id).await?;
                self.directory.forget_connection(&id).await?;
            }
            LiveChange::Room(..) | LiveChange::RoomGone(..) | LiveChange::Occupants(..) => {}
        }
        Ok(())
    }

    /// Tells everybody who is connected to a workspace what has changed there.
    async fn tell(&self, workspace: WorkspaceId, changes: &[Change]) -> Result<(), StorageError> {
        let text = write(changes);
        let connections = self.directory.connections(workspace).await?;
        stream::iter(&connections)
            .for_each_concurrent(AT_ONCE, async |connection| {
                match self.switchboard.tell(&connection.id, &text).await {
                    Ok(Reached::Yes) => {}
                    Ok(Reached::Gone) => self.forget(connection).await,
                    Err(error) => tracing::warn!(%error, "a browser was not told"),
                }
            })
            .await;
        Ok(())
    }

    /// Forgets a browser that went without a word.
    async fn forget(&self, connection: &Connection) {
        if self.clock.now() < connection.connected_at + OPENING {
            return;
        }
        if let Err(error) = self.directory.close_connection(connection).await {
            tracing::warn!(%error, "a connection that has gone will be forgotten later");
        }
    }
}

/// What a batch says, by workspace; of each thing only the last word.
#[derive(Default)]
struct News {
    by_workspace: HashMap<WorkspaceId, Changes>,
}

#[derive(Default)]
struct Changes {
    rooms: HashMap<RoomId, Option<Room>>,
    occupants: HashMap<RoomId, Vec<Occupant>>,
}

impl News {
    /// Notes what browsers are to be told; gives back what is something else.
    fn note(&mut self, change: LiveChange) -> Option<LiveChange> {
        match change {
            LiveChange::Room(workspace, room) => {
                let changes = self.by_workspace.entry(workspace).or_default();
                changes.rooms.insert(room.id, Some(room));
            }
            LiveChange::RoomGone(workspace, room) => {
                let changes = self.by_workspace.entry(workspace).or_default();
                changes.rooms.insert(room, None);
            }
            LiveChange::Occupants(workspace, room, occupants) => {
                let changes = self.by_workspace.entry(workspace).or_default();
                changes.occupants.insert(room, occupants);
            }
            other => return Some(other),
        }
        None
    }
}

impl Changes {
    /// Rooms first, so that those who are in a new one find it there.
    fn of_batch(self) -> Vec<Change> {
        let rooms = self.rooms.into_iter().map(|(room_id, room)| match room {
            Some(room) => Change::Room {
                room: RoomPart {
                    id: room.id,
                    name: room.name.to_string(),
                    created_at: room.created_at,
                },
            },
            None => Change::RoomGone { room_id },
        });
        let occupants = self.occupants.into_iter();
        let occupants = occupants.map(|(room_id, there)| Change::Occupants {
            room_id,
            occupants: there.into_iter().map(OccupantPart::from).collect(),
        });
        rooms.chain(occupants).collect()
    }
}

impl From<Occupant> for OccupantPart {
    fn from(occupant: Occupant) -> Self {
        Self {
            identity: occupant.identity,
            name: occupant.name,
            since: occupant.since,
        }
    }
}

/// The notice of these changes.
fn write(changes: &[Change]) -> String {
    let json = |notice: &Notice<'_>| {
        serde_json::to_string(notice).expect("rooms, names and moments are JSON")
    };
    let text = json(&Notice::Changes { changes });
    if text.len() > LARGEST {
        json(&Notice::ReadAnew)
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use time::macros::datetime;

    const AT: Moment = datetime!(2026-04-01 09:00 UTC);

    #[test]
    fn of_several_changes_of_one_thing_the_last_is_told() {
        let workspace = WorkspaceId::from_random([1; 16]);
        let room = RoomId::from_random([2; 16]);
        let mut news = News::default();
        for names in [vec!["Aiko"], vec!["Aiko", "Ken"], vec!["Ken"]] {
            let there = names.into_iter().map(|name| occupant(room, name)).collect();
            assert_eq!(
                news.note(LiveChange::Occupants(workspace, room, there)),
                None
            );
        }
        let changes = news.by_workspace.remove(&workspace).expect("news");
        let told = told(&changes.of_batch());
        assert_eq!(told["type"], "changes");
        assert_eq!(
            told["changes"],
            json!([{ "kind": "occupants", "room_id": room.to_string(), "occupants": [
                { "identity": "us_Ken", "name": "Ken", "since": "2026-04-01T09:00:00Z" },
            ] }])
        );
    }

    #[test]
    fn of_more_than_a_message_holds_browsers_are_told_to_ask() {
        let room = RoomId::from_random([2; 16]);
        let many = (0..500).map(|n| occupant(room, &format!("somebody {n}")));
        let change = Change::Occupants {
            room_id: room,
            occupants: many.map(OccupantPart::from).collect(),
        };
        assert_eq!(told(&[change]), json!({ "type": "read_anew" }));
    }

    fn told(changes: &[Change]) -> Value {
        serde_json::from_str(&write(changes)).expect("a notice is JSON")
    }

    fn occupant(room: RoomId, name: &str) -> Occupant {
        Occupant {
            room,
            sid: String::new(),
            identity: format!("us_{name}"),
            name: name.to_owned(),
            since: AT,
        }
    }
}

//! What a change of the table means for browsers that are told of changes as they happen.

use koeba_domain::{Moment, Occupant, Room, RoomId, Roster, SessionId, UserId, WorkspaceId};
use serde_dynamo::{AttributeValue, Item};

use crate::connections::ConnectionItem;
use crate::evictions::EvictionItem;
use crate::keys::{Key, PK, SK};
use crate::kinds::{self, Owner};
use crate::occupancy::RosterItem;
use crate::policies::PolicyItem;
use crate::rooms::RoomItem;
use crate::sessions::SessionItem;

/// A change that somebody is to be told, or that ends somebody's being told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveChange {
    /// A room was made or renamed.
    Room(WorkspaceId, Room),
    /// A room has gone.
    RoomGone(WorkspaceId, RoomId),
    /// Others are in a room than before: these.
    Occupants(WorkspaceId, RoomId, Vec<Occupant>),
    /// Somebody, or everybody, has to prove anew that they may be told of a workspace.
    Barred(WorkspaceId, Option<UserId>, Moment),
    /// A session's secret is no more; the session may go on under another.
    SessionGone(UserId, SessionId),
    /// A connection has no right to be there any more.
    ConnectionGone(String),
}

impl LiveChange {
    /// Reads a stream record; `None` for what nobody needs to be told at once.
    #[must_use]
    pub fn read(event_name: &str, keys: &Item, old: &Item, new: &Item) -> Option<Self> {
        let key = Key {
            pk: text(keys, PK)?,
            sk: text(keys, SK)?,
        };
        let (kind, owner, name) = kinds::at(&key)?;
        let gone = event_name == "REMOVE";
        match (kind, owner) {
            ("room", Owner::Workspace(workspace)) if gone => {
                Some(Self::RoomGone(workspace, name.parse().ok()?))
            }
            ("room", Owner::Workspace(workspace)) => {
                let item: RoomItem = read(new)?;
                Some(Self::Room(workspace, item.into_room()))
            }
            ("roster", Owner::Workspace(workspace)) => {
                occupants(old, new).map(|(room, there)| Self::Occupants(workspace, room, there))
            }
            ("policy", Owner::Workspace(workspace)) if !gone => {
                let item: PolicyItem = read(new)?;
                Some(Self::Barred(workspace, None, item.changed_at()?))
            }
            ("eviction", Owner::Workspace(workspace)) if !gone => {
                let item: EvictionItem = read(new)?;
                let eviction = item.into_eviction();
                Some(Self::Barred(workspace, eviction.user, eviction.at))
            }
            ("session", Owner::User(user)) if gone => {
                let item: SessionItem = read(old)?;
                Some(Self::SessionGone(user, item.into_session().id))
            }
            ("connection", Owner::Workspace(_)) if gone => {
                let item: ConnectionItem = read(old)?;
                Some(Self::ConnectionGone(item.connection))
            }
            _ => None,
        }
    }
}

/// Who is in a room by a report, if that is news. The nodes repeat their reports, and after a
/// silence, in which nobody counted as being there, a report is news whatever it says.
fn occupants(old: &Item, new: &Item) -> Option<(RoomId, Vec<Occupant>)> {
    let before = read::<RosterItem>(old).map(RosterItem::into_roster);
    let Some(now) = read::<RosterItem>(new).map(RosterItem::into_roster) else {
        let before = before.filter(|before| !before.occupants.is_empty())?;
        return Some((before.room, Vec::new()));
    };
    let (room, at) = (now.room, now.received_at);
    let there_before = before.map_or_else(Vec::new, |before| Roster::present(before, at));
    let there = now.present(at);
    (there != there_before).then_some((room, there))
}

fn read<T: serde::de::DeserializeOwned>(image: &Item) -> Option<T> {
    serde_dynamo::from_item(image.clone()).ok()
}

fn text(keys: &Item, name: &str) -> Option<String> {
    match keys.get(name) {
        Some(AttributeValue::S(text)) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Stored as _;
    use time::Duration;
    use time::macros::datetime;

    const START: Moment = datetime!(2026-04-01 09:00 UTC);

    #[test]
    fn a_report_is_news_when_somebody_came_or_went_and_when_it_ends_a_silence() {
        let aiko = || vec!["aiko"];
        let second = Duration::seconds(10);
        for (before, now, after, news) in [
            (None, aiko(), second, Some(1)),
            (None, vec![], second, None),
            (Some(aiko()), aiko(), second, None),
            (Some(aiko()), vec!["aiko", "ken"], second, Some(2)),
            (Some(aiko()), vec![], second, Some(0)),
            (Some(aiko()), aiko(), Roster::FRESH_FOR, Some(1)),
            (Some(aiko()), vec![], Roster::FRESH_FOR, None),
        ] {
            let old = before.map_or_else(Item::default, |who| image(&who, START));
            let new = image(&now, START + after);
            let told = LiveChange::read("MODIFY", &keys(), &old, &new);
            let told = told.map(|change| match change {
                LiveChange::Occupants(_, _, who) => who.len(),
                other => panic!("a report is about occupants: {other:?}"),
            });
            assert_eq!(told, news, "{now:?} after {after}");
        }
    }

    #[test]
    fn a_report_that_expires_leaves_nobody() {
        let old = image(&["aiko"], START);
        let told = LiveChange::read("REMOVE", &keys(), &old, &Item::default());
        let nobody = LiveChange::Occupants(workspace(), room(), Vec::new());
        assert_eq!(told, Some(nobody));
    }

    fn workspace() -> WorkspaceId {
        WorkspaceId::from_random([7; 16])
    }

    fn room() -> RoomId {
        RoomId::from_random([9; 16])
    }

    fn keys() -> Item {
        let key = Key::occupancy(workspace(), room());
        serde_dynamo::to_item(key).expect("a key is an item")
    }

    fn image(names: &[&str], received_at: Moment) -> Item {
        let occupant = |name: &&str| Occupant {
            room: room(),
            sid: String::new(),
            identity: (*name).to_owned(),
            name: (*name).to_owned(),
            since: START,
        };
        let roster = Roster {
            room: room(),
            node: "node-1".to_owned(),
            reported_at: received_at,
            received_at,
            occupants: names.iter().map(occupant).collect(),
        };
        let item = RosterItem::new(workspace(), &roster).to_item();
        item.expect("a roster is an item").into()
    }
}

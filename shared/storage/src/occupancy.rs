//! Who is in which room, as the media nodes report it.

use aws_sdk_dynamodb::types::AttributeValue;
use koeba_domain::{Moment, Occupant, RoomId, Roster, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use time::Duration;

use crate::access::{Access, Stored, millis, moment};
use crate::keys::{Key, Listing};
use crate::rooms::RoomItem;
use crate::{Directory, Result, StorageError, WorkspaceTable};

/// How long a roster is kept; it stopped counting long before.
const KEPT_FOR: Duration = Duration::hours(1);

/// Whether a room that a node reported still exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomStanding {
    /// It does; the report is taken, or was older than the one we have.
    Open,
    /// It does not; the node has to close it.
    Closed,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct RosterItem {
    #[serde(flatten)]
    key: Key,
    room: RoomId,
    node: String,
    #[serde(with = "millis")]
    reported_at: Moment,
    #[serde(with = "millis")]
    received_at: Moment,
    occupants: Vec<OccupantPart>,
    /// Time to live, in seconds.
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct OccupantPart {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    sid: String,
    identity: String,
    name: String,
    #[serde(with = "millis")]
    since: Moment,
}

impl Stored for RosterItem {
    const KIND: &'static str = "roster";
}

impl RosterItem {
    pub(crate) fn new(workspace: WorkspaceId, roster: &Roster) -> Self {
        let part = |occupant: &Occupant| OccupantPart {
            sid: occupant.sid.clone(),
            identity: occupant.identity.clone(),
            name: occupant.name.clone(),
            since: occupant.since,
        };
        Self {
            key: Key::occupancy(workspace, roster.room),
            room: roster.room,
            node: roster.node.clone(),
            reported_at: roster.reported_at,
            received_at: roster.received_at,
            occupants: roster.occupants.iter().map(part).collect(),
            expires_at: (roster.received_at + KEPT_FOR).unix_timestamp(),
        }
    }

    pub(crate) fn into_roster(self) -> Roster {
        let room = self.room;
        let occupant = |part: OccupantPart| Occupant {
            room,
            sid: part.sid,
            identity: part.identity,
            name: part.name,
            since: part.since,
        };
        Roster {
            room,
            node: self.node,
            reported_at: self.reported_at,
            received_at: self.received_at,
            occupants: self.occupants.into_iter().map(occupant).collect(),
        }
    }
}

/// Takes somebody out of every roster; a node that reports anew at this moment has the last word.
pub(crate) async fn erase(access: &Access, workspace: WorkspaceId, user: UserId) -> Result<u32> {
    let identity = user.to_string();
    let rosters: Vec<RosterItem> = access.all(workspace, Listing::Occupancy).await?;
    let mut changed = 0;
    for mut roster in rosters {
        let before = roster.occupants.len();
        roster.occupants.retain(|part| part.identity != identity);
        if roster.occupants.len() == before {
            continue;
        }
        let put = access
            .client
            .put_item()
            .table_name(&access.table)
            .condition_expression("reported_at = :reported_at")
            .expression_attribute_values(":reported_at", moment(roster.reported_at))
            .set_item(Some(roster.to_item()?))
            .send()
            .await;
        match put.map_err(StorageError::from) {
            Ok(_) => changed += 1,
            Err(StorageError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(changed)
}

impl WorkspaceTable {
    /// Who is in each room of the workspace at `now`. Empty rooms are left out.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn occupants(&self, now: Moment) -> Result<HashMap<RoomId, Vec<Occupant>>> {
        let access = self.access().await?;
        let items: Vec<RosterItem> = access.all(self.workspace, Listing::Occupancy).await?;
        Ok(items
            .into_iter()
            .map(|item| (item.room, item.into_roster().present(now)))
            .filter(|(_, present)| !present.is_empty())
            .collect())
    }

    /// Who is in one room at `now`.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn occupants_of(&self, room: RoomId, now: Moment) -> Result<Vec<Occupant>> {
        let access = self.access().await?;
        let item: Option<RosterItem> = access.get(&Key::occupancy(self.workspace, room)).await?;
        Ok(item.map_or_else(Vec::new, |item| item.into_roster().present(now)))
    }
}

impl Directory {
    /// Takes a media node's report of one room. It replaces the one before unless that one is
    /// newer; the report of another node, or after a silence, is always taken.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn record_roster(
        &self,
        workspace: WorkspaceId,
        roster: &Roster,
    ) -> Result<RoomStanding> {
        let access = self.tenant(workspace).await?;
        if access
            .get::<RoomItem>(&Key::room(workspace, roster.room))
            .await?
            .is_none()
        {
            return Ok(RoomStanding::Closed);
        }
        // Not one transaction with the look above, at four times the price: a roster written for
        // a room that goes at this moment is read by nobody, and the next report hears `Closed`.
        let silent_since = roster.received_at - Roster::FRESH_FOR;
        let taken = access
            .client
            .put_item()
            .table_name(&access.table)
            .set_item(Some(RosterItem::new(workspace, roster).to_item()?))
            .condition_expression(
                "attribute_not_exists(reported_at) OR reported_at < :reported_at \
                 OR node <> :node OR received_at < :silent_since",
            )
            .expression_attribute_values(":reported_at", moment(roster.reported_at))
            .expression_attribute_values(":node", AttributeValue::S(roster.node.clone()))
            .expression_attribute_values(":silent_since", moment(silent_since))
            .send()
            .await;
        match taken.map_err(StorageError::from) {
            Ok(_) | Err(StorageError::Conflict) => Ok(RoomStanding::Open),
            Err(error) => Err(error),
        }
    }
}

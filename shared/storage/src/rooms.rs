//! Rooms, and the locks that keep their names apart.

use aws_sdk_dynamodb::types::builders::DeleteBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Update};
use koeba_domain::{MAX_ROOMS, Moment, Room, RoomId, RoomName, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::access::{Stored, millis};
use crate::keys::{Key, Listing};
use crate::transaction::{Refusal, Transaction};
use crate::workspaces::{count_one_less, count_one_more};
use crate::{Listed, PageRequest, Result, StorageError, WorkspaceTable};

#[derive(Serialize, Deserialize)]
pub(crate) struct RoomItem {
    #[serde(flatten)]
    key: Key,
    id: RoomId,
    name: RoomName,
    #[serde(with = "millis")]
    created_at: Moment,
}

impl Stored for RoomItem {
    const KIND: &'static str = "room";
}

impl RoomItem {
    pub(crate) fn into_room(self) -> Room {
        Room {
            id: self.id,
            name: self.name,
            created_at: self.created_at,
        }
    }
}

/// The lock on a name: which room bears it.
#[derive(Serialize, Deserialize)]
struct RoomNameItem {
    #[serde(flatten)]
    key: Key,
    room: RoomId,
}

impl Stored for RoomNameItem {
    const KIND: &'static str = "room name";
}

impl RoomNameItem {
    fn new(workspace: WorkspaceId, name: &RoomName, room: RoomId) -> Self {
        Self {
            key: Key::room_name(workspace, name),
            room,
        }
    }

    /// The deletion of a lock that `room` holds.
    fn release(room: RoomId) -> DeleteBuilder {
        Delete::builder()
            .condition_expression("room = :room")
            .expression_attribute_values(":room", AttributeValue::S(room.to_string()))
    }
}

impl WorkspaceTable {
    /// Writes a new room.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when another room bears the name,
    /// [`StorageError::QuotaReached`] when the workspace has as many as it may.
    pub async fn create_room(&self, room: &Room) -> Result<()> {
        let access = self.access().await?;
        let item = RoomItem {
            key: Key::room(self.workspace, room.id),
            id: room.id,
            name: room.name.clone(),
            created_at: room.created_at,
        };
        let lock = RoomNameItem::new(self.workspace, &room.name, room.id);
        Transaction::default()
            .create(&access, &lock, StorageError::AlreadyExists)?
            .create(&access, &item, StorageError::AlreadyExists)?
            .update(
                &access,
                &Key::workspace(self.workspace),
                count_one_more("room_count", MAX_ROOMS),
                Refusal::IfThere(StorageError::QuotaReached),
            )?
            .commit(&access)
            .await
    }

    /// One room; `None` when this workspace has no such room.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn room(&self, room: RoomId) -> Result<Option<Room>> {
        let access = self.access().await?;
        let found: Option<RoomItem> = access.get(&Key::room(self.workspace, room)).await?;
        Ok(found.map(RoomItem::into_room))
    }

    /// A page of the rooms.
    ///
    /// # Errors
    /// [`StorageError::BadCursor`] for a cursor that this list did not give out.
    pub async fn rooms(&self, page: &PageRequest) -> Result<Listed<Room>> {
        let access = self.access().await?;
        let listed: Listed<RoomItem> = access
            .page(self.table.seal(), self.workspace, Listing::Rooms, page)
            .await?;
        Ok(listed.map(RoomItem::into_room))
    }

    /// Gives `room`, as the caller read it, another name.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when another room bears the name,
    /// [`StorageError::NotFound`] when the room has gone, [`StorageError::Conflict`] when it was
    /// renamed since it was read.
    pub async fn rename_room(&self, room: &Room, name: &RoomName) -> Result<Room> {
        let access = self.access().await?;
        let rename = Update::builder()
            .update_expression("SET #name = :new")
            .condition_expression("#name = :old")
            .expression_attribute_names("#name", "name")
            .expression_attribute_values(":new", AttributeValue::S(name.as_str().to_owned()))
            .expression_attribute_values(":old", AttributeValue::S(room.name.as_str().to_owned()));
        let mut change = Transaction::default().update(
            &access,
            &Key::room(self.workspace, room.id),
            rename,
            Refusal::IfThere(StorageError::Conflict),
        )?;
        // A name that differs in case or width only keeps its lock.
        if room.name.folded() != name.folded() {
            let lock = RoomNameItem::new(self.workspace, name, room.id);
            change = change
                .create(&access, &lock, StorageError::AlreadyExists)?
                .delete(
                    &access,
                    &Key::room_name(self.workspace, &room.name),
                    RoomNameItem::release(room.id),
                    Refusal::Is(StorageError::Conflict),
                )?;
        }
        change.commit(&access).await?;
        Ok(Room {
            name: name.clone(),
            ..room.clone()
        })
    }

    /// Removes `room`, as the caller read it, with its name's lock and its roster.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when it has gone, [`StorageError::Conflict`] when it was renamed
    /// since it was read.
    pub async fn delete_room(&self, room: &Room) -> Result<()> {
        let access = self.access().await?;
        let delete = Delete::builder()
            .condition_expression("#name = :name")
            .expression_attribute_names("#name", "name")
            .expression_attribute_values(":name", AttributeValue::S(room.name.as_str().to_owned()));
        Transaction::default()
            .delete(
                &access,
                &Key::room(self.workspace, room.id),
                delete,
                Refusal::IfThere(StorageError::Conflict),
            )?
            .delete(
                &access,
                &Key::room_name(self.workspace, &room.name),
                RoomNameItem::release(room.id),
                Refusal::Is(StorageError::Conflict),
            )?
            .remove(&access, &Key::occupancy(self.workspace, room.id))?
            .update(
                &access,
                &Key::workspace(self.workspace),
                count_one_less("room_count"),
                Refusal::Is(StorageError::Conflict),
            )?
            .commit(&access)
            .await
    }
}

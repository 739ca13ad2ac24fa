//! Which media nodes there are, and which of them holds which room.

use aws_sdk_dynamodb::types::AttributeValue;
use koeba_domain::{Lease, MediaNode, Moment, RoomId, WorkspaceId};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Access, Stored, drain, millis, moment};
use crate::keys::{Key, Listing};
use crate::{Directory, Result, StorageError};

/// How long a node is remembered after it was last heard.
const NODE_KEPT_FOR: Duration = Duration::days(1);

#[derive(Serialize, Deserialize)]
pub(crate) struct NodeItem {
    #[serde(flatten)]
    key: Key,
    node: String,
    address: String,
    #[serde(with = "millis")]
    seen_at: Moment,
    leaving: bool,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for NodeItem {
    const KIND: &'static str = "media node";
}

impl NodeItem {
    fn new(node: &MediaNode) -> Self {
        Self {
            key: Key::media_node(&node.id),
            node: node.id.clone(),
            address: node.address.clone(),
            seen_at: node.seen_at,
            leaving: node.leaving,
            expires_at: (node.seen_at + NODE_KEPT_FOR).unix_timestamp(),
        }
    }

    fn into_node(self) -> MediaNode {
        MediaNode {
            id: self.node,
            address: self.address,
            seen_at: self.seen_at,
            leaving: self.leaving,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct LeaseItem {
    #[serde(flatten)]
    key: Key,
    room: RoomId,
    node: String,
    epoch: u64,
    #[serde(with = "millis")]
    taken_at: Moment,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for LeaseItem {
    const KIND: &'static str = "lease";
}

impl LeaseItem {
    fn new(workspace: WorkspaceId, lease: &Lease) -> Self {
        Self {
            key: Key::lease(workspace, lease.room),
            room: lease.room,
            node: lease.node.clone(),
            epoch: lease.epoch,
            taken_at: lease.taken_at,
            expires_at: (lease.taken_at + Lease::KEPT_FOR).unix_timestamp(),
        }
    }

    fn into_lease(self) -> Lease {
        Lease {
            room: self.room,
            node: self.node,
            epoch: self.epoch,
            taken_at: self.taken_at,
        }
    }
}

impl Directory {
    /// Writes down what a node says of itself. What it said later stays.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn note_media_node(&self, node: &MediaNode) -> Result<()> {
        let own = self.own();
        let noted = own
            .client
            .put_item()
            .table_name(&own.table)
            .set_item(Some(NodeItem::new(node).to_item()?))
            .condition_expression("attribute_not_exists(seen_at) OR seen_at <= :seen_at")
            .expression_attribute_values(":seen_at", moment(node.seen_at))
            .send()
            .await;
        match noted.map_err(StorageError::from) {
            Ok(_) | Err(StorageError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Every node that is remembered, also those that are gone.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn media_nodes(&self) -> Result<Vec<MediaNode>> {
        let items: Vec<NodeItem> = drain(self.own().query(Key::MEDIA_NODES.to_owned())).await?;
        Ok(items.into_iter().map(NodeItem::into_node).collect())
    }

    /// Who holds a room.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn lease(&self, workspace: WorkspaceId, room: RoomId) -> Result<Option<Lease>> {
        let access = self.tenant(workspace).await?;
        let item: Option<LeaseItem> = access.get(&Key::lease(workspace, room)).await?;
        Ok(item.map(LeaseItem::into_lease))
    }

    /// Who holds which room of a workspace.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn leases(&self, workspace: WorkspaceId) -> Result<Vec<Lease>> {
        let access = self.tenant(workspace).await?;
        let items: Vec<LeaseItem> = access.all(workspace, Listing::Leases).await?;
        Ok(items.into_iter().map(LeaseItem::into_lease).collect())
    }

    /// Gives a room to a node, if it stands as the caller read it. False when it was given to one in
    /// the meantime.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn put_lease(
        &self,
        workspace: WorkspaceId,
        lease: &Lease,
        before: Option<&Lease>,
    ) -> Result<bool> {
        let access: Access = self.tenant(workspace).await?;
        let put = access
            .client
            .put_item()
            .table_name(&access.table)
            .set_item(Some(LeaseItem::new(workspace, lease).to_item()?));
        let put = match before {
            None => put.condition_expression("attribute_not_exists(epoch)"),
            Some(before) => {
                let epoch = AttributeValue::N(before.epoch.to_string());
                put.condition_expression("epoch = :before AND node = :node")
                    .expression_attribute_values(":before", epoch)
                    .expression_attribute_values(":node", AttributeValue::S(before.node.clone()))
            }
        };
        match put.send().await.map_err(StorageError::from) {
            Ok(_) => Ok(true),
            Err(StorageError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Who was in a room when it was last reported, however long ago.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn last_occupants(
        &self,
        workspace: WorkspaceId,
        room: RoomId,
        now: Moment,
    ) -> Result<Vec<koeba_domain::Occupant>> {
        let access = self.tenant(workspace).await?;
        let item: Option<crate::occupancy::RosterItem> =
            access.get(&Key::occupancy(workspace, room)).await?;
        Ok(item.map_or_else(Vec::new, |item| item.into_roster().present(now)))
    }
}

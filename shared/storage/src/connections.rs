//! Browsers that are told of changes in a workspace as they happen.
//!
//! The item of a connection is the right to it. Whoever takes the item away, or lets its time run
//! out, ends the connection: the events function, which the table's stream tells of it, hangs up.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck};
use koeba_domain::{MAX_CONNECTIONS_PER_MEMBER, Moment, SessionId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Access, Stored, drain, millis};
use crate::keys::{Key, Listing, PK, SK};
use crate::transaction::{Refusal, Transaction};
use crate::{Directory, Result, StorageError, WorkspaceTable};

/// How long a connection is known: API Gateway ends each after two hours.
const KNOWN_FOR: Duration = Duration::minutes(130);

/// A browser that is told of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// What the gateway calls it.
    pub id: String,
    /// Of which workspace it is told.
    pub workspace: WorkspaceId,
    /// Who sits before it.
    pub user: UserId,
    /// The session that opened it.
    pub session: SessionId,
    /// Since when.
    pub connected_at: Moment,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ConnectionItem {
    #[serde(flatten)]
    key: Key,
    pub(crate) connection: String,
    workspace: WorkspaceId,
    user: UserId,
    session: SessionId,
    #[serde(with = "millis")]
    connected_at: Moment,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for ConnectionItem {
    const KIND: &'static str = "connection";
}

impl ConnectionItem {
    fn new(connection: &Connection) -> Self {
        Self {
            key: Key::connection(connection.workspace, connection.user, &connection.id),
            connection: connection.id.clone(),
            workspace: connection.workspace,
            user: connection.user,
            session: connection.session,
            connected_at: connection.connected_at,
            expires_at: (connection.connected_at + KNOWN_FOR).unix_timestamp(),
        }
    }

    fn into_connection(self) -> Connection {
        Connection {
            id: self.connection,
            workspace: self.workspace,
            user: self.user,
            session: self.session,
            connected_at: self.connected_at,
        }
    }
}

/// Where the item of a connection is: the gateway names a connection, and no workspace.
#[derive(Serialize, Deserialize)]
struct PointerItem {
    #[serde(flatten)]
    key: Key,
    workspace: WorkspaceId,
    user: UserId,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for PointerItem {
    const KIND: &'static str = "connection pointer";
}

impl WorkspaceTable {
    /// Writes a connection of somebody who is an active member at this very moment. Of more than
    /// [`MAX_CONNECTIONS_PER_MEMBER`] the oldest end.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when they are a member no more.
    pub async fn open_connection(&self, connection: &Connection) -> Result<()> {
        // Not traced: who looks at a list of rooms is no change that anybody asks about later.
        let access = self.table.tenant(self.workspace).await?;
        self.make_room(&access, connection.user).await?;
        let item = ConnectionItem::new(connection);
        let pointer = PointerItem {
            key: Key::connection_pointer(&connection.id),
            workspace: connection.workspace,
            user: connection.user,
            expires_at: item.expires_at,
        };
        let own = self.table.own();
        own.client
            .put_item()
            .table_name(&own.table)
            .set_item(Some(pointer.to_item()?))
            .send()
            .await?;
        let member = ConditionCheck::builder()
            .condition_expression(
                "attribute_exists(#pk) AND (attribute_not_exists(#state) OR #state = :active)",
            )
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":active", AttributeValue::S("active".to_owned()));
        Transaction::default()
            .check(
                &access,
                &Key::member(self.workspace, connection.user),
                member,
                Refusal::Is(StorageError::NotFound),
            )?
            .create(&access, &item, StorageError::AlreadyExists)?
            .commit(&access)
            .await
    }

    /// Ends so many of somebody's oldest connections that one more is not too many.
    async fn make_room(&self, access: &Access, user: UserId) -> Result<()> {
        let mut open = of_member(access, self.workspace, user).await?;
        let too_many = (open.len() + 1).saturating_sub(MAX_CONNECTIONS_PER_MEMBER);
        open.sort_by_key(|connection| connection.connected_at);
        for connection in open.iter().take(too_many) {
            remove(access, connection).await?;
        }
        Ok(())
    }
}

impl Directory {
    /// The connection that the gateway calls so; `None` when it has no right to be there any more.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn connection(&self, id: &str) -> Result<Option<Connection>> {
        let own = self.table.own();
        let pointer: Option<PointerItem> = own.get(&Key::connection_pointer(id)).await?;
        let Some(PointerItem {
            workspace, user, ..
        }) = pointer
        else {
            return Ok(None);
        };
        let access = self.table.tenant(workspace).await?;
        let found: Option<ConnectionItem> =
            access.get(&Key::connection(workspace, user, id)).await?;
        Ok(found.map(ConnectionItem::into_connection))
    }

    /// Takes away the right to be there of the connection that the gateway gave this id, if there
    /// is one.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn close_connection_called(&self, id: &str) -> Result<()> {
        match self.connection(id).await? {
            Some(connection) => self.close_connection(&connection).await,
            None => Ok(()),
        }
    }

    /// Takes away a connection's right to be there.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn close_connection(&self, connection: &Connection) -> Result<()> {
        let access = self.table.tenant(connection.workspace).await?;
        remove(&access, connection).await
    }

    /// Whom a workspace's changes are to be told.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn connections(&self, workspace: WorkspaceId) -> Result<Vec<Connection>> {
        let access = self.table.tenant(workspace).await?;
        let items: Vec<ConnectionItem> = access.all(workspace, Listing::Connections).await?;
        Ok(items
            .into_iter()
            .map(ConnectionItem::into_connection)
            .collect())
    }

    /// Takes away the right of every connection of a workspace, or of one member, that was opened
    /// by `until`.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer; some may be closed then.
    pub async fn close_connections(
        &self,
        workspace: WorkspaceId,
        user: Option<UserId>,
        until: Moment,
    ) -> Result<()> {
        let access = self.table.tenant(workspace).await?;
        let open = match user {
            Some(user) => of_member(&access, workspace, user).await?,
            None => self.connections(workspace).await?,
        };
        for connection in open.iter().filter(|one| one.connected_at <= until) {
            remove(&access, connection).await?;
        }
        Ok(())
    }

    /// Takes away the right of every connection that a session opened, if the session has ended: it
    /// may go on under another secret.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer; some may be closed then.
    pub async fn close_connections_of_session(
        &self,
        user: UserId,
        session: SessionId,
    ) -> Result<()> {
        let sessions = self.sessions_of(user).await?;
        if sessions.iter().any(|(_, one)| one.id == session) {
            return Ok(());
        }
        for of_user in self.workspaces_of(user).await? {
            let workspace = of_user.workspace.id;
            let access = self.table.tenant(workspace).await?;
            let open = of_member(&access, workspace, user).await?;
            for connection in open.iter().filter(|one| one.session == session) {
                remove(&access, connection).await?;
            }
        }
        Ok(())
    }

    /// Forgets where a connection was, which has ended.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn forget_connection(&self, id: &str) -> Result<()> {
        let own = self.table.own();
        own.delete(&Key::connection_pointer(id)).await
    }
}

async fn of_member(
    access: &Access,
    workspace: WorkspaceId,
    user: UserId,
) -> Result<Vec<Connection>> {
    let query = access
        .query(Listing::Connections.partition(workspace))
        .key_condition_expression("#pk = :pk AND begins_with(#sk, :member)")
        .expression_attribute_names("#sk", SK)
        .expression_attribute_values(":member", AttributeValue::S(Key::connections_of(user)));
    let items: Vec<ConnectionItem> = drain(query).await?;
    Ok(items
        .into_iter()
        .map(ConnectionItem::into_connection)
        .collect())
}

async fn remove(access: &Access, connection: &Connection) -> Result<()> {
    let key = Key::connection(connection.workspace, connection.user, &connection.id);
    access.delete(&key).await
}

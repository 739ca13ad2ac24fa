//! Workspaces, and the door to everything in one.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::types::Update;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use koeba_domain::{
    MAX_WORKSPACES_PER_USER, Member, Moment, Trace, Workspace, WorkspaceId, WorkspaceName,
    WorkspaceScope,
};
use serde::{Deserialize, Serialize};

use crate::access::{Access, Stored, millis};
use crate::keys::Key;
use crate::members::MemberItem;
use crate::transaction::Transaction;
use crate::{Directory, Result, StorageError, Table};

/// Everything of one workspace, for somebody who was authorized there.
#[derive(Clone, Debug)]
pub struct WorkspaceTable {
    pub(crate) table: Table,
    pub(crate) workspace: WorkspaceId,
    trace: Option<Trace>,
}

impl WorkspaceTable {
    pub(crate) const fn new(table: Table, scope: &WorkspaceScope) -> Self {
        Self {
            table,
            workspace: scope.workspace(),
            trace: scope.trace(),
        }
    }

    pub(crate) async fn access(&self) -> Result<Access> {
        let access = self.table.tenant(self.workspace).await?;
        Ok(access.traced(self.trace))
    }

    /// The workspace itself.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when it has gone.
    pub async fn workspace(&self) -> Result<Workspace> {
        read(&self.access().await?, self.workspace).await
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WorkspaceItem {
    #[serde(flatten)]
    key: Key,
    id: WorkspaceId,
    name: WorkspaceName,
    #[serde(with = "millis")]
    created_at: Moment,
    /// How many there are; what keeps the quotas exact when many are made at once.
    member_count: u32,
    room_count: u32,
}

impl Stored for WorkspaceItem {
    const KIND: &'static str = "workspace";
}

pub(crate) async fn read(access: &Access, workspace: WorkspaceId) -> Result<Workspace> {
    let item: WorkspaceItem = access
        .get(&Key::workspace(workspace))
        .await?
        .ok_or(StorageError::NotFound)?;
    Ok(Workspace {
        id: item.id,
        name: item.name,
        created_at: item.created_at,
    })
}

/// Counts one more of something that a quota limits; the condition is the quota.
pub(crate) fn count_one_more(counter: &str, most: usize) -> UpdateBuilder {
    Update::builder()
        .update_expression("ADD #counter :one")
        .condition_expression("#counter < :most")
        .expression_attribute_names("#counter", counter)
        .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
        .expression_attribute_values(":most", AttributeValue::N(most.to_string()))
}

/// Counts one less.
pub(crate) fn count_one_less(counter: &str) -> UpdateBuilder {
    Update::builder()
        .update_expression("ADD #counter :less")
        .condition_expression("#counter > :none")
        .expression_attribute_names("#counter", counter)
        .expression_attribute_values(":less", AttributeValue::N("-1".to_owned()))
        .expression_attribute_values(":none", AttributeValue::N("0".to_owned()))
}

impl Directory {
    /// Writes a new workspace and its first member, in one transaction.
    ///
    /// # Errors
    /// [`StorageError::QuotaReached`] when that person belongs to as many workspaces as anybody
    /// may; the count is read from the index, so requests at the same moment may pass it by one.
    pub async fn create_workspace(&self, workspace: &Workspace, owner: &Member) -> Result<()> {
        if self.workspaces_of(owner.user).await?.len() >= MAX_WORKSPACES_PER_USER {
            return Err(StorageError::QuotaReached);
        }
        let access = self.tenant(workspace.id).await?;
        let item = WorkspaceItem {
            key: Key::workspace(workspace.id),
            id: workspace.id,
            name: workspace.name.clone(),
            created_at: workspace.created_at,
            member_count: 1,
            room_count: 0,
        };
        Transaction::default()
            .create(&access, &item, StorageError::AlreadyExists)?
            .create(
                &access,
                &MemberItem::new(workspace, owner),
                StorageError::AlreadyExists,
            )?
            .commit(&access)
            .await
    }
}

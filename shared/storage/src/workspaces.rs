//! Workspaces, and the door to everything in one.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::types::Update;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use koeba_domain::{
    MAX_MEMBERS, MAX_PENDING_INVITATIONS, MAX_WORKSPACES_PER_USER, Member, Moment,
    ResponsibleManager, Role, Trace, UserId, Workspace, WorkspaceId, WorkspaceName, WorkspaceScope,
};
use serde::{Deserialize, Serialize};

use crate::access::{Access, Stored, millis};
use crate::keys::Key;
use crate::members::MemberItem;
use crate::responsible::ResponsiblePart;
use crate::transaction::{Refusal, Transaction};
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

    /// For the calendar of access reviews, which no member looks at: it leads from an entry to
    /// what the entry is about.
    pub(crate) const fn for_calendar(table: Table, workspace: WorkspaceId) -> Self {
        Self {
            table,
            workspace,
            trace: None,
        }
    }

    pub(crate) async fn access(&self) -> Result<Access> {
        let access = self.table.tenant(self.workspace).await?;
        Ok(access.traced(self.trace))
    }

    /// How many people there are, and how many addresses are held.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when the workspace has gone.
    pub async fn counts(&self) -> Result<WorkspaceCounts> {
        let item = read_item(&self.access().await?, self.workspace).await?;
        Ok(WorkspaceCounts {
            members: item.member_count,
            managers: item.manager_count,
            pending_invitations: item.pending_count,
        })
    }

    /// Gives the workspace another name, in its members' lists too.
    ///
    /// The lists follow one by one; a person who looks at this moment may see the old name.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when it has gone.
    pub async fn rename(&self, name: &WorkspaceName) -> Result<Workspace> {
        let access = self.access().await?;
        let named = |attribute: &str| {
            Update::builder()
                .update_expression("SET #name = :name")
                .condition_expression("attribute_exists(#name)")
                .expression_attribute_names("#name", attribute)
                .expression_attribute_values(":name", AttributeValue::S(name.to_string()))
        };
        Transaction::default()
            .update(
                &access,
                &Key::workspace(self.workspace),
                named("name"),
                Refusal::IfThere(StorageError::NotFound),
            )?
            .commit(&access)
            .await?;
        // Copies of one fact: that they follow is nothing that anybody did to a member.
        let untraced = access.clone().traced(None);
        for record in self.all_member_records().await? {
            let followed = Transaction::default()
                .update(
                    &untraced,
                    &Key::member(self.workspace, record.member.user),
                    named("workspace_name"),
                    Refusal::Is(StorageError::NotFound),
                )?
                .commit(&untraced)
                .await;
            match followed {
                Ok(()) | Err(StorageError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        read(&access, self.workspace).await
    }

    /// The workspace itself.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when it has gone.
    pub async fn workspace(&self) -> Result<Workspace> {
        read(&self.access().await?, self.workspace).await
    }
}

/// What is counted in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkspaceCounts {
    /// Everybody who belongs to it.
    pub members: u32,
    /// Those of them who run it now.
    pub managers: u32,
    /// Addresses that an invitation holds.
    pub pending_invitations: u32,
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
    /// How many active managers and owners there are.
    #[serde(default)]
    manager_count: u32,
    /// How many addresses are held by an invitation.
    #[serde(default)]
    pending_count: u32,
    /// Who answers for the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) responsible: Option<ResponsiblePart>,
}

impl WorkspaceItem {
    /// Whether `user` is its responsible manager.
    pub(crate) fn is_answered_for_by(&self, user: UserId) -> bool {
        let named = self.responsible.as_ref();
        named.is_some_and(|named| named.user == user)
    }
}

impl Stored for WorkspaceItem {
    const KIND: &'static str = "workspace";
}

pub(crate) async fn read_item(access: &Access, workspace: WorkspaceId) -> Result<WorkspaceItem> {
    access
        .get(&Key::workspace(workspace))
        .await?
        .ok_or(StorageError::NotFound)
}

pub(crate) async fn read(access: &Access, workspace: WorkspaceId) -> Result<Workspace> {
    let item = read_item(access, workspace).await?;
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

/// How a workspace's counts change when somebody comes, goes or becomes something else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recount {
    /// Members more or less.
    pub(crate) members: i32,
    /// Active managers and owners more or less.
    pub(crate) managers: i32,
    /// Held addresses more or less.
    pub(crate) pending: i32,
}

impl Recount {
    /// Of somebody who comes in with `role`.
    pub(crate) fn arrival(role: Role) -> Self {
        Self {
            members: 1,
            managers: i32::from(role.runs_the_workspace()),
            pending: 0,
        }
    }

    /// The change of the workspace item; `None` when nothing changes. `of` is whom it is about:
    /// when the workspace loses somebody who runs it, they must neither be the last one nor the
    /// responsible manager.
    pub(crate) fn update(self, of: UserId) -> Option<UpdateBuilder> {
        let number = |n: i32| AttributeValue::N(n.to_string());
        let mut update = Update::builder();
        let mut counts = Vec::new();
        let mut conditions = Vec::new();
        for (counter, by) in [
            ("member_count", self.members),
            ("manager_count", self.managers),
            ("pending_count", self.pending),
        ] {
            if by != 0 {
                counts.push(format!("{counter} :{counter}"));
                update = update.expression_attribute_values(format!(":{counter}"), number(by));
            }
        }
        if counts.is_empty() {
            return None;
        }
        if self.members > 0 {
            conditions.push("member_count < :most");
            update = update
                .expression_attribute_values(":most", AttributeValue::N(MAX_MEMBERS.to_string()));
        } else {
            conditions.push("attribute_exists(member_count)");
        }
        if self.pending > 0 {
            conditions.push("pending_count < :most_pending");
            update = update.expression_attribute_values(
                ":most_pending",
                AttributeValue::N(MAX_PENDING_INVITATIONS.to_string()),
            );
        }
        if self.managers < 0 {
            conditions.push("manager_count > :last AND responsible.#user <> :of");
            update = update
                .expression_attribute_names("#user", "user")
                .expression_attribute_values(":last", number(1))
                .expression_attribute_values(":of", AttributeValue::S(of.to_string()));
        }
        Some(
            update
                .update_expression(format!("ADD {}", counts.join(", ")))
                .condition_expression(conditions.join(" AND ")),
        )
    }
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
        let key = self.table.keys().of_present(owner.user).await?;
        let access = self.tenant(workspace.id).await?;
        let item = WorkspaceItem {
            key: Key::workspace(workspace.id),
            id: workspace.id,
            name: workspace.name.clone(),
            created_at: workspace.created_at,
            member_count: 1,
            room_count: 0,
            manager_count: 1,
            pending_count: 0,
            responsible: ResponsibleManager::first(workspace, owner).map(Into::into),
        };
        Transaction::default()
            .create(&access, &item, StorageError::AlreadyExists)?
            .create(
                &access,
                &MemberItem::new(workspace, owner, &key),
                StorageError::AlreadyExists,
            )?
            .commit(&access)
            .await
    }
}

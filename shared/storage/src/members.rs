//! Who belongs to which workspace.

use aws_sdk_dynamodb::types::AttributeValue;
use koeba_domain::{
    AccountFacts, Member, MemberRecord, MemberState, Membership, Moment, Policy, Role,
    SecondStepMethod, UserId, Workspace, WorkspaceId, WorkspaceName,
};
use serde::{Deserialize, Serialize};

use crate::access::{Stored, drain, millis};
use crate::keys::{BY_USER, IndexKey, Key, Listing, USER_PK};
use crate::subject_keys::{Sealed, SubjectKey, nobody};
use crate::workspaces::Recount;
use crate::{Directory, Listed, PageRequest, Result, Table, WorkspaceTable, policies};

/// A workspace as one of its members sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceOfUser {
    /// The workspace.
    pub workspace: Workspace,
    /// What the user may do there.
    pub role: Role,
    /// Whether they may come in.
    pub state: MemberState,
    /// Since when they belong to it.
    pub joined_at: Moment,
}

/// What a user is in a workspace, and what the workspace demands of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What they are.
    pub membership: Membership,
    /// What is demanded.
    pub policy: Policy,
}

/// A member. It repeats the workspace's name, so that a person's list is one query of the index
/// by user and touches no workspace.
#[derive(Serialize, Deserialize)]
pub(crate) struct MemberItem {
    #[serde(flatten)]
    key: Key,
    #[serde(flatten)]
    index: IndexKey,
    workspace: WorkspaceId,
    workspace_name: WorkspaceName,
    #[serde(with = "millis")]
    workspace_created_at: Moment,
    user: UserId,
    display_name: Sealed,
    email: Sealed,
    role: Role,
    #[serde(default)]
    state: MemberState,
    /// In milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role_changed_at: Option<i64>,
    #[serde(with = "millis")]
    joined_at: Moment,
    /// In milliseconds, like `password_changed_at`: what is known of the account, copied here from
    /// its own partition so that a list of members is one query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_sign_in_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    second_steps: Vec<SecondStepMethod>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_changed_at: Option<i64>,
}

impl Stored for MemberItem {
    const KIND: &'static str = "member";
}

impl MemberItem {
    pub(crate) fn new(workspace: &Workspace, member: &Member, key: &SubjectKey) -> Self {
        Self {
            key: Key::member(workspace.id, member.user),
            index: IndexKey::new(member.user, workspace.id),
            workspace: workspace.id,
            workspace_name: workspace.name.clone(),
            workspace_created_at: workspace.created_at,
            user: member.user,
            display_name: key.seal_name(&member.display_name),
            email: key.seal_email(&member.email),
            role: member.role,
            state: MemberState::Active,
            role_changed_at: None,
            joined_at: member.joined_at,
            last_sign_in_at: None,
            second_steps: Vec::new(),
            password_changed_at: None,
        }
    }

    /// How the counts of the workspace change without this member.
    pub(crate) fn one_less(&self) -> Recount {
        let runs = self.role.runs_the_workspace() && self.state == MemberState::Active;
        Recount {
            members: -1,
            managers: -i32::from(runs),
            pending: 0,
        }
    }

    /// What it says; of somebody whose key was destroyed, that there is nobody.
    fn into_record(self, key: Option<&SubjectKey>) -> Result<MemberRecord> {
        let (display_name, email) = match key {
            Some(key) => (key.name(&self.display_name)?, key.email(&self.email)?),
            None => nobody(),
        };
        Ok(MemberRecord {
            state: self.state,
            facts: AccountFacts {
                last_sign_in_at: self.last_sign_in_at.and_then(millis::read),
                second_steps: self.second_steps,
                password_changed_at: self.password_changed_at.and_then(millis::read),
            },
            member: Member {
                user: self.user,
                display_name,
                email,
                role: self.role,
                joined_at: self.joined_at,
            },
        })
    }
}

impl Table {
    /// Opens what is sealed of members.
    pub(crate) async fn records(&self, items: Vec<MemberItem>) -> Result<Vec<MemberRecord>> {
        let keys = self
            .keys()
            .of_all(items.iter().map(|item| item.user))
            .await?;
        let opened = items.into_iter().map(|item| {
            let key = keys.get(&item.user);
            item.into_record(key)
        });
        opened.collect()
    }

    /// Opens what is sealed of one member.
    pub(crate) async fn record(&self, item: Option<MemberItem>) -> Result<Option<MemberRecord>> {
        let Some(item) = item else { return Ok(None) };
        let key = self.keys().of(item.user).await?;
        item.into_record(key.as_ref()).map(Some)
    }

    async fn page_of_records(&self, listed: Listed<MemberItem>) -> Result<Listed<MemberRecord>> {
        Ok(Listed {
            items: self.records(listed.items).await?,
            next_cursor: listed.next_cursor,
        })
    }
}

impl WorkspaceTable {
    /// A page of the members.
    ///
    /// # Errors
    /// [`crate::StorageError::BadCursor`] for a cursor that this list did not give out.
    pub async fn members(&self, page: &PageRequest) -> Result<Listed<Member>> {
        let access = self.access().await?;
        let listed: Listed<MemberItem> = access
            .page(self.table.seal(), self.workspace, Listing::Members, page)
            .await?;
        let records = self.table.page_of_records(listed).await?;
        Ok(records.map(|record| record.member))
    }

    /// A page of the members of whom `wanted` holds, with all that those who run the workspace see.
    /// A page may hold fewer than asked for, and only the last may hold none.
    ///
    /// # Errors
    /// [`crate::StorageError::BadCursor`] for a cursor that this list did not give out.
    pub async fn member_records(
        &self,
        page: &PageRequest,
        wanted: impl Fn(&MemberRecord) -> bool,
    ) -> Result<Listed<MemberRecord>> {
        let access = self.access().await?;
        let mut page = page.clone();
        loop {
            let listed: Listed<MemberItem> = access
                .page(self.table.seal(), self.workspace, Listing::Members, &page)
                .await?;
            let mut listed = self.table.page_of_records(listed).await?;
            listed.items.retain(&wanted);
            if !listed.items.is_empty() || listed.next_cursor.is_none() {
                return Ok(listed);
            }
            page.cursor = listed.next_cursor;
        }
    }

    /// Every member, with all that those who run the workspace see.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn all_member_records(&self) -> Result<Vec<MemberRecord>> {
        let access = self.access().await?;
        let items: Vec<MemberItem> = access.all(self.workspace, Listing::Members).await?;
        self.table.records(items).await
    }

    /// One member, with all that those who run the workspace see.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn member_record(&self, user: UserId) -> Result<Option<MemberRecord>> {
        let access = self.access().await?;
        let found = access.get(&Key::member(self.workspace, user)).await?;
        self.table.record(found).await
    }

    /// One member; `None` when that user is not one.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn member(&self, user: UserId) -> Result<Option<Member>> {
        let record = self.member_record(user).await?;
        Ok(record.map(|record| record.member))
    }
}

impl Directory {
    /// What a user is in a workspace at this very moment, and what the workspace demands: a
    /// demotion or a new policy counts at once. `None` when they are not a member.
    ///
    /// Read with the credentials of that workspace, like everything in it.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn standing(&self, user: UserId, workspace: WorkspaceId) -> Result<Option<Standing>> {
        let access = self.tenant(workspace).await?;
        let member_key = Key::member(workspace, user);
        let (member, policy) = tokio::join!(
            access.get::<MemberItem>(&member_key),
            policies::read(&access, workspace),
        );
        let Some(item) = member? else {
            return Ok(None);
        };
        let membership = Membership {
            workspace,
            user,
            role: item.role,
            state: item.state,
            role_changed_at: item.role_changed_at.and_then(millis::read),
        };
        Ok(Some(Standing {
            membership,
            policy: policy?.policy,
        }))
    }

    /// The workspaces that a user belongs to. The index may lag by a moment; it gives no rights.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn workspaces_of(&self, user: UserId) -> Result<Vec<WorkspaceOfUser>> {
        let own = &self.own();
        let query = own
            .client
            .query()
            .table_name(&own.table)
            .index_name(BY_USER)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", USER_PK)
            .expression_attribute_values(":pk", AttributeValue::S(IndexKey::partition(user)));
        let items: Vec<MemberItem> = drain(query).await?;
        Ok(items
            .into_iter()
            .map(|item| WorkspaceOfUser {
                workspace: Workspace {
                    id: item.workspace,
                    name: item.workspace_name,
                    created_at: item.workspace_created_at,
                },
                role: item.role,
                state: item.state,
                joined_at: item.joined_at,
            })
            .collect())
    }
}

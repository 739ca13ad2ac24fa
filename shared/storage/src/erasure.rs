//! Removing for good: every item, not a mark on it.
//!
//! What is written down in the ledger is carried out here, and may be carried out again: each step
//! looks for what is left. A step that breaks off leaves nothing that the next try does not find.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::builders::{DeleteBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{AttributeValue, Delete, DeleteRequest, Update, WriteRequest};
use koeba_domain::{
    Deletion, DeletionSubject, EmailAddress, InvitationId, Moment, UserId, WorkspaceId,
};

use crate::access::Access;
use crate::evictions::{evict, evict_everybody};
use crate::keys::{Key, PK, SK};
use crate::members::MemberItem;
use crate::occupancy;
use crate::transaction::{Refusal, Transaction};
use crate::workspaces;
use crate::{Directory, Result, StorageError, invitations};

/// Items that one `BatchWriteItem` may remove.
const AT_ONCE: usize = 25;

impl Directory {
    /// Carries out a deletion that is written down, and notes that it is done.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer; carrying it out again goes on from there.
    pub async fn carry_out(&self, deletion: &Deletion, now: Moment) -> Result<Deletion> {
        let items = match deletion.subject {
            DeletionSubject::User(user) => self.erase_user(user, now).await?,
            DeletionSubject::Workspace(workspace) => self.erase_workspace(workspace, now).await?,
        };
        // Whoever carries it out again finds nothing, or what came in between; what was certified
        // stays as it is.
        let known = self.deletion(deletion.id).await?;
        let known = known.unwrap_or_else(|| deletion.clone());
        if known.done_at.is_some() {
            return Ok(known);
        }
        let done = Deletion {
            items,
            done_at: Some(now),
            ..known
        };
        self.finish_deletion(&done).await?;
        Ok(self.deletion(done.id).await?.unwrap_or(done))
    }

    async fn erase_user(&self, user: UserId, now: Moment) -> Result<u32> {
        let own = self.own();
        // Signed out everywhere before anything else.
        let sessions = own
            .query(Key::account(user))
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :sessions)")
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":sessions", AttributeValue::S(Key::SESSIONS.to_owned()));
        let mut items = remove_each(&own, sessions).await?;
        // While the key is there, the address is still to be had: what stands under it goes first.
        let email = self.address_of(user).await?;
        for of_user in self.workspaces_of(user).await? {
            let workspace = of_user.workspace.id;
            items += self
                .erase_member(workspace, user, email.as_ref(), now)
                .await?;
        }
        if let Some(email) = &email {
            items += self.erase_address(user, email).await?;
        }
        self.table.keys().destroy(user).await?;
        let everything = own.query(Key::account(user));
        Ok(items + 1 + remove_each(&own, everything).await?)
    }

    /// Takes somebody out of a workspace with all that names them there.
    async fn erase_member(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        email: Option<&EmailAddress>,
        now: Moment,
    ) -> Result<u32> {
        let access = self.tenant(workspace).await?;
        let mut items = 0;
        if let Some(email) = email {
            items += invitations::erase_address(&access, workspace, email).await?;
            items += erase_mails(&access, workspace, email).await?;
        }
        let member = Key::member(workspace, user);
        let Some(found) = access.get::<MemberItem>(&member).await? else {
            return Ok(items);
        };
        let gone = || Refusal::Is(StorageError::Conflict);
        let mut change = Transaction::default().delete(&access, &member, there(), gone())?;
        if let Ok(item) = workspaces::read_item(&access, workspace).await {
            let less = found.one_less();
            let update = less.regardless(item.is_answered_for_by(user));
            change = change.update(&access, &Key::workspace(workspace), update, gone())?;
        }
        change = evict(change, &access, workspace, user, now)?;
        match change.commit(&access).await {
            // Somebody else took them out, or closed the workspace.
            Ok(()) | Err(StorageError::Conflict) => {}
            Err(error) => return Err(error),
        }
        items += 1;
        items += occupancy::erase(&access, workspace, user).await?;
        Ok(items)
    }

    /// What stands under an address in the directory: the lock, and word of invitations to it in
    /// workspaces of others.
    async fn erase_address(&self, user: UserId, email: &EmailAddress) -> Result<u32> {
        let own = self.own();
        let mut items = 0;
        for (workspace, _) in self.invited_to(email).await? {
            let access = self.tenant(workspace).await?;
            items += invitations::erase_address(&access, workspace, email).await?;
            items += erase_mails(&access, workspace, email).await?;
        }
        let lock = Key::email(email);
        let delete = Delete::builder()
            .condition_expression("#user = :user")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":user", AttributeValue::S(user.to_string()));
        let released = Transaction::default()
            .delete(&own, &lock, delete, Refusal::Is(StorageError::Conflict))?
            .commit(&own)
            .await;
        match released {
            Ok(()) => items += remove_each(&own, own.query(lock.pk)).await? + 1,
            // The address is somebody else's by now, with all that stands under it.
            Err(StorageError::Conflict) => {}
            Err(error) => return Err(error),
        }
        Ok(items)
    }

    async fn erase_workspace(&self, workspace: WorkspaceId, now: Moment) -> Result<u32> {
        let access = self.tenant(workspace).await?;
        // Whoever is in a room has to leave; nobody comes in without being a member.
        let change = evict_everybody(Transaction::default(), &access, workspace, now)?;
        change.commit(&access).await?;
        let mut items = 0;
        for partition in Key::partitions_of(workspace) {
            items += remove_all(&access, partition).await?;
        }
        Ok(items)
    }

    /// The invitations that were sent to an address, and where; some may have gone since.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn invited_to(
        &self,
        email: &EmailAddress,
    ) -> Result<Vec<(WorkspaceId, InvitationId)>> {
        let own = self.own();
        let pointers = own
            .query(Key::email(email).pk)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :invited)")
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":invited", AttributeValue::S(Key::INVITED.to_owned()));
        let keys = keys_of(pointers).await?;
        Ok(keys
            .iter()
            .filter_map(|key| Key::invited_to(&key.sk))
            .collect())
    }
}

/// Takes away the mails of a workspace that were not delivered to an address yet.
async fn erase_mails(access: &Access, workspace: WorkspaceId, to: &EmailAddress) -> Result<u32> {
    let mails = access
        .query(Key::outbox(workspace))
        .filter_expression("#to = :to")
        .expression_attribute_names("#to", "to")
        .expression_attribute_values(":to", AttributeValue::S(to.as_str().to_owned()));
    remove_each(access, mails).await
}

fn there() -> DeleteBuilder {
    Delete::builder()
        .condition_expression("attribute_exists(#pk)")
        .expression_attribute_names("#pk", PK)
}

/// The keys that a query finds, all pages of it.
pub(crate) async fn keys_of(query: QueryFluentBuilder) -> Result<Vec<Key>> {
    let mut pages = query.into_paginator().send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        for item in page?.items.unwrap_or_default() {
            let part = |name| match item.get(name) {
                Some(AttributeValue::S(text)) => Some(text.clone()),
                _ => None,
            };
            if let Some((pk, sk)) = part(PK).zip(part(SK)) {
                keys.push(Key { pk, sk });
            }
        }
    }
    Ok(keys)
}

/// Removes what a query finds, one after the other.
pub(crate) async fn remove_each(access: &Access, query: QueryFluentBuilder) -> Result<u32> {
    let keys = keys_of(query).await?;
    for key in &keys {
        access.delete(key).await?;
    }
    Ok(u32::try_from(keys.len()).unwrap_or(u32::MAX))
}

/// Empties a partition of a workspace.
async fn remove_all(access: &Access, partition: String) -> Result<u32> {
    let keys = keys_of(access.query(partition)).await?;
    for some in keys.chunks(AT_ONCE) {
        let mut left: Vec<WriteRequest> = some.iter().map(removal).collect::<Result<_>>()?;
        while !left.is_empty() {
            let answer = access
                .client
                .batch_write_item()
                .set_request_items(Some(HashMap::from([(access.table.clone(), left)])))
                .send()
                .await?;
            let unprocessed = answer.unprocessed_items.unwrap_or_default();
            left = unprocessed.into_values().flatten().collect();
        }
    }
    Ok(u32::try_from(keys.len()).unwrap_or(u32::MAX))
}

fn removal(key: &Key) -> Result<WriteRequest> {
    let delete = DeleteRequest::builder()
        .set_key(Some(key.attributes()))
        .build()
        .map_err(|_| StorageError::Unavailable("a request could not be built".to_owned()))?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}

impl workspaces::Recount {
    /// The change of a workspace item for somebody who is gone whatever follows from it.
    pub(crate) fn regardless(self, and_answers_for_it: bool) -> UpdateBuilder {
        let number = |n: i32| AttributeValue::N(n.to_string());
        let update = if and_answers_for_it {
            Update::builder().update_expression(
                "ADD member_count :members, manager_count :managers REMOVE responsible",
            )
        } else {
            Update::builder()
                .update_expression("ADD member_count :members, manager_count :managers")
        };
        update
            .condition_expression("attribute_exists(member_count)")
            .expression_attribute_values(":members", number(self.members))
            .expression_attribute_values(":managers", number(self.managers))
    }
}

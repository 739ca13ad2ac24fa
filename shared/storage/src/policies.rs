//! A workspace's security policy.

use aws_sdk_dynamodb::types::{AttributeValue, Update};
use koeba_domain::{MailIntent, Moment, Policy, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::access::{Access, Stored, millis, moment};
use crate::keys::Key;
use crate::transaction::{Refusal, Transaction};
use crate::{Result, StorageError, WorkspaceTable};

/// A policy as the table has it: the policy itself as one value, since it is read and written
/// whole.
#[derive(Serialize, Deserialize)]
pub(crate) struct PolicyItem {
    #[serde(flatten)]
    key: Key,
    policy: Policy,
    /// Counts the changes.
    version: u32,
    /// In milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed_by: Option<UserId>,
}

impl Stored for PolicyItem {
    const KIND: &'static str = "policy";
}

impl PolicyItem {
    /// When it was last changed.
    pub(crate) fn changed_at(&self) -> Option<Moment> {
        self.changed_at.and_then(millis::read)
    }
}

/// A policy, and which of the workspace's policies it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredPolicy {
    /// The policy.
    pub policy: Policy,
    /// How often it was changed.
    pub version: u32,
    /// When it was last changed; never, at version 0.
    pub changed_at: Option<Moment>,
    /// Who changed it last.
    pub changed_by: Option<UserId>,
}

/// The policy of a workspace; the default one until somebody decides otherwise.
pub(crate) async fn read(access: &Access, workspace: WorkspaceId) -> Result<StoredPolicy> {
    let found: Option<PolicyItem> = access.get(&Key::policy(workspace)).await?;
    Ok(
        found.map_or_else(StoredPolicy::default, |item| StoredPolicy {
            policy: item.policy,
            version: item.version,
            changed_at: item.changed_at.and_then(millis::read),
            changed_by: item.changed_by,
        }),
    )
}

impl WorkspaceTable {
    /// The policy as it is at this moment.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn policy(&self) -> Result<StoredPolicy> {
        read(&self.access().await?, self.workspace).await
    }

    /// Puts `policy` in the place of the one of `version`, and owes the mails that say so.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when another has taken that one's place meanwhile.
    pub async fn put_policy(
        &self,
        policy: &Policy,
        version: u32,
        by: UserId,
        now: Moment,
        notices: &[MailIntent],
    ) -> Result<StoredPolicy> {
        let access = self.access().await?;
        let value = serde_dynamo::to_attribute_value(policy)
            .map_err(|_| StorageError::Corrupt(PolicyItem::KIND))?;
        let number = |n: u32| AttributeValue::N(n.to_string());
        let condition = if version == 0 {
            "attribute_not_exists(#version)"
        } else {
            "#version = :version"
        };
        let mut put = Update::builder()
            .update_expression(
                "SET #policy = :policy, #version = :next, changed_at = :now, changed_by = :by",
            )
            .condition_expression(condition)
            .expression_attribute_names("#policy", "policy")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":policy", value)
            .expression_attribute_values(":next", number(version + 1))
            .expression_attribute_values(":now", moment(now))
            .expression_attribute_values(":by", AttributeValue::S(by.to_string()));
        if version > 0 {
            put = put.expression_attribute_values(":version", number(version));
        }
        let change = Transaction::default().update(
            &access,
            &Key::policy(self.workspace),
            put,
            Refusal::Is(StorageError::Conflict),
        )?;
        self.owing(change, &access, notices, now)?
            .commit(&access)
            .await?;
        Ok(StoredPolicy {
            policy: policy.clone(),
            version: version + 1,
            changed_at: Some(now),
            changed_by: Some(by),
        })
    }
}

//! Mails that are owed: written with the change that makes them necessary, delivered from the
//! table's stream.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use koeba_domain::{EmailAddress, IntentId, Locale, Mail, MailIntent, Moment, WorkspaceId};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Access, Stored, moment};
use crate::keys::Key;
use crate::{Result, StorageError, Table};

/// A mail as the table has it. What it says is taken away once it is sent.
#[derive(Serialize, Deserialize)]
pub(crate) struct MailItem {
    #[serde(flatten)]
    key: Key,
    id: IntentId,
    to: EmailAddress,
    locale: Locale,
    #[serde(flatten)]
    mail: Mail,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_at: Option<i64>,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for MailItem {
    const KIND: &'static str = "mail";
}

impl MailItem {
    /// A mail that nobody needs after `useful_until`.
    pub(crate) fn new(key: Key, intent: &MailIntent, useful_until: Moment) -> Self {
        Self {
            key,
            id: intent.id,
            to: intent.to.clone(),
            locale: intent.locale,
            mail: intent.mail.clone(),
            claimed_at: None,
            expires_at: useful_until.unix_timestamp(),
        }
    }
}

/// A mail that the stream brought.
#[derive(Clone, Debug)]
pub struct OutboxEntry {
    key: Key,
    workspace: Option<WorkspaceId>,
    intent: MailIntent,
}

impl OutboxEntry {
    /// Reads the new image of a stream record; `None` when it is not a mail that is to be sent:
    /// something else, sent already, or the image of its being claimed.
    #[must_use]
    pub fn from_image(image: serde_dynamo::Item) -> Option<Self> {
        let item: MailItem = serde_dynamo::from_item(image).ok()?;
        if item.claimed_at.is_some() {
            return None;
        }
        let workspace = Key::outbox_of(&item.key.pk, &item.key.sk).ok()?;
        let MailItem {
            key,
            id,
            to,
            locale,
            mail,
            ..
        } = item;
        Some(Self {
            key,
            workspace,
            intent: MailIntent {
                id,
                to,
                locale,
                mail,
            },
        })
    }

    /// What is to be sent.
    #[must_use]
    pub const fn intent(&self) -> &MailIntent {
        &self.intent
    }
}

/// What became of an attempt to take a mail for sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is the caller's to send.
    Yours,
    /// Somebody else took it, not long ago, and has not said what came of it.
    Held,
    /// It was sent, or is gone.
    Settled,
}

impl Claim {
    /// How long a claim holds. Sending takes a second; who has not settled or released a mail
    /// after this time has died over it.
    pub const LIFETIME: Duration = Duration::seconds(30);
}

/// The mails that are owed, for the one function that delivers them.
#[derive(Clone, Debug)]
pub struct Outbox {
    pub(crate) table: Table,
}

impl Outbox {
    pub(crate) const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Takes a mail for sending. Of all who ask within [`Claim::LIFETIME`] one hears
    /// [`Claim::Yours`]; a claim older than that was abandoned, and the next one gets the mail.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer; the caller may then hold the claim without
    /// knowing, until its lifetime is over.
    pub async fn claim(&self, entry: &OutboxEntry, now: Moment) -> Result<Claim> {
        let claimed = self
            .update(entry)
            .await?
            .update_expression("SET claimed_at = :now")
            .condition_expression(
                "attribute_exists(params) \
                 AND (attribute_not_exists(claimed_at) OR claimed_at < :abandoned)",
            )
            .expression_attribute_values(":now", moment(now))
            .expression_attribute_values(":abandoned", moment(now - Claim::LIFETIME))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = claimed else {
            return Ok(Claim::Yours);
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                let waits = failed
                    .item
                    .as_ref()
                    .is_some_and(|item| item.contains_key("params"));
                Ok(if waits { Claim::Held } else { Claim::Settled })
            }
            _ => Err(error.into()),
        }
    }

    /// Gives a claimed mail back, because it certainly was not sent; it may be claimed again.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn release(&self, entry: &OutboxEntry) -> Result<()> {
        let released = self
            .update(entry)
            .await?
            .update_expression("REMOVE claimed_at")
            .condition_expression("attribute_exists(params)");
        unless_gone(released.send().await)
    }

    /// Notes that a claimed mail was sent, and takes away what it said and to whom.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn settle(&self, entry: &OutboxEntry, now: Moment) -> Result<()> {
        let settled = self
            .update(entry)
            .await?
            .update_expression("SET sent_at = :now REMOVE params, #to, claimed_at")
            .condition_expression("attribute_exists(params)")
            .expression_attribute_names("#to", "to")
            .expression_attribute_values(":now", moment(now));
        unless_gone(settled.send().await)
    }

    async fn update(&self, entry: &OutboxEntry) -> Result<UpdateItemFluentBuilder> {
        let access = self.access(entry).await?;
        Ok(access
            .client
            .update_item()
            .table_name(&access.table)
            .set_key(Some(entry.key.attributes())))
    }

    async fn access(&self, entry: &OutboxEntry) -> Result<Access> {
        match entry.workspace {
            Some(workspace) => self.table.tenant(workspace).await,
            None => Ok(self.table.own().clone()),
        }
    }
}

/// A change of an item that may be gone by now, which is as well.
fn unless_gone<T, E: Into<StorageError>>(changed: std::result::Result<T, E>) -> Result<()> {
    match changed.map_err(Into::into) {
        Ok(_) | Err(StorageError::Conflict) => Ok(()),
        Err(error) => Err(error),
    }
}

//! Mails that are owed: written with the change that makes them necessary, delivered from the
//! table's stream.

use aws_sdk_dynamodb::types::AttributeValue;
use koeba_domain::{EmailAddress, IntentId, Locale, Mail, MailIntent, Moment, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::access::{Access, Stored, millis};
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
    /// Reads the new image of a stream record; `None` when it is not a mail that is to be sent.
    #[must_use]
    pub fn from_image(image: serde_dynamo::Item) -> Option<Self> {
        let item: MailItem = serde_dynamo::from_item(image).ok()?;
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

/// The mails that are owed, for the one function that delivers them.
#[derive(Clone, Debug)]
pub struct Outbox {
    table: Table,
}

impl Outbox {
    pub(crate) const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Takes a mail for sending. Answers whether it is the caller's to send: of all who try, now
    /// or later, one hears yes.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer; then nobody has taken it, or the caller
    /// has without knowing.
    pub async fn claim(&self, entry: &OutboxEntry, now: Moment) -> Result<bool> {
        self.change(
            entry,
            "SET claimed_at = :now",
            "attribute_exists(params) AND attribute_not_exists(claimed_at)",
            Some(now),
        )
        .await
    }

    /// Gives a claimed mail back, because it certainly was not sent; it may be claimed again.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn release(&self, entry: &OutboxEntry) -> Result<()> {
        self.change(entry, "REMOVE claimed_at", "attribute_exists(params)", None)
            .await
            .map(drop)
    }

    /// Notes that a claimed mail was sent, and takes away what it said and to whom.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn settle(&self, entry: &OutboxEntry, now: Moment) -> Result<()> {
        self.change(
            entry,
            "SET sent_at = :now REMOVE params, #to",
            "attribute_exists(claimed_at)",
            Some(now),
        )
        .await
        .map(drop)
    }

    async fn change(
        &self,
        entry: &OutboxEntry,
        update: &str,
        condition: &str,
        now: Option<Moment>,
    ) -> Result<bool> {
        let access = self.access(entry).await?;
        let mut request = access
            .client
            .update_item()
            .table_name(&access.table)
            .set_key(Some(entry.key.attributes()))
            .update_expression(update)
            .condition_expression(condition);
        if let Some(now) = now {
            request = request.expression_attribute_values(
                ":now",
                AttributeValue::N(millis::of(now).to_string()),
            );
        }
        if update.contains("#to") {
            request = request.expression_attribute_names("#to", "to");
        }
        match request.send().await.map_err(StorageError::from) {
            Ok(_) => Ok(true),
            Err(StorageError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn access(&self, entry: &OutboxEntry) -> Result<Access> {
        match entry.workspace {
            Some(workspace) => self.table.tenant(workspace).await,
            None => Ok(self.table.own().clone()),
        }
    }
}

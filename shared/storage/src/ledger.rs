//! The ledger of deletions: which accounts and workspaces are gone for good. It holds random
//! identifiers only and is never emptied; after a restore it is replayed.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Update};
use koeba_domain::{CertificateId, Deletion, DeletionSubject, MailIntent, Moment};
use serde::{Deserialize, Serialize};

use crate::access::{Stored, drain};
use crate::keys::{Key, PK, SK};
use crate::transaction::{Refusal, Transaction};
use crate::{Directory, Result, StorageError};

/// Mails that one transaction owes.
const AT_ONCE: usize = 50;

#[derive(Serialize, Deserialize)]
struct LedgerItem {
    #[serde(flatten)]
    key: Key,
    deletion: Deletion,
    done: bool,
}

impl Stored for LedgerItem {
    const KIND: &'static str = "deletion";
}

impl LedgerItem {
    fn new(deletion: &Deletion) -> Self {
        Self {
            key: Key::deletion(deletion.id),
            deletion: deletion.clone(),
            done: deletion.done_at.is_some(),
        }
    }
}

impl Directory {
    /// Writes a deletion down and shuts its subject out, in one transaction: from now on nobody
    /// signs in to the account, and whoever comes to the workspace finds it closed. The mail that
    /// says so is owed with it.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when its deletion was begun before, or when it is gone.
    pub async fn begin_deletion(
        &self,
        deletion: &Deletion,
        notice: Option<(&MailIntent, Moment)>,
    ) -> Result<()> {
        let own = &self.own();
        // Without a trace: what is kept for ever names no network.
        let quiet = own.clone().traced(None);
        let item = LedgerItem::new(deletion);
        let mut change = Transaction::default().create(&quiet, &item, StorageError::Conflict)?;
        if let DeletionSubject::User(user) = deletion.subject {
            let shut = shut(deletion.id);
            let conflict = Refusal::Is(StorageError::Conflict);
            change = change.update(own, &Key::user(user), shut, conflict)?;
        }
        if let Some((mail, now)) = notice {
            change = change.owe(own, mail, now)?;
        }
        change.commit(own).await
    }

    /// Owes mails that belong to no workspace any more.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer; some may be owed then.
    pub async fn owe(&self, mails: &[MailIntent], now: Moment) -> Result<()> {
        let own = &self.own();
        for some in mails.chunks(AT_ONCE) {
            let mut change = Transaction::default();
            for mail in some {
                change = change.owe(own, mail, now)?;
            }
            change.commit(own).await?;
        }
        Ok(())
    }

    /// Puts a deletion into the ledger as it stands there, over whatever stands there: for a
    /// replay, where the ledger is older than what is replayed.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn put_deletion(&self, deletion: &Deletion) -> Result<()> {
        let quiet = &self.own().traced(None);
        Transaction::default()
            .replace(quiet, &LedgerItem::new(deletion))?
            .commit(quiet)
            .await
    }

    /// Notes that a deletion is done; of several who do so at one moment, the first counts.
    pub(crate) async fn finish_deletion(&self, done: &Deletion) -> Result<()> {
        let quiet = &self.own().traced(None);
        let put = quiet
            .client
            .put_item()
            .table_name(&quiet.table)
            .set_item(Some(LedgerItem::new(done).to_item()?))
            .condition_expression("attribute_not_exists(#pk) OR #done = :no")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#done", "done")
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .send()
            .await;
        match put.map_err(StorageError::from) {
            Ok(_) | Err(StorageError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A deletion.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn deletion(&self, id: CertificateId) -> Result<Option<Deletion>> {
        let found: Option<LedgerItem> = self.own().get(&Key::deletion(id)).await?;
        Ok(found.map(|item| item.deletion))
    }

    /// Every deletion there ever was.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn deletions(&self) -> Result<Vec<Deletion>> {
        let query = self.own().query(Key::LEDGER.to_owned());
        let items: Vec<LedgerItem> = drain(query).await?;
        Ok(items.into_iter().map(|item| item.deletion).collect())
    }
}

/// The change of an account that begins to go.
fn shut(deletion: CertificateId) -> UpdateBuilder {
    Update::builder()
        .update_expression("SET leaving = :deletion")
        .condition_expression("attribute_exists(#pk) AND attribute_not_exists(leaving)")
        .expression_attribute_names("#pk", PK)
        .expression_attribute_values(":deletion", AttributeValue::S(deletion.to_string()))
}

/// Reads a record of the table's stream: the deletion that was written down or done.
#[must_use]
pub fn deletion_of_image(keys: &serde_dynamo::Item, image: serde_dynamo::Item) -> Option<Deletion> {
    let text = |name| match keys.get(name) {
        Some(serde_dynamo::AttributeValue::S(text)) => Some(text.as_str()),
        _ => None,
    };
    let (pk, sk) = (text(PK)?, text(SK)?);
    if !Key::is_deletion(pk, sk) {
        return None;
    }
    let item: LedgerItem = serde_dynamo::from_item(image).ok()?;
    Some(item.deletion)
}

//! Findings of the account's guards: one partition, one item for each, which forgets itself.

use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::HEXLOWER;
use koeba_domain::{Finding, Moment};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::Duration;

use crate::access::{Stored, drain, millis, moment};
use crate::keys::Key;
use crate::{Directory, Result, StorageError};

/// How long a finding is kept after it was last heard of.
const KEPT_FOR: Duration = Duration::days(400);

#[derive(Serialize, Deserialize)]
struct FindingItem {
    #[serde(flatten)]
    key: Key,
    finding: Finding,
    #[serde(with = "millis")]
    first_seen_at: Moment,
    #[serde(with = "millis")]
    seen_at: Moment,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for FindingItem {
    const KIND: &'static str = "finding";
}

/// A finding, and since when and until when it was heard of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingOnFile {
    /// 64 hexadecimal digits, of which nothing follows.
    pub id: String,
    /// What was found.
    pub finding: Finding,
    /// When it was first heard of.
    pub first_seen_at: Moment,
    /// When it was last heard of.
    pub seen_at: Moment,
}

impl Directory {
    /// Writes down what is found under `source`, the guard's own identifier of it, of which only a
    /// hash is kept. What was heard later stays as it is.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn note_finding(&self, source: &str, finding: &Finding, at: Moment) -> Result<()> {
        let own = &self.own();
        let id = HEXLOWER.encode(&Sha256::digest(source.as_bytes()));
        let corrupt = |_| StorageError::Corrupt(FindingItem::KIND);
        let finding = serde_dynamo::to_attribute_value(finding).map_err(corrupt)?;
        let ends = (at + KEPT_FOR).unix_timestamp();
        let noted = own
            .client
            .update_item()
            .table_name(&own.table)
            .set_key(Some(Key::finding(&id).attributes()))
            .update_expression(
                "SET finding = :finding, seen_at = :at, expires_at = :ends, \
                 first_seen_at = if_not_exists(first_seen_at, :at)",
            )
            .condition_expression("attribute_not_exists(seen_at) OR seen_at <= :at")
            .expression_attribute_values(":finding", finding)
            .expression_attribute_values(":at", moment(at))
            .expression_attribute_values(":ends", AttributeValue::N(ends.to_string()))
            .send()
            .await;
        match noted.map_err(StorageError::from) {
            Ok(_) | Err(StorageError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Every finding that is kept, the one last heard of first.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn findings(&self) -> Result<Vec<FindingOnFile>> {
        let query = self.own().query(Key::FINDINGS.to_owned());
        let items: Vec<FindingItem> = drain(query).await?;
        let mut findings: Vec<FindingOnFile> = items
            .into_iter()
            .map(|item| FindingOnFile {
                id: Key::finding_id(&item.key.sk).to_owned(),
                finding: item.finding,
                first_seen_at: item.first_seen_at,
                seen_at: item.seen_at,
            })
            .collect();
        findings.sort_by(|a, b| b.seen_at.cmp(&a.seen_at).then_with(|| a.id.cmp(&b.id)));
        Ok(findings)
    }
}

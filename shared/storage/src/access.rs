//! Reading and writing with one set of credentials.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

use crate::cursor::CursorSeal;
use crate::keys::{Key, Listing, PK, SK};
use crate::{Listed, PageRequest, Result, StorageError};
use koeba_domain::{Moment, Trace, WorkspaceId};

/// An item as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// What an item is: its shape, and a word for it in errors.
pub(crate) trait Stored: Serialize + DeserializeOwned {
    const KIND: &'static str;

    fn to_item(&self) -> Result<Item> {
        serde_dynamo::to_item(self).map_err(|_| StorageError::Corrupt(Self::KIND))
    }

    fn from_item(item: Item) -> Result<Self> {
        serde_dynamo::from_item(item).map_err(|_| StorageError::Corrupt(Self::KIND))
    }
}

/// The table, seen with one set of credentials.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) client: Client,
    pub(crate) table: String,
    /// The request that changes something; written on whatever it changes.
    pub(crate) trace: Option<Trace>,
}

impl Access {
    /// The same credentials, used in a request.
    pub(crate) fn traced(self, trace: Option<Trace>) -> Self {
        Self { trace, ..self }
    }

    /// Reads one item, as it is at this moment.
    pub(crate) async fn get<T: Stored>(&self, key: &Key) -> Result<Option<T>> {
        let found = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .send()
            .await?;
        found.item.map(T::from_item).transpose()
    }

    /// Removes one item, if it is there.
    pub(crate) async fn delete(&self, key: &Key) -> Result<()> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .send()
            .await?;
        Ok(())
    }

    /// A query of one partition of this table; every query begins here.
    pub(crate) fn query(&self, partition: String) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", AttributeValue::S(partition))
            .consistent_read(true)
    }

    /// Reads one page of a workspace's list.
    pub(crate) async fn page<T: Stored>(
        &self,
        seal: &CursorSeal,
        workspace: WorkspaceId,
        listing: Listing,
        page: &PageRequest,
    ) -> Result<Listed<T>> {
        let partition = listing.partition(workspace);
        let start = page
            .cursor
            .as_deref()
            .map(|cursor| seal.open(workspace, listing, cursor))
            .transpose()?
            .map(|sk| {
                Key {
                    pk: partition.clone(),
                    sk,
                }
                .attributes()
            });
        let limit = usize::from(page.limit.max(1));
        // One more than asked for tells whether there is a next page, so that no list ends with
        // an empty one.
        let found = self
            .query(partition)
            .set_exclusive_start_key(start)
            .limit(i32::from(page.limit.max(1)) + 1)
            .send()
            .await?;
        let mut items = found.items.unwrap_or_default();
        let more = items.len() > limit || found.last_evaluated_key.is_some() && !items.is_empty();
        items.truncate(limit);
        let next_cursor = match items.last().and_then(|item| item.get(SK)) {
            Some(AttributeValue::S(sk)) if more => Some(seal.seal(workspace, listing, sk)),
            _ => None,
        };
        let items = items.into_iter().map(T::from_item).collect::<Result<_>>()?;
        Ok(Listed { items, next_cursor })
    }

    /// Reads a whole list that a quota keeps short.
    pub(crate) async fn all<T: Stored>(
        &self,
        workspace: WorkspaceId,
        listing: Listing,
    ) -> Result<Vec<T>> {
        drain(self.query(listing.partition(workspace))).await
    }
}

/// Reads every page of a query.
pub(crate) async fn drain<T: Stored>(query: QueryFluentBuilder) -> Result<Vec<T>> {
    let mut pages = query.into_paginator().send();
    let mut items = Vec::new();
    while let Some(page) = pages.next().await {
        for item in page?.items.unwrap_or_default() {
            items.push(T::from_item(item)?);
        }
    }
    Ok(items)
}

/// A moment as an attribute, see [`millis`].
pub(crate) fn moment(at: Moment) -> AttributeValue {
    AttributeValue::N(millis::of(at).to_string())
}

/// Moments as whole milliseconds, which is how the table holds them.
pub(crate) mod millis {
    use koeba_domain::Moment;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    /// A moment in milliseconds since 1970.
    pub(crate) fn of(moment: Moment) -> i64 {
        moment.unix_timestamp() * 1_000 + i64::from(moment.millisecond())
    }

    /// The moment of an optional attribute.
    pub(crate) fn read(millis: i64) -> Option<Moment> {
        Moment::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok()
    }

    pub(crate) fn serialize<S: Serializer>(
        moment: &Moment,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(of(*moment))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Moment, D::Error> {
        let millis = i64::deserialize(deserializer)?;
        read(millis).ok_or_else(|| D::Error::custom("no moment"))
    }
}

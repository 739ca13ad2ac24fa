//! Changes of several items: all of them or none, each under its condition.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::{
    ConditionCheckBuilder, DeleteBuilder, PutBuilder, UpdateBuilder,
};
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, Put,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};

use koeba_domain::Trace;
use serde::{Deserialize, Serialize};

use crate::access::{Access, Item, Stored, moment};
use crate::keys::{Key, PK};
use crate::{Result, StorageError};

/// How often a change that ran into another one is tried.
const TRIES: u32 = 8;
/// How long the first pause between two tries is; each one doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// What it means that an item's condition does not hold.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// Always this.
    Is(StorageError),
    /// [`StorageError::NotFound`] without an item, otherwise this.
    IfThere(StorageError),
}

/// The items of one change.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    items: Vec<TransactWriteItem>,
    refusals: Vec<Refusal>,
}

impl Transaction {
    /// Writes an item that must not be there yet; `refusal` says what it means that it is.
    pub(crate) fn create<T: Stored>(
        self,
        access: &Access,
        item: &T,
        refusal: StorageError,
    ) -> Result<Self> {
        let mut item = item.to_item()?;
        if let Some(trace) = access.trace {
            item.insert(TRACE.to_owned(), stamp(trace));
        }
        let put = new_put(access, item)
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", PK);
        let put: Put = built(put.build())?;
        Ok(self.with(
            TransactWriteItem::builder().put(put).build(),
            Refusal::Is(refusal),
        ))
    }

    /// Writes an item, in place of what stood there.
    pub(crate) fn replace<T: Stored>(self, access: &Access, item: &T) -> Result<Self> {
        let mut item = item.to_item()?;
        if let Some(trace) = access.trace {
            item.insert(TRACE.to_owned(), stamp(trace));
        }
        let put: Put = built(new_put(access, item).build())?;
        Ok(self.with(
            TransactWriteItem::builder().put(put).build(),
            Refusal::Is(StorageError::Conflict),
        ))
    }

    /// Changes an item; `update` carries the expression and its condition.
    pub(crate) fn update(
        self,
        access: &Access,
        key: &Key,
        update: UpdateBuilder,
        refusal: Refusal,
    ) -> Result<Self> {
        let update: Update = built(
            stamped(update, access.trace)
                .table_name(&access.table)
                .set_key(Some(key.attributes()))
                .return_values_on_condition_check_failure(WITH_ITEM)
                .build(),
        )?;
        Ok(self.with(TransactWriteItem::builder().update(update).build(), refusal))
    }

    /// Demands something of an item that stays as it is; `check` carries the condition.
    pub(crate) fn check(
        self,
        access: &Access,
        key: &Key,
        check: ConditionCheckBuilder,
        refusal: Refusal,
    ) -> Result<Self> {
        let check: ConditionCheck = built(
            check
                .table_name(&access.table)
                .set_key(Some(key.attributes()))
                .return_values_on_condition_check_failure(WITH_ITEM)
                .build(),
        )?;
        Ok(self.with(
            TransactWriteItem::builder().condition_check(check).build(),
            refusal,
        ))
    }

    /// Removes an item; `delete` carries its condition.
    pub(crate) fn delete(
        self,
        access: &Access,
        key: &Key,
        delete: DeleteBuilder,
        refusal: Refusal,
    ) -> Result<Self> {
        let delete: Delete = built(
            delete
                .table_name(&access.table)
                .set_key(Some(key.attributes()))
                .return_values_on_condition_check_failure(WITH_ITEM)
                .build(),
        )?;
        let change = self.with(TransactWriteItem::builder().delete(delete).build(), refusal);
        match (access.trace, key.tombstone()) {
            (Some(trace), Some(at)) => change.note_removal(access, key, at, trace),
            _ => Ok(change),
        }
    }

    /// Leaves word of who removed an item: a stream record of a removal names nobody.
    fn note_removal(self, access: &Access, gone: &Key, at: Key, trace: Trace) -> Result<Self> {
        let mut item = Tombstone {
            key: at,
            gone: gone.clone(),
            expires_at: (trace.at + TOMBSTONE_LIFETIME).unix_timestamp(),
        }
        .to_item()?;
        item.insert(TRACE.to_owned(), stamp(trace));
        let put: Put = built(new_put(access, item).build())?;
        Ok(self.with(
            TransactWriteItem::builder().put(put).build(),
            Refusal::Is(StorageError::Conflict),
        ))
    }

    /// Removes an item, whether it is there or not.
    pub(crate) fn remove(self, access: &Access, key: &Key) -> Result<Self> {
        self.delete(
            access,
            key,
            Delete::builder(),
            Refusal::Is(StorageError::Conflict),
        )
    }

    fn with(mut self, item: TransactWriteItem, refusal: Refusal) -> Self {
        self.items.push(item);
        self.refusals.push(refusal);
        self
    }

    /// Writes everything or nothing.
    ///
    /// A change that met another in flight is tried again, with growing pauses, then [`Busy`].
    ///
    /// [`Busy`]: StorageError::Busy
    pub(crate) async fn commit(self, access: &Access) -> Result<()> {
        let mut pause = FIRST_PAUSE;
        for attempt in 1.. {
            let outcome = self.attempt(access).await;
            if attempt < TRIES && matches!(outcome, Err(StorageError::Busy(_))) {
                tokio::time::sleep(pause).await;
                pause *= 2;
            } else {
                return outcome;
            }
        }
        unreachable!("the loop ends by returning")
    }

    async fn attempt(&self, access: &Access) -> Result<()> {
        let sent = access
            .client
            .transact_write_items()
            .set_transact_items(Some(self.items.clone()))
            .send()
            .await;
        let Err(error) = sent else { return Ok(()) };
        if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
            error.as_service_error()
        {
            return Err(self.refusal(cancelled.cancellation_reasons()));
        }
        Err(error.into())
    }

    /// What a cancellation means: the first condition that did not hold decides.
    fn refusal(&self, reasons: &[CancellationReason]) -> StorageError {
        let failed = reasons
            .iter()
            .zip(&self.refusals)
            .find(|(reason, _)| reason.code() == Some("ConditionalCheckFailed"));
        if let Some((reason, refusal)) = failed {
            return match refusal {
                Refusal::IfThere(_) if reason.item().is_none_or(HashMap::is_empty) => {
                    StorageError::NotFound
                }
                Refusal::Is(error) | Refusal::IfThere(error) => error.clone(),
            };
        }
        let code = reasons
            .iter()
            .filter_map(CancellationReason::code)
            .find(|code| *code != "None");
        StorageError::from_code(code, "a cancelled change without a reason")
    }
}

const WITH_ITEM: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

fn new_put(access: &Access, item: Item) -> PutBuilder {
    Put::builder()
        .table_name(&access.table)
        .set_item(Some(item))
}

/// The attribute that tells in which request an item was last changed.
pub(crate) const TRACE: &str = "trace";
/// How long it is noted who removed something: the stream keeps its records as long.
const TOMBSTONE_LIFETIME: time::Duration = time::Duration::days(1);

/// Where something was, and who removed it.
#[derive(Serialize, Deserialize)]
struct Tombstone {
    #[serde(flatten)]
    key: Key,
    gone: Key,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for Tombstone {
    const KIND: &'static str = "tombstone";
}

/// A trace as an attribute: `by`, `from`, `request`, `at` in milliseconds.
fn stamp(trace: Trace) -> AttributeValue {
    let mut parts = HashMap::from([
        (
            "request".to_owned(),
            AttributeValue::S(trace.request.to_string()),
        ),
        ("at".to_owned(), moment(trace.at)),
    ]);
    if let Some(actor) = trace.actor {
        parts.insert("by".to_owned(), AttributeValue::S(actor.to_string()));
    }
    if let Some(network) = trace.network {
        parts.insert("from".to_owned(), AttributeValue::S(network.to_string()));
    }
    AttributeValue::M(parts)
}

/// An update that also writes the trace. Update expressions of this crate that set anything
/// begin with `SET`.
fn stamped(update: UpdateBuilder, trace: Option<Trace>) -> UpdateBuilder {
    let Some(trace) = trace else { return update };
    let expression = update
        .get_update_expression()
        .as_deref()
        .unwrap_or_default();
    let expression = match expression.strip_prefix("SET ") {
        Some(rest) => format!("SET #trace = :trace, {rest}"),
        None => format!("SET #trace = :trace {expression}"),
    };
    update
        .update_expression(expression)
        .expression_attribute_names("#trace", TRACE)
        .expression_attribute_values(":trace", stamp(trace))
}

fn built<T>(result: std::result::Result<T, aws_sdk_dynamodb::error::BuildError>) -> Result<T> {
    result.map_err(|_| StorageError::Unavailable("a request could not be built".to_owned()))
}

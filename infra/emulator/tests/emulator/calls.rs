//! Every kind of DynamoDB call, to be made with any keys.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, Get, KeysAndAttributes, Put, PutRequest, TransactGetItem,
    TransactWriteItem, Update, WriteRequest,
};

use crate::support::*;

/// One of each kind of call that names items by their keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Call {
    Get,
    Put,
    Update,
    Delete,
    Query,
    BatchGet,
    BatchWrite,
    TransactGet,
    TransactPut,
    TransactUpdate,
    TransactDelete,
    TransactCheck,
}

impl Call {
    pub(crate) const ALL: [Self; 12] = [
        Self::Get,
        Self::Put,
        Self::Update,
        Self::Query,
        Self::BatchGet,
        Self::BatchWrite,
        Self::TransactGet,
        Self::TransactPut,
        Self::TransactUpdate,
        Self::TransactCheck,
        Self::TransactDelete,
        Self::Delete,
    ];

    pub(crate) fn takes_many(self) -> bool {
        !matches!(
            self,
            Self::Get | Self::Put | Self::Update | Self::Delete | Self::Query
        )
    }

    /// Makes the call and answers the code of its refusal.
    pub(crate) async fn make(self, client: &Client, keys: &[&str]) -> Option<String> {
        let first = Some(item(keys[0], "X"));
        match self {
            Self::Get => code(
                client
                    .get_item()
                    .table_name(TABLE)
                    .set_key(first)
                    .send()
                    .await,
            ),
            Self::Put => code(
                client
                    .put_item()
                    .table_name(TABLE)
                    .set_item(first)
                    .send()
                    .await,
            ),
            Self::Update => {
                let update = client.update_item().table_name(TABLE).set_key(first);
                let update = update.update_expression("SET a = :a");
                code(
                    update
                        .expression_attribute_values(":a", text("a"))
                        .send()
                        .await,
                )
            }
            Self::Delete => code(
                client
                    .delete_item()
                    .table_name(TABLE)
                    .set_key(first)
                    .send()
                    .await,
            ),
            Self::Query => {
                let query = client.query().table_name(TABLE);
                let query = query.key_condition_expression("#p = :p AND begins_with(sk, :s)");
                let query = query.expression_attribute_names("#p", "pk");
                let query = query.expression_attribute_values(":p", text(keys[0]));
                code(
                    query
                        .expression_attribute_values(":s", text("X"))
                        .send()
                        .await,
                )
            }
            Self::BatchGet => {
                let wanted = keys.iter().map(|key| item(key, "X")).collect();
                let wanted = KeysAndAttributes::builder()
                    .set_keys(Some(wanted))
                    .build()
                    .expect("keys");
                code(
                    client
                        .batch_get_item()
                        .request_items(TABLE, wanted)
                        .send()
                        .await,
                )
            }
            Self::BatchWrite => {
                let put = |key: &&str| {
                    let put = PutRequest::builder().set_item(Some(item(key, "X")));
                    let put = put.build().expect("an item");
                    WriteRequest::builder().put_request(put).build()
                };
                let writes = keys.iter().map(put).collect();
                code(
                    client
                        .batch_write_item()
                        .request_items(TABLE, writes)
                        .send()
                        .await,
                )
            }
            Self::TransactGet => {
                let get = |key: &&str| {
                    let get = Get::builder()
                        .table_name(TABLE)
                        .set_key(Some(item(key, "X")));
                    TransactGetItem::builder()
                        .get(get.build().expect("a key"))
                        .build()
                };
                let gets = keys.iter().map(get).collect();
                code(
                    client
                        .transact_get_items()
                        .set_transact_items(Some(gets))
                        .send()
                        .await,
                )
            }
            _ => {
                let writes = keys.iter().map(|key| self.write(key)).collect();
                code(
                    client
                        .transact_write_items()
                        .set_transact_items(Some(writes))
                        .send()
                        .await,
                )
            }
        }
    }

    fn write(self, key: &str) -> TransactWriteItem {
        let write = TransactWriteItem::builder();
        let key = Some(item(key, "X"));
        match self {
            Self::TransactPut => {
                let put = Put::builder().table_name(TABLE).set_item(key).build();
                write.put(put.expect("an item"))
            }
            Self::TransactUpdate => {
                let update = Update::builder().table_name(TABLE).set_key(key);
                let update = update.update_expression("SET a = :a");
                let update = update.expression_attribute_values(":a", text("a")).build();
                write.update(update.expect("a key"))
            }
            Self::TransactDelete => {
                let delete = Delete::builder().table_name(TABLE).set_key(key).build();
                write.delete(delete.expect("a key"))
            }
            _ => {
                let check = ConditionCheck::builder().table_name(TABLE).set_key(key);
                let check = check.condition_expression("attribute_exists(pk)").build();
                write.condition_check(check.expect("a key"))
            }
        }
        .build()
    }
}

fn code<T, E: ProvideErrorMetadata>(answer: Result<T, E>) -> Option<String> {
    let error = answer.err()?;
    Some(error.code().unwrap_or("an error without a code").to_owned())
}

//! What a DynamoDB call asks for, as IAM sees it: actions, resources and leading keys.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::key_condition;

/// Which attribute is the partition key, in a table and in each of its indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeySchema {
    /// The table's partition key.
    pub(crate) partition: String,
    /// Each index's partition key, by the index's name.
    pub(crate) indexes: BTreeMap<String, String>,
}

/// One thing a call asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    /// Without the service, such as `GetItem`.
    pub(crate) action: &'static str,
    pub(crate) table: String,
    pub(crate) index: Option<String>,
    /// The partition keys it names; empty when the call has none, as a `Scan`.
    pub(crate) leading_keys: Vec<String>,
}

impl Access {
    /// What the policy is asked about.
    pub(crate) fn resource(&self) -> String {
        let table = table_arn(&self.table);
        match &self.index {
            Some(index) => format!("{table}/index/{index}"),
            None => table,
        }
    }
}

pub(crate) fn table_arn(table: &str) -> String {
    format!(
        "arn:aws:dynamodb:{}:{}:table/{table}",
        crate::REGION,
        crate::ACCOUNT
    )
}

/// Why a call's accesses cannot be told. It is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotUnderstood;

/// Looks a table's keys up.
pub(crate) trait Schemas {
    fn schema(&self, table: &str) -> Option<KeySchema>;
}

type Accesses = Result<Vec<Access>, NotUnderstood>;

/// Lists everything that the call asks for.
///
/// # Errors
/// [`NotUnderstood`] when a key or an operation cannot be told with certainty.
pub(crate) fn accesses(operation: &str, body: &Value, schemas: &dyn Schemas) -> Accesses {
    let body = body.as_object().ok_or(NotUnderstood)?;
    match operation {
        "GetItem" => Ok(vec![by_key("GetItem", body, schemas)?]),
        "UpdateItem" => Ok(vec![by_key("UpdateItem", body, schemas)?]),
        "DeleteItem" => Ok(vec![by_key("DeleteItem", body, schemas)?]),
        "PutItem" => Ok(vec![by_item("PutItem", body, schemas)?]),
        "Query" => Ok(vec![query(body, schemas)?]),
        "Scan" => Ok(vec![without_keys("Scan", body)?]),
        "BatchGetItem" => batch_get(body, schemas),
        "BatchWriteItem" => batch_write(body, schemas),
        "TransactGetItems" => each(body, |entry| {
            let get = object(entry, "Get")?;
            only(entry, 1)?;
            by_key("GetItem", get, schemas)
        }),
        "TransactWriteItems" => each(body, |entry| {
            only(entry, 1)?;
            let (kind, request) = entry.iter().next().ok_or(NotUnderstood)?;
            let request = request.as_object().ok_or(NotUnderstood)?;
            match kind.as_str() {
                "Put" => by_item("PutItem", request, schemas),
                "Update" => by_key("UpdateItem", request, schemas),
                "Delete" => by_key("DeleteItem", request, schemas),
                "ConditionCheck" => by_key("ConditionCheckItem", request, schemas),
                _ => Err(NotUnderstood),
            }
        }),
        _ => Err(NotUnderstood),
    }
}

fn by_key(
    action: &'static str,
    body: &Map<String, Value>,
    schemas: &dyn Schemas,
) -> Result<Access, NotUnderstood> {
    keyed(action, body, object(body, "Key")?, schemas)
}

fn by_item(
    action: &'static str,
    body: &Map<String, Value>,
    schemas: &dyn Schemas,
) -> Result<Access, NotUnderstood> {
    keyed(action, body, object(body, "Item")?, schemas)
}

fn keyed(
    action: &'static str,
    body: &Map<String, Value>,
    item: &Map<String, Value>,
    schemas: &dyn Schemas,
) -> Result<Access, NotUnderstood> {
    let table = table_name(body)?;
    let schema = schemas.schema(&table).ok_or(NotUnderstood)?;
    Ok(Access {
        action,
        leading_keys: vec![leading_key(item, &schema)?],
        table,
        index: None,
    })
}

fn query(body: &Map<String, Value>, schemas: &dyn Schemas) -> Result<Access, NotUnderstood> {
    let table = table_name(body)?;
    let schema = schemas.schema(&table).ok_or(NotUnderstood)?;
    // The older parameters could name a second partition beside the expression.
    if ["KeyConditions", "QueryFilter", "ConditionalOperator"]
        .iter()
        .any(|legacy| body.contains_key(*legacy))
    {
        return Err(NotUnderstood);
    }
    let index = match body.get("IndexName") {
        None | Some(Value::Null) => None,
        Some(name) => Some(name.as_str().ok_or(NotUnderstood)?.to_owned()),
    };
    let partition_key = match &index {
        None => &schema.partition,
        Some(name) => schema.indexes.get(name).ok_or(NotUnderstood)?,
    };
    let expression = body
        .get("KeyConditionExpression")
        .and_then(Value::as_str)
        .ok_or(NotUnderstood)?;
    let partition = key_condition::partition(
        expression,
        partition_key,
        body.get("ExpressionAttributeNames")
            .and_then(Value::as_object),
        body.get("ExpressionAttributeValues")
            .and_then(Value::as_object),
    )
    .ok_or(NotUnderstood)?;
    Ok(Access {
        action: "Query",
        table,
        index,
        leading_keys: vec![partition],
    })
}

fn without_keys(action: &'static str, body: &Map<String, Value>) -> Result<Access, NotUnderstood> {
    Ok(Access {
        action,
        table: table_name(body)?,
        index: None,
        leading_keys: Vec::new(),
    })
}

fn batch_get(body: &Map<String, Value>, schemas: &dyn Schemas) -> Accesses {
    per_table(body, |table, request| {
        let schema = schemas.schema(table).ok_or(NotUnderstood)?;
        let keys = request
            .get("Keys")
            .and_then(Value::as_array)
            .ok_or(NotUnderstood)?;
        let leading_keys = keys
            .iter()
            .map(|key| leading_key(key.as_object().ok_or(NotUnderstood)?, &schema))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(batch("BatchGetItem", table, leading_keys))
    })
}

fn batch_write(body: &Map<String, Value>, schemas: &dyn Schemas) -> Accesses {
    per_table(body, |table, requests| {
        let schema = schemas.schema(table).ok_or(NotUnderstood)?;
        let mut leading_keys = Vec::new();
        for request in requests.as_array().ok_or(NotUnderstood)? {
            let request = request.as_object().ok_or(NotUnderstood)?;
            only(request, 1)?;
            let item = match request.get("PutRequest") {
                Some(put) => put.get("Item"),
                None => request
                    .get("DeleteRequest")
                    .and_then(|delete| delete.get("Key")),
            };
            let item = item.and_then(Value::as_object).ok_or(NotUnderstood)?;
            leading_keys.push(leading_key(item, &schema)?);
        }
        Ok(batch("BatchWriteItem", table, leading_keys))
    })
}

fn batch(action: &'static str, table: &str, leading_keys: Vec<String>) -> Access {
    Access {
        action,
        table: table.to_owned(),
        index: None,
        leading_keys,
    }
}

fn per_table(
    body: &Map<String, Value>,
    access: impl Fn(&str, &Value) -> Result<Access, NotUnderstood>,
) -> Accesses {
    let tables = object(body, "RequestItems")?;
    if tables.is_empty() {
        return Err(NotUnderstood);
    }
    tables
        .iter()
        .map(|(table, request)| access(table, request))
        .collect()
}

fn each(
    body: &Map<String, Value>,
    access: impl Fn(&Map<String, Value>) -> Result<Access, NotUnderstood>,
) -> Accesses {
    let entries = body
        .get("TransactItems")
        .and_then(Value::as_array)
        .ok_or(NotUnderstood)?;
    if entries.is_empty() {
        return Err(NotUnderstood);
    }
    entries
        .iter()
        .map(|entry| access(entry.as_object().ok_or(NotUnderstood)?))
        .collect()
}

fn only(entry: &Map<String, Value>, count: usize) -> Result<(), NotUnderstood> {
    if entry.len() == count {
        Ok(())
    } else {
        Err(NotUnderstood)
    }
}

fn object<'a>(
    body: &'a Map<String, Value>,
    field: &str,
) -> Result<&'a Map<String, Value>, NotUnderstood> {
    body.get(field)
        .and_then(Value::as_object)
        .ok_or(NotUnderstood)
}

fn table_name(body: &Map<String, Value>) -> Result<String, NotUnderstood> {
    body.get("TableName")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or(NotUnderstood)
}

fn leading_key(item: &Map<String, Value>, schema: &KeySchema) -> Result<String, NotUnderstood> {
    item.get(&schema.partition)
        .and_then(|value| value.get("S")?.as_str())
        .map(str::to_owned)
        .ok_or(NotUnderstood)
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;

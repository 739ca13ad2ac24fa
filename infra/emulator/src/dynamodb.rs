//! DynamoDB and its streams: policies in front, the embedded engine behind.

mod access;
mod engine;
mod key_condition;

use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::HeaderMap;
use serde_json::{Value, json};

use crate::aws_error::{AwsError, respond};
use crate::caller::Caller;
use crate::faults::Fault;
use crate::front::Front;
use crate::meter;
use access::{Access, table_arn};
pub(crate) use engine::{Engine, EngineError, stopped};

const NAMESPACE: &str = "com.amazon.coral.service";
const DATA_NAMESPACE: &str = "com.amazonaws.dynamodb.v20120810";

/// Answers one call of the DynamoDB or DynamoDB Streams API.
pub(crate) async fn handle(
    front: &Front,
    caller: &Caller<'_>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let engine = &front.engine;
    let target = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok());
    let (version, operation) = target
        .and_then(|target| target.split_once('.'))
        .map(|(version, operation)| (version.to_owned(), operation.to_owned()))
        .unwrap_or_default();
    if let Err(error) = authorize(engine, caller, &version, &operation, &body) {
        tracing::warn!(
            caller = caller.arn,
            operation,
            "a DynamoDB call was refused"
        );
        return error.into_json(NAMESPACE);
    }
    if version.starts_with("DynamoDB_")
        && let Some(fault) = front.faults.take(&operation)
    {
        return failure(fault, &operation, &body);
    }
    let measured = front.meter.runs() && version.starts_with("DynamoDB_");
    let body = match meter::asking(&body).filter(|_| measured) {
        Some(asking) => Bytes::from(asking),
        None => body,
    };
    match engine.forward(headers, body).await {
        Ok((head, answer)) => {
            if measured {
                front.meter.note_answer(&operation, &answer);
            }
            Response::from_parts(head, Body::from(answer))
        }
        Err(error) => {
            tracing::error!(%error, "the embedded DynamoDB did not answer");
            Fault::InternalError.error().into_json(DATA_NAMESPACE)
        }
    }
}

fn authorize(
    engine: &Engine,
    caller: &Caller<'_>,
    version: &str,
    operation: &str,
    body: &[u8],
) -> Result<(), AwsError> {
    if caller.is_unlimited() {
        return Ok(());
    }
    let refused = || {
        let action = format!("dynamodb:{operation}");
        AwsError::denied(&caller.arn, &action, &table_arn("*"))
    };
    if !version.starts_with("DynamoDB_") {
        return Err(refused());
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| refused())?;
    let accesses = access::accesses(operation, &body, engine).map_err(|_| refused())?;
    for access in accesses {
        let context = context(&access);
        caller.check(
            &format!("dynamodb:{}", access.action),
            &access.resource(),
            context,
        )?;
    }
    Ok(())
}

fn context(access: &Access) -> BTreeMap<String, Vec<String>> {
    BTreeMap::from([(
        "dynamodb:LeadingKeys".to_owned(),
        access.leading_keys.clone(),
    )])
}

fn failure(fault: Fault, operation: &str, body: &[u8]) -> Response {
    if fault != Fault::TransactionConflict || operation != "TransactWriteItems" {
        return fault.error().into_json(DATA_NAMESPACE);
    }
    let items = serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|body| Some(body.get("TransactItems")?.as_array()?.len()))
        .unwrap_or(1);
    let reasons: Vec<Value> = (0..items)
        .map(|item| match item {
            0 => json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}),
            _ => json!({"Code": "None"}),
        })
        .collect();
    let body = json!({
        "__type": format!("{DATA_NAMESPACE}#TransactionCanceledException"),
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]",
        "CancellationReasons": reasons,
    });
    respond(
        http::StatusCode::BAD_REQUEST,
        "application/x-amz-json-1.0",
        body.to_string(),
    )
}

//! The embedded engine, on a loopback listener that only the front knows.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use aws_lambda_events::event::dynamodb::Event;
use axum::body::Bytes;
use dynoxide::Database;
use http::response::Parts;
use http::{HeaderMap, Response, header};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::access::{KeySchema, Schemas};

/// How often items past their time to live are removed. AWS takes up to days.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// The embedded DynamoDB.
pub(crate) struct Engine {
    database: Database,
    http: reqwest::Client,
    address: String,
    schemas: RwLock<HashMap<String, KeySchema>>,
}

/// The engine does not work.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database could not be opened, or did not do as told.
    #[error("the embedded DynamoDB failed: {0}")]
    Database(String),
    /// Its listener could not be opened.
    #[error("the embedded DynamoDB cannot listen: {0}")]
    Listen(#[from] std::io::Error),
    /// It could not be reached.
    #[error("the embedded DynamoDB cannot be reached: {0}")]
    Forward(#[from] reqwest::Error),
}

fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, EngineError> {
    serde_json::from_value(value).map_err(database_error)
}

fn database_error(error: impl std::fmt::Display) -> EngineError {
    EngineError::Database(error.to_string())
}

impl Engine {
    /// Opens the database, in memory without a file, and serves it until `stop` changes.
    pub(crate) async fn start(
        file: Option<&Path>,
        stop: watch::Receiver<bool>,
    ) -> Result<(Self, Vec<JoinHandle<()>>), EngineError> {
        let database = match file {
            Some(file) => Database::new(&file.to_string_lossy()),
            None => Database::memory(),
        }
        .map_err(database_error)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}/", listener.local_addr()?);
        let serving = tokio::spawn(serve(listener, database.clone(), stop));
        let engine = Self {
            database,
            http: reqwest::Client::builder().no_proxy().build()?,
            address,
            schemas: RwLock::default(),
        };
        Ok((engine, vec![serving]))
    }

    /// Removes what has expired, again and again until `stop` changes.
    pub(crate) fn sweep_regularly(
        &self,
        stop: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + use<> {
        sweep_regularly(self.database.clone(), stop)
    }

    /// Passes a call on, byte for byte.
    pub(crate) async fn forward(
        &self,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<(Parts, Bytes), EngineError> {
        for hop in [header::HOST, header::CONNECTION, header::CONTENT_LENGTH] {
            headers.remove(hop);
        }
        let answer = self
            .http
            .post(&self.address)
            .headers(headers)
            .body(body)
            .send()
            .await?;
        let mut response = Response::new(());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        for hop in [
            header::CONNECTION,
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
        ] {
            response.headers_mut().remove(hop);
        }
        let (head, ()) = response.into_parts();
        Ok((head, answer.bytes().await?))
    }

    /// Makes Koeba's table unless it is there.
    pub(crate) fn create_table(&self, name: &str) -> Result<(), EngineError> {
        if self
            .database
            .get_table_metadata(name)
            .map_err(database_error)?
            .is_some()
        {
            return Ok(());
        }
        let text = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
        let key = |hash: &str, range: &str| {
            json!([
                {"AttributeName": hash, "KeyType": "HASH"},
                {"AttributeName": range, "KeyType": "RANGE"},
            ])
        };
        let table = json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [text("pk"), text("sk"), text("user_pk"), text("user_sk")],
            "KeySchema": key("pk", "sk"),
            "GlobalSecondaryIndexes": [{
                "IndexName": "by_user",
                "KeySchema": key("user_pk", "user_sk"),
                "Projection": {"ProjectionType": "ALL"},
            }],
            "StreamSpecification": {
                "StreamEnabled": true,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
        });
        let expiry = json!({
            "TableName": name,
            "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "expires_at"},
        });
        self.database
            .create_table(read(table)?)
            .map_err(database_error)?;
        self.database
            .update_time_to_live(read(expiry)?)
            .map_err(database_error)?;
        Ok(())
    }

    /// Makes the table of keys unless it is there. It has no stream: a key that was destroyed must
    /// not be found there.
    pub(crate) fn create_keys_table(&self, name: &str) -> Result<(), EngineError> {
        if self
            .database
            .get_table_metadata(name)
            .map_err(database_error)?
            .is_some()
        {
            return Ok(());
        }
        let table = json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        });
        self.database
            .create_table(read(table)?)
            .map_err(database_error)?;
        Ok(())
    }

    /// Everything in a table's stream, as an event.
    pub(crate) fn stream_event(&self, table: &str) -> Result<Event, EngineError> {
        let database = &self.database;
        let mut event = Event::default();
        let listed = database
            .list_streams(read(json!({ "TableName": table }))?)
            .map_err(database_error)?;
        for stream in listed.streams {
            let arn = stream.stream_arn;
            let described = database
                .describe_stream(read(json!({ "StreamArn": arn }))?)
                .map_err(database_error)?;
            for shard in described.stream_description.shards {
                let start = json!({
                    "StreamArn": arn,
                    "ShardId": shard.shard_id,
                    "ShardIteratorType": "TRIM_HORIZON",
                });
                let start = database
                    .get_shard_iterator(read(start)?)
                    .map_err(database_error)?;
                let mut iterator = start.shard_iterator;
                while let Some(from) = iterator {
                    let found = database
                        .get_records(read(json!({ "ShardIterator": from }))?)
                        .map_err(database_error)?;
                    if found.records.is_empty() {
                        break;
                    }
                    for record in found.records {
                        let record = serde_json::to_value(record).map_err(database_error)?;
                        event.records.push(read(record)?);
                    }
                    iterator = found.next_shard_iterator;
                }
            }
        }
        Ok(event)
    }

    /// Every item of a table, as text.
    pub(crate) fn dump(&self, table: &str) -> Result<Vec<String>, EngineError> {
        let mut items = Vec::new();
        let mut start = serde_json::Value::Null;
        loop {
            let mut request = json!({ "TableName": table });
            if !start.is_null() {
                request["ExclusiveStartKey"] = start;
            }
            let page = self.database.scan(read(request)?).map_err(database_error)?;
            let page = serde_json::to_value(page).map_err(database_error)?;
            let found = page["Items"].as_array().into_iter().flatten();
            items.extend(found.map(ToString::to_string));
            start = page["LastEvaluatedKey"].clone();
            if start.is_null() {
                return Ok(items);
            }
        }
    }

    /// Removes what is past its time to live; answers how many items that were.
    pub(crate) async fn sweep(&self) -> Result<usize, EngineError> {
        let database = self.database.clone();
        tokio::task::spawn_blocking(move || database.sweep_ttl())
            .await
            .map_err(database_error)?
            .map_err(database_error)
    }

    fn describe(&self, table: &str) -> Option<KeySchema> {
        let request = serde_json::from_value(json!({ "TableName": table })).ok()?;
        let described = self.database.describe_table(request).ok()?;
        let described: Described =
            serde_json::from_value(serde_json::to_value(described).ok()?).ok()?;
        let indexes = described.table.indexes.unwrap_or_default();
        Some(KeySchema {
            partition: partition(&described.table.keys)?,
            indexes: indexes
                .into_iter()
                .map(|index| Some((index.name, partition(&index.keys)?)))
                .collect::<Option<BTreeMap<_, _>>>()?,
        })
    }
}

impl Schemas for Engine {
    fn schema(&self, table: &str) -> Option<KeySchema> {
        let known = self.schemas.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(schema) = known.get(table) {
            return Some(schema.clone());
        }
        drop(known);
        let schema = self.describe(table)?;
        self.schemas
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(table.to_owned(), schema.clone());
        Some(schema)
    }
}

#[derive(Deserialize)]
struct Described {
    #[serde(rename = "Table")]
    table: DescribedTable,
}

#[derive(Deserialize)]
struct DescribedTable {
    #[serde(rename = "KeySchema")]
    keys: Vec<DescribedKey>,
    #[serde(rename = "GlobalSecondaryIndexes", default)]
    indexes: Option<Vec<DescribedIndex>>,
}

#[derive(Deserialize)]
struct DescribedIndex {
    #[serde(rename = "IndexName")]
    name: String,
    #[serde(rename = "KeySchema")]
    keys: Vec<DescribedKey>,
}

#[derive(Deserialize)]
struct DescribedKey {
    #[serde(rename = "AttributeName")]
    attribute: String,
    #[serde(rename = "KeyType")]
    kind: String,
}

fn partition(keys: &[DescribedKey]) -> Option<String> {
    keys.iter()
        .find(|key| key.kind == "HASH")
        .map(|key| key.attribute.clone())
}

async fn serve(listener: TcpListener, database: Database, stop: watch::Receiver<bool>) {
    let stopped = stopped(stop);
    if let Err(error) = dynoxide::server::serve_with_shutdown(listener, database, stopped).await {
        tracing::error!(error, "the embedded DynamoDB stopped serving");
    }
}

pub(crate) async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that the emulator is gone, which is a reason to stop as well.
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn sweep_regularly(database: Database, stop: watch::Receiver<bool>) {
    let stopped = stopped(stop);
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
        let database = database.clone();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(count)) => tracing::debug!(count, "expired items were removed"),
            Ok(Err(error)) => tracing::warn!(%error, "expired items could not be removed"),
            Err(error) => tracing::warn!(%error, "the removal of expired items broke off"),
        }
    }
}

//! Carries the table's stream to the events function, as Lambda's event source mapping does.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::types::{AttributeValue, Record, ShardIteratorType, StreamRecord};
use serde_json::{Map, Value, json};
use tokio::sync::watch;

/// How long an empty stream rests before it is read again.
const REST: Duration = Duration::from_millis(150);
/// How long to wait after a batch that was not taken, before it is offered again.
const RETRY: Duration = Duration::from_millis(500);

/// What takes a batch: a DynamoDB stream event as Lambda would pass it. Answers whether all of it
/// was dealt with; a batch that was not is offered again, whole.
pub(crate) trait Consumer: Send + 'static {
    fn take(&self, event: Value) -> impl Future<Output = bool> + Send;
}

/// Reads the stream of `table` from its oldest record until `stop` changes.
///
/// Starting over at the oldest record after a restart loses nothing; what was delivered before is
/// known to the consumer by its intent.
pub(crate) async fn run(
    streams: Client,
    table: String,
    consumer: impl Consumer,
    mut stop: watch::Receiver<bool>,
) {
    let mut iterators: HashMap<String, Option<String>> = HashMap::new();
    loop {
        match read_once(&streams, &table, &consumer, &mut iterators).await {
            Ok(true) => {}
            Ok(false) => rest(REST, &mut stop).await,
            Err(error) => {
                tracing::warn!(%error, "the stream could not be read; trying again");
                iterators.clear();
                rest(RETRY, &mut stop).await;
            }
        }
        if *stop.borrow() {
            return;
        }
    }
}

async fn rest(time: Duration, stop: &mut watch::Receiver<bool>) {
    // Ends early when `stop` changes, which the caller looks at next.
    let _ = tokio::time::timeout(time, stop.changed()).await;
}

/// Reads every shard once; answers whether there was anything.
async fn read_once(
    streams: &Client,
    table: &str,
    consumer: &impl Consumer,
    iterators: &mut HashMap<String, Option<String>>,
) -> Result<bool, aws_sdk_dynamodbstreams::Error> {
    if iterators.is_empty() {
        open_shards(streams, table, iterators).await?;
    }
    let mut found = false;
    let mut ended = false;
    for (shard, place) in iterators.iter_mut() {
        let Some(iterator) = place.clone() else {
            continue;
        };
        let answer = streams
            .get_records()
            .shard_iterator(iterator)
            .send()
            .await?;
        let records = answer.records();
        if !records.is_empty() {
            found = true;
            if !consumer.take(event(records)).await {
                // The iterator stays, so the same records come again.
                tracing::warn!(shard, "a batch was not delivered; it will be offered again");
                tokio::time::sleep(RETRY).await;
                continue;
            }
        }
        *place = answer.next_shard_iterator().map(str::to_owned);
        ended |= place.is_none();
    }
    if ended {
        open_shards(streams, table, iterators).await?;
    }
    Ok(found)
}

/// Adds the shards that are not known yet, from their oldest record.
async fn open_shards(
    streams: &Client,
    table: &str,
    iterators: &mut HashMap<String, Option<String>>,
) -> Result<(), aws_sdk_dynamodbstreams::Error> {
    let listed = streams.list_streams().table_name(table).send().await?;
    for stream in listed.streams() {
        let arn = stream.stream_arn().unwrap_or_default();
        let described = streams.describe_stream().stream_arn(arn).send().await?;
        let shards = described
            .stream_description()
            .map(aws_sdk_dynamodbstreams::types::StreamDescription::shards)
            .unwrap_or_default();
        for shard in shards {
            let id = shard.shard_id().unwrap_or_default();
            if iterators.contains_key(id) {
                continue;
            }
            let opened = streams
                .get_shard_iterator()
                .stream_arn(arn)
                .shard_id(id)
                .shard_iterator_type(ShardIteratorType::TrimHorizon)
                .send()
                .await?;
            iterators.insert(id.to_owned(), opened.shard_iterator().map(str::to_owned));
        }
    }
    Ok(())
}

/// The event that Lambda would pass for these records.
fn event(records: &[Record]) -> Value {
    let records: Vec<Value> = records
        .iter()
        .map(|record| {
            json!({
                "eventID": record.event_id(),
                "eventName": record.event_name().map(aws_sdk_dynamodbstreams::types::OperationType::as_str),
                "eventVersion": record.event_version().unwrap_or("1.1"),
                "eventSource": "aws:dynamodb",
                "awsRegion": record.aws_region().unwrap_or("ap-northeast-1"),
                "dynamodb": record.dynamodb().map(change),
            })
        })
        .collect();
    json!({ "Records": records })
}

fn change(record: &StreamRecord) -> Value {
    let mut change = Map::new();
    let images = [
        ("Keys", record.keys()),
        ("NewImage", record.new_image()),
        ("OldImage", record.old_image()),
    ];
    for (name, image) in images {
        if let Some(image) = image {
            change.insert(name.to_owned(), attributes(image));
        }
    }
    if let Some(at) = record.approximate_creation_date_time() {
        change.insert("ApproximateCreationDateTime".to_owned(), json!(at.secs()));
    }
    change.insert("SequenceNumber".to_owned(), json!(record.sequence_number()));
    change.insert(
        "SizeBytes".to_owned(),
        json!(record.size_bytes().unwrap_or_default()),
    );
    change.insert("StreamViewType".to_owned(), json!("NEW_AND_OLD_IMAGES"));
    Value::Object(change)
}

fn attributes(image: &HashMap<String, AttributeValue>) -> Value {
    image
        .iter()
        .map(|(name, value)| (name.clone(), attribute(value)))
        .collect()
}

fn attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(flag) => json!({ "BOOL": flag }),
        AttributeValue::Null(_) => json!({ "NULL": true }),
        AttributeValue::L(list) => json!({ "L": list.iter().map(attribute).collect::<Vec<_>>() }),
        AttributeValue::M(map) => json!({ "M": attributes(map) }),
        AttributeValue::Ss(texts) => json!({ "SS": texts }),
        AttributeValue::Ns(numbers) => json!({ "NS": numbers }),
        // The table holds no binary; a value of a kind that we do not know has no content for us.
        _ => json!({ "NULL": true }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_like_the_event_that_lambda_would_pass() {
        let record = Record::builder()
            .event_id("1")
            .dynamodb(
                StreamRecord::builder()
                    .keys("pk", AttributeValue::S("OUTBOX#1".into()))
                    .new_image("tries", AttributeValue::N("2".into()))
                    .sequence_number("7")
                    .build(),
            )
            .build();
        let event = event(&[record]);
        let change = &event["Records"][0]["dynamodb"];
        assert_eq!(change["Keys"]["pk"]["S"], "OUTBOX#1");
        assert_eq!(change["NewImage"]["tries"]["N"], "2");
        assert_eq!(change["SequenceNumber"], "7");
    }
}

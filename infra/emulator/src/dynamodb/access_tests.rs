use super::*;
use serde_json::json;

const OURS: &str = "WS#ws_a#META";
const THEIRS: &str = "WS#ws_b#META";

#[test]
fn every_kind_of_call_tells_the_keys_it_touches() {
    let key = json!({"pk": {"S": OURS}, "sk": {"S": "x"}});
    let one = |action| vec![(action, vec![OURS])];
    for (operation, body, expected) in [
        (
            "GetItem",
            json!({"TableName": "koeba", "Key": key}),
            one("GetItem"),
        ),
        (
            "UpdateItem",
            json!({"TableName": "koeba", "Key": key}),
            one("UpdateItem"),
        ),
        (
            "DeleteItem",
            json!({"TableName": "koeba", "Key": key}),
            one("DeleteItem"),
        ),
        (
            "PutItem",
            json!({"TableName": "koeba", "Item": key}),
            one("PutItem"),
        ),
        ("Query", query_of("pk = :p", OURS, None), one("Query")),
        (
            "Query",
            query_of("user_pk = :p", OURS, Some("by_user")),
            one("Query"),
        ),
        (
            "Scan",
            json!({"TableName": "koeba"}),
            vec![("Scan", vec![])],
        ),
    ] {
        assert_eq!(told(operation, &body), expected, "{operation}");
    }
}

#[test]
fn a_batch_or_transaction_tells_every_key_in_it() {
    let key = |pk| json!({"pk": {"S": pk}, "sk": {"S": "x"}});
    let both = vec![OURS, THEIRS];
    let get = json!({"RequestItems": {"koeba": {"Keys": [key(OURS), key(THEIRS)]}}});
    assert_eq!(
        told("BatchGetItem", &get),
        vec![("BatchGetItem", both.clone())]
    );
    let write = json!({"RequestItems": {"koeba": [
        {"PutRequest": {"Item": key(OURS)}}, {"DeleteRequest": {"Key": key(THEIRS)}}]}});
    assert_eq!(
        told("BatchWriteItem", &write),
        vec![("BatchWriteItem", both)]
    );
    let transaction = json!({"TransactItems": [
        {"Put": {"TableName": "koeba", "Item": key(OURS)}},
        {"Update": {"TableName": "koeba", "Key": key(THEIRS)}},
        {"Delete": {"TableName": "koeba", "Key": key(OURS)}},
        {"ConditionCheck": {"TableName": "koeba", "Key": key(THEIRS)}}]});
    assert_eq!(
        told("TransactWriteItems", &transaction),
        vec![
            ("PutItem", vec![OURS]),
            ("UpdateItem", vec![THEIRS]),
            ("DeleteItem", vec![OURS]),
            ("ConditionCheckItem", vec![THEIRS]),
        ]
    );
    let reads = json!({"TransactItems": [{"Get": {"TableName": "koeba", "Key": key(THEIRS)}}]});
    assert_eq!(
        told("TransactGetItems", &reads),
        vec![("GetItem", vec![THEIRS])]
    );
}

#[test]
fn what_cannot_be_told_with_certainty_is_refused() {
    let key = json!({"pk": {"S": OURS}});
    for (operation, body) in [
        ("GetItem", json!({})),
        ("GetItem", json!({"TableName": "koeba"})),
        ("GetItem", json!({"TableName": "other", "Key": key})),
        (
            "GetItem",
            json!({"TableName": "koeba", "Key": {"pk": {"N": "1"}}}),
        ),
        (
            "GetItem",
            json!({"TableName": "koeba", "Key": {"sk": {"S": "x"}}}),
        ),
        ("PutItem", json!({"TableName": "koeba", "Key": key})),
        ("Query", query_of("pk > :p", OURS, None)),
        ("Query", query_of("user_pk = :p", OURS, None)),
        ("Query", query_of("pk = :p", OURS, Some("by_user"))),
        ("Query", query_of("pk = :p", OURS, Some("unknown"))),
        ("BatchGetItem", json!({"RequestItems": {}})),
        (
            "BatchGetItem",
            json!({"RequestItems": {"koeba": {"Keys": [{"sk": {"S": "x"}}]}}}),
        ),
        ("TransactWriteItems", json!({"TransactItems": []})),
        ("TransactWriteItems", json!({"TransactItems": [{}]})),
        (
            "TransactWriteItems",
            json!({"TransactItems": [{"Merge": {}}]}),
        ),
        (
            "ExecuteStatement",
            json!({"Statement": "SELECT * FROM koeba"}),
        ),
        ("BatchExecuteStatement", json!({"Statements": []})),
        ("ExecuteTransaction", json!({"TransactStatements": []})),
        ("NewOperation", json!({})),
    ] {
        assert_eq!(
            accesses(operation, &body, &Koeba),
            Err(NotUnderstood),
            "{operation} {body}"
        );
    }
}

#[test]
fn the_older_query_parameters_cannot_slip_in_a_second_partition() {
    let mut body = query_of("pk = :p", OURS, None);
    body["KeyConditions"] = json!({"pk": {"ComparisonOperator": "EQ"}});
    assert_eq!(accesses("Query", &body, &Koeba), Err(NotUnderstood));
}

struct Koeba;

impl Schemas for Koeba {
    fn schema(&self, table: &str) -> Option<KeySchema> {
        (table == "koeba").then(|| KeySchema {
            partition: "pk".to_owned(),
            indexes: BTreeMap::from([("by_user".to_owned(), "user_pk".to_owned())]),
        })
    }
}

fn told(operation: &str, body: &Value) -> Vec<(&'static str, Vec<&'static str>)> {
    accesses(operation, body, &Koeba)
        .expect("a call that is understood")
        .into_iter()
        .map(|access| {
            let known = |key: &String| if key == OURS { OURS } else { THEIRS };
            (
                access.action,
                access.leading_keys.iter().map(known).collect(),
            )
        })
        .collect()
}

fn query_of(expression: &str, partition: &str, index: Option<&str>) -> Value {
    json!({
        "TableName": "koeba",
        "IndexName": index,
        "KeyConditionExpression": expression,
        "ExpressionAttributeValues": {":p": {"S": partition}},
    })
}

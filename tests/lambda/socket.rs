//! API Gateway between a browser's WebSocket and a function: proxy events, both ways.

use serde_json::{Value, json};

/// The connection that every event is about.
const CONNECTION: &str = "JKJaXmPLvHcESHA=";

/// The handshake of a browser, as API Gateway passes it on.
pub(crate) fn connect(workspace: &str, headers: &[(&str, String)]) -> Value {
    let mut event = event("CONNECT", "$connect");
    for (name, value) in headers {
        event["headers"][*name] = json!(value);
        event["multiValueHeaders"][*name] = json!([value]);
    }
    event["queryStringParameters"] = json!({ "workspace": workspace });
    event["multiValueQueryStringParameters"] = json!({ "workspace": [workspace] });
    event
}

/// What a browser says.
pub(crate) fn message(text: &str) -> Value {
    let mut event = event("MESSAGE", "$default");
    event["requestContext"]["messageId"] = json!("JKJa5fqaNjMCIWw=");
    event["body"] = json!(text);
    event
}

/// A browser has gone.
pub(crate) fn disconnect() -> Value {
    let mut event = event("DISCONNECT", "$disconnect");
    event["requestContext"]["disconnectStatusCode"] = json!(1001);
    event["headers"] = json!({ "Host": "live-origin.voice.example.test", "x-api-key": "" });
    event["multiValueHeaders"] =
        json!({ "Host": ["live-origin.voice.example.test"], "x-api-key": [""] });
    event
}

fn event(event_type: &str, route: &str) -> Value {
    json!({
        "requestContext": {
            "routeKey": route,
            "eventType": event_type,
            "extendedRequestId": "JKJaXHuQtjMFuqQ=",
            "requestTime": "23/Nov/2026:03:56:42 +0000",
            "messageDirection": "IN",
            "stage": "live",
            "connectedAt": 1_795_406_202_000_u64,
            "requestTimeEpoch": 1_795_406_202_000_u64,
            "identity": { "sourceIp": "192.0.2.44" },
            "requestId": "JKJaXHuQtjMFuqQ=",
            "domainName": "live-origin.voice.example.test",
            "connectionId": CONNECTION,
            "apiId": "r3pmxmplak"
        },
        "isBase64Encoded": false
    })
}

//! API Gateway between a browser and a function: payload format 2.0, both ways.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// What a browser sends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) cookies: Vec<String>,
    pub(crate) body: Option<String>,
}

/// What a browser gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// In lower case; a name that is sent twice has both values.
    pub(crate) headers: BTreeMap<String, Vec<String>>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    /// The event that the gateway makes of it. A body comes as it is, or in base64.
    pub(crate) fn event(&self, in_base64: bool) -> Value {
        let headers: Map<String, Value> = self
            .headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .chain([("host".to_owned(), json!("voice.example.test"))])
            .collect();
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": self.path,
            "rawQueryString": self.query,
            "headers": headers,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "r3pmxmplak",
                "domainName": "voice.example.test",
                "domainPrefix": "voice",
                "http": {
                    "method": self.method,
                    "path": self.path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.44",
                    "userAgent": "a browser"
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": "$default",
                "stage": "$default",
                "time": "23/Nov/2026:03:56:42 +0000",
                "timeEpoch": 1_795_406_202_000_u64
            },
            "isBase64Encoded": in_base64
        });
        if !self.cookies.is_empty() {
            event["cookies"] = json!(self.cookies);
        }
        if let Some(body) = &self.body {
            event["body"] = if in_base64 {
                json!(STANDARD.encode(body))
            } else {
                json!(body)
            };
        }
        event
    }
}

impl Reply {
    /// What the gateway makes of a function's answer.
    pub(crate) fn from_answer(answer: &Value) -> Self {
        let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut add = |name: &str, value: &Value| {
            let value = value.as_str().expect("a header is text").to_owned();
            headers
                .entry(name.to_ascii_lowercase())
                .or_default()
                .push(value);
        };
        for (name, value) in answer["headers"].as_object().into_iter().flatten() {
            add(name, value);
        }
        for (name, values) in answer["multiValueHeaders"]
            .as_object()
            .into_iter()
            .flatten()
        {
            for value in values.as_array().into_iter().flatten() {
                add(name, value);
            }
        }
        for cookie in answer["cookies"].as_array().into_iter().flatten() {
            add("set-cookie", cookie);
        }
        let body = answer["body"].as_str().unwrap_or_default();
        let body = if answer["isBase64Encoded"] == json!(true) {
            STANDARD
                .decode(body)
                .expect("what says that it is base64 is")
        } else {
            body.as_bytes().to_vec()
        };
        let status = answer["statusCode"]
            .as_u64()
            .and_then(|status| status.try_into().ok());
        Self {
            status: status.expect("an answer has a status"),
            headers,
            body,
        }
    }

    /// A header that is there once.
    pub(crate) fn header(&self, name: &str) -> &str {
        match self.headers.get(name).map(Vec::as_slice) {
            Some([value]) => value,
            other => panic!("{name} is there as {other:?}"),
        }
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

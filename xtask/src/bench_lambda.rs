//! Cold start, warm latency and size of each function, against a stand-in for the Lambda runtime.
//!
//! "Cold" is from starting the process to its first answer: what the code costs. The cloud adds
//! making a sandbox and fetching the package, which no laptop shows. The functions are asked for
//! something that needs no store, so what is measured is the way in and out.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::package::{self, Package, megabytes};
use crate::runtime_api::RuntimeApi;
use crate::table::Table;

/// How many processes are started for the cold figures.
const COLD_STARTS: usize = 15;
/// How many requests each of them answers afterwards.
const WARM_REQUESTS: usize = 40;
/// How long a function may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Settings that let a function start. Nothing listens where they lead.
const SETTINGS: [(&str, &str); 17] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "koeba"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
    ("AWS_REGION", "ap-northeast-1"),
    ("AWS_ACCESS_KEY_ID", "bench"),
    ("AWS_SECRET_ACCESS_KEY", "bench"),
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
    ("KOEBA_TABLE", "koeba"),
    (
        "KOEBA_TENANT_ROLE_ARN",
        "arn:aws:iam::000000000000:role/tenant",
    ),
    (
        "KOEBA_CURSOR_KEY",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ),
    (
        "KOEBA_ACCOUNT_KEY",
        "AQEDAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ),
    (
        "KOEBA_SIGNING_KEY",
        "HxwdHhsYGRoXFBUWExAREg8MDQ4LCAkKBwQFBgMAAQI=",
    ),
    ("KOEBA_APP_ORIGIN", "https://voice.example.test"),
    ("KOEBA_MEDIA_URL", "wss://media.example.test"),
    ("KOEBA_TOKEN_KEY_ID", "bench"),
];
const MORE_SETTINGS: [(&str, &str); 4] = [
    ("KOEBA_TOKEN_SECRET", "0123456789abcdef0123456789abcdef"),
    ("KOEBA_MAIL_FROM", "no-reply@voice.example.test"),
    ("KOEBA_ARCHIVE_BUCKET", "koeba-archive"),
    ("KOEBA_LIVE_ENDPOINT", "http://127.0.0.1:9/live"),
];

/// Measures every function and prints the table.
pub(crate) fn run() -> Result<(), Failure> {
    let packages = package::build()?;
    let mut table = Table::new(&[
        "function (x86_64)",
        "zip, MB",
        "program, MB",
        "cold start p50, ms",
        "cold start max, ms",
        "warm p50, ms",
        "warm p99, ms",
        "resident, MB",
    ]);
    for package in packages {
        let figures = measure(&package)?;
        table.row([
            package.name,
            megabytes(package.zipped_bytes),
            megabytes(package.bytes),
            milliseconds(quantile(&figures.cold, 50)),
            milliseconds(quantile(&figures.cold, 100)),
            milliseconds(quantile(&figures.warm, 50)),
            milliseconds(quantile(&figures.warm, 99)),
            figures.resident.map_or_else(|| "?".to_owned(), megabytes),
        ]);
    }
    println!("{}", table.render());
    Ok(())
}

struct Figures {
    cold: Vec<Duration>,
    warm: Vec<Duration>,
    resident: Option<u64>,
}

fn measure(package: &Package) -> Result<Figures, Failure> {
    let event = event_for(&package.name);
    let mut figures = Figures {
        cold: Vec::new(),
        warm: Vec::new(),
        resident: None,
    };
    for _ in 0..COLD_STARTS {
        let mut api = RuntimeApi::open()?;
        let begun = Instant::now();
        let function = Function::start(package, api.address())?;
        let mut last = begun;
        for request in 0..=WARM_REQUESTS {
            let answer = api.invoke(&event, PATIENCE)?;
            if let Some(problem) = answer.error {
                return Err(Failure::new(format!("{} answers: {problem}", package.name)));
            }
            match request {
                0 => figures.cold.push(answer.at - last),
                _ => figures.warm.push(answer.at - answer.handed_out),
            }
            last = answer.at;
        }
        figures.resident = figures.resident.max(function.resident());
    }
    figures.cold.sort();
    figures.warm.sort();
    Ok(figures)
}

struct Function(Child);

impl Function {
    fn start(package: &Package, runtime_api: &str) -> Result<Self, Failure> {
        std::process::Command::new(&package.bootstrap)
            .env_clear()
            .envs(SETTINGS)
            .envs(MORE_SETTINGS)
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
            .env("KOEBA_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map(Self)
            .map_err(|error| Failure::because(format!("{} did not start", package.name), error))
    }

    /// Memory in use, in bytes, as Linux tells it.
    fn resident(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
        Some(kilobytes * 1024)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Something that the function answers without its store.
fn event_for(function: &str) -> String {
    if function == "events" {
        return r#"{"Records":[]}"#.to_owned();
    }
    if function == "live" {
        return handshake();
    }
    serde_json::json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/api/me",
        "rawQueryString": "",
        "headers": { "host": "voice.example.test", "accept": "application/json" },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "bench",
            "domainName": "voice.example.test",
            "domainPrefix": "voice",
            "http": {
                "method": "GET",
                "path": "/api/me",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "bench"
            },
            "requestId": "bench",
            "routeKey": "$default",
            "stage": "$default",
            "time": "23/Nov/2026:00:00:00 +0000",
            "timeEpoch": 1_795_392_000_000_u64
        },
        "isBase64Encoded": false
    })
    .to_string()
}

fn quantile(sorted: &[Duration], percent: usize) -> Duration {
    sorted
        .get((sorted.len().saturating_sub(1)) * percent / 100)
        .copied()
        .unwrap_or_default()
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64() * 1e3)
}

/// A browser asks for a WebSocket, without a session.
fn handshake() -> String {
    serde_json::json!({
        "headers": { "Host": "live.voice.example.test", "Origin": "https://voice.example.test" },
        "multiValueHeaders": {
            "Host": ["live.voice.example.test"], "Origin": ["https://voice.example.test"]
        },
        "queryStringParameters": { "workspace": "ws_00000000000000000000000000" },
        "requestContext": {
            "routeKey": "$connect",
            "eventType": "CONNECT",
            "stage": "live",
            "connectedAt": 1_795_392_000_000_u64,
            "requestTimeEpoch": 1_795_392_000_000_u64,
            "identity": { "sourceIp": "192.0.2.1" },
            "requestId": "bench",
            "domainName": "live.voice.example.test",
            "connectionId": "bench=",
            "apiId": "bench"
        },
        "isBase64Encoded": false
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_taken_from_the_measured_values() {
        let values: Vec<Duration> = (1..=101).map(Duration::from_millis).collect();
        assert_eq!(quantile(&values, 50), Duration::from_millis(51));
        assert_eq!(quantile(&values, 99), Duration::from_millis(100));
        assert_eq!(quantile(&values, 100), Duration::from_millis(101));
        assert_eq!(quantile(&[], 50), Duration::ZERO);
    }
}

//! A Lambda Runtime API on loopback, for one function process.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

/// What a function answered to one event.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Its answer.
    Answer(Value),
    /// It could not start, or failed.
    Failure(Value),
}

/// A function as Lambda runs it: a process that asks for events.
pub(crate) struct Function {
    process: Child,
    events: mpsc::Sender<Value>,
    outcomes: mpsc::Receiver<Outcome>,
}

struct Api {
    events: Mutex<mpsc::Receiver<Value>>,
    outcomes: mpsc::Sender<Outcome>,
}

impl Function {
    /// Starts `program` with `environment` and nothing else of this process's own.
    pub(crate) async fn start(program: PathBuf, environment: &[(&str, String)]) -> Self {
        let (events, waiting) = mpsc::channel(1);
        let (tell, outcomes) = mpsc::channel(1);
        let api = Arc::new(Api {
            events: Mutex::new(waiting),
            outcomes: tell,
        });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answer))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed_on))
            .route("/2018-06-01/runtime/init/error", post(failure))
            .with_state(api);
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a listener has an address")
            .to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let process = Command::new(program)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (*name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", address)
            .env("AWS_LAMBDA_FUNCTION_NAME", "koeba")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "koeba")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "koeba")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the function starts");
        Self {
            process,
            events,
            outcomes,
        }
    }

    /// Hands one event to the function and waits for what comes of it.
    pub(crate) async fn invoke(&mut self, event: Value) -> Outcome {
        self.events
            .send(event)
            .await
            .expect("the runtime API is there");
        let outcome = timeout(PATIENCE, self.outcomes.recv()).await;
        outcome
            .expect("the function answers in time")
            .expect("the runtime API is there")
    }

    /// The same, for an event that the function must not fail on.
    pub(crate) async fn answer(&mut self, event: Value) -> Value {
        match self.invoke(event).await {
            Outcome::Answer(answer) => answer,
            Outcome::Failure(failure) => panic!("the function failed: {failure}"),
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // If it has ended already there is nothing to stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn next(State(api): State<Arc<Api>>) -> Response {
    let Some(event) = api.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let headers = [
        (
            "lambda-runtime-aws-request-id",
            "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
        ),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:ap-northeast-1:000000000000:function:koeba",
        ),
    ]
    .map(|(name, value)| (HeaderName::from_static(name), value));
    (headers, axum::Json(event)).into_response()
}

async fn answer(State(api): State<Arc<Api>>, Path(_): Path<String>, body: String) -> StatusCode {
    tell(&api, Outcome::Answer(json(&body))).await
}

async fn failed_on(State(api): State<Arc<Api>>, Path(_): Path<String>, body: String) -> StatusCode {
    tell(&api, Outcome::Failure(json(&body))).await
}

async fn failure(State(api): State<Arc<Api>>, body: String) -> StatusCode {
    tell(&api, Outcome::Failure(json(&body))).await
}

async fn tell(api: &Api, outcome: Outcome) -> StatusCode {
    match api.outcomes.send(outcome).await {
        Ok(()) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::GONE,
    }
}

fn json(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|_| Value::String(body.to_owned()))
}

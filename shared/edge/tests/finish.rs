//! What every router gets from `finish`, whatever its handlers do.

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use bytes::Bytes;
use http::header::{ACCEPT_LANGUAGE, ALLOW, CONTENT_LENGTH, CONTENT_TYPE, ORIGIN};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use koeba_edge::{
    Context, Json, MAX_BODY, Page, PasswordSettings, Problem, Sealed, Secret, Settings, SigningKey,
    TokenKeySettings, finish, json_log, log_filter, merge,
};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use tracing_subscriber::fmt::MakeWriter;

const APP: &str = "https://voice.example.test";
const SECRET: &str = "tulip-4711";

/// Check sheet: WA-01-04.
#[tokio::test]
async fn a_panic_is_a_generic_problem_with_every_header() {
    let answer = ask(Request::get("/panics"), Body::empty()).await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.headers()["x-frame-options"], "DENY");
    assert_eq!(
        answer.headers()[CONTENT_TYPE],
        "application/problem+json; charset=utf-8"
    );
    let body = body(answer).await;
    assert_eq!(body["type"], "/problems/internal");
    assert!(!body.to_string().contains(SECRET));
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_are_problems_too() {
    let unknown = ask(Request::get("/nowhere"), Body::empty()).await;
    assert_eq!(body(unknown).await["type"], "/problems/not-found");
    let wrong = ask(Request::delete("/panics"), Body::empty()).await;
    assert_eq!(wrong.headers()[ALLOW], "GET,HEAD");
    assert_eq!(body(wrong).await["type"], "/problems/method-not-allowed");
}

#[tokio::test]
async fn a_body_is_too_large_by_what_it_says_and_by_what_it_is() {
    let declared = echo().header(CONTENT_LENGTH, MAX_BODY + 1);
    let answer = ask(declared, Body::empty()).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);

    let piece = Bytes::from_static(&[b' '; 1024]);
    let pieces = std::iter::repeat_n(piece, MAX_BODY / 1024 + 1).map(Ok::<_, io::Error>);
    let endless = Body::from_stream(futures_util::stream::iter(pieces));
    let answer = ask(echo(), endless).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(body(answer).await["type"], "/problems/body-too-large");
}

/// Check sheet: WA-06-03.
#[tokio::test]
async fn another_site_changes_nothing_and_may_ask_what_anybody_may() {
    for (origin, status) in [
        (APP, StatusCode::OK),
        (
            "https://voice.example.test.evil.example",
            StatusCode::FORBIDDEN,
        ),
        ("http://voice.example.test", StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
    ] {
        let answer = ask(echo().header(ORIGIN, origin), Body::from("{}")).await;
        assert_eq!(answer.status(), status, "{origin}");
        let read = Request::get("/page?limit=5").header(ORIGIN, origin);
        assert_eq!(ask(read, Body::empty()).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_page_has_one_to_a_hundred_items() {
    for (query, expected) in [
        ("", json!(50)),
        ("?limit=1", json!(1)),
        ("?limit=100", json!(100)),
        ("?limit=0", json!("/problems/query-invalid")),
        ("?limit=101", json!("/problems/query-invalid")),
        ("?limit=-1", json!("/problems/query-invalid")),
        ("?sort=name", json!("/problems/query-invalid")),
        ("?limit=1&limit=2", json!("/problems/query-invalid")),
    ] {
        let answer = body(ask(Request::get(format!("/page{query}")), Body::empty()).await).await;
        let told = answer.get("limit").or_else(|| answer.get("type"));
        assert_eq!(told, Some(&expected), "{query}");
    }
}

#[tokio::test]
async fn routers_put_together_keep_their_rules_and_share_one_not_found() {
    let context = context().await;
    let one = finish(Router::new().route("/one", get(|| async { "1" })), &context);
    let two = finish(Router::new().route("/two", get(|| async { "2" })), &context);
    let both = merge([one, two], &context);
    for (path, status) in [("/one", 200), ("/two", 200), ("/three", 404)] {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let answer = both.clone().oneshot(request).await.expect("infallible");
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
}

/// Check sheet: WA-07-03.
#[tokio::test]
async fn the_log_has_one_line_for_a_request_and_nothing_that_was_sent() {
    let log = Log::default();
    let subscriber = json_log(log_filter(None), log.clone());
    // Were it the only one, a line that another test comes to first would be heard by nobody.
    let _other = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let guard = tracing::subscriber::set_default(subscriber);
    let request = Request::post(format!("/rooms/{SECRET}?token={SECRET}"))
        .header(CONTENT_TYPE, "application/json")
        .header("user-agent", SECRET)
        .header("x-forwarded-for", SECRET)
        .header("cookie", format!("__Host-koeba_session={SECRET}"));
    let answer = ask(request, Body::from(format!(r#"{{"{SECRET}\n":1}}"#))).await;
    drop(guard);

    let text = log.text();
    assert!(!text.contains(SECRET), "{text}");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert_eq!(lines[0]["method"], "POST");
    assert_eq!(lines[0]["route"], "/rooms/{room_id}");
    assert_eq!(lines[0]["status"], 200);
    assert_eq!(
        lines[0]["request_id"],
        answer.headers()["x-request-id"].to_str().expect("text")
    );
}

/// Check sheet: WA-07-01, WA-07-02.
#[tokio::test]
async fn the_request_id_is_ours_whatever_was_sent() {
    let request = Request::get("/nowhere")
        .header("x-request-id", SECRET)
        .header(ACCEPT_LANGUAGE, "ja");
    let answer = ask(request, Body::empty()).await;
    let id = answer.headers()["x-request-id"].clone();
    assert_ne!(id, SECRET);
    let body = body(answer).await;
    assert_eq!(body["request_id"], id.to_str().expect("text"));
    assert_eq!(body["title"], "見つかりません");
}

/// A router whose handlers do what handlers may do wrong.
async fn router() -> Router {
    let router = Router::new()
        .route("/panics", get(panics))
        .route(
            "/echo",
            post(|Json(body): Json<Value>| async { Json(body) }),
        )
        .route("/rooms/{room_id}", post(|Json(_): Json<Value>| async {}))
        .route(
            "/page",
            get(|page: Page| async move { Json(json!({ "limit": page.limit() })) }),
        );
    finish(router, &context().await)
}

async fn panics() -> Result<(), Problem> {
    panic!("{SECRET}")
}

fn echo() -> http::request::Builder {
    Request::post("/echo").header(CONTENT_TYPE, "application/json")
}

async fn ask(request: http::request::Builder, body: Body) -> Response<Body> {
    let request = request.body(body).expect("a request");
    router().await.oneshot(request).await.expect("infallible")
}

async fn body(answer: Response<Body>) -> Value {
    let bytes = answer.into_body().collect().await.expect("a body");
    serde_json::from_slice(&bytes.to_bytes()).expect("JSON")
}

/// A context whose store nobody asks.
async fn context() -> Context {
    let settings = Settings {
        app_origin: APP.to_owned(),
        media_url: "wss://media.example.test".to_owned(),
        table: "koeba".to_owned(),
        tenant_role_arn: "arn:aws:iam::000000000000:role/tenant".to_owned(),
        cursor_key: [7; 32],
        account_key: Sealed::new(&[8; 32]),
        signing_key: SigningKey::from_seed(&[9; 32]),
        token_key: TokenKeySettings {
            id: "key-1".to_owned(),
            secret: Secret::new("0".repeat(32)),
        },
        passwords: PasswordSettings::FLOOR,
    };
    let aws = aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .build();
    Context::new(&aws, settings)
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let written = self.0.lock().expect("nobody panics while writing");
        String::from_utf8(written.clone()).expect("text")
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("nobody panics while writing")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

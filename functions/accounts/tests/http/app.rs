//! The function over a store of its own, and a browser that keeps what it is given.

use axum::Router;
use axum::body::Body;
use http::header::{CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use koeba_domain::Moment;
use koeba_edge::csrf::CSRF_HEADER;
use koeba_edge::{
    Clock, Context, Entropy, PasswordSettings, Secret, Settings, SigningKey, TokenKeySettings,
};
use koeba_emulator::{Emulator, EmulatorConfig, Fault, Role, Storage, TENANT_ROLE_ARN};
use serde_json::{Value, json};
use time::macros::datetime;
use tower::ServiceExt as _;

/// The moment at which every story begins.
pub(crate) const NOW: Moment = datetime!(2026-04-01 09:00 UTC);
pub(crate) const ORIGIN_OF_APP: &str = "http://127.0.0.1:8080";
pub(crate) const PASSWORD: &str = "green tea under the bridge";

/// The function, running over a store that nobody else uses.
pub(crate) struct App {
    pub(crate) context: Context,
    router: Router,
    emulator: Emulator,
}

/// A browser: it may hold a session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    /// `name=value` of the session's cookie; empty when there is none.
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

/// What the function answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl App {
    pub(crate) async fn start() -> Self {
        let config = EmulatorConfig::new(Storage::Memory).expect("the policies are understood");
        let emulator = Emulator::start(config).await.expect("the emulator starts");
        emulator.create_table("koeba").expect("the table is made");
        let context = Context {
            clock: Clock::fixed(NOW),
            entropy: Entropy::seeded(1),
            ..Context::new(&emulator.sdk_config(Role::Accounts), settings())
        };
        let router = koeba_accounts::router(context.clone());
        Self {
            context,
            router,
            emulator,
        }
    }

    /// Asks for an account; answers the sign-up's identifier.
    pub(crate) async fn sign_up(&self, email: &str) -> String {
        let answer = self
            .post(&Browser::default(), "/api/sign-ups", wish(email))
            .await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        answer.body["id"]
            .as_str()
            .expect("an identifier")
            .to_owned()
    }

    /// The token that is owed to an address by mail: the newest.
    pub(crate) async fn mailed_token(&self, email: &str) -> String {
        let event = self.emulator.stream_event("koeba");
        let event = serde_json::to_value(event.expect("the stream can be read")).expect("JSON");
        let records = event["Records"].as_array().expect("records");
        let of_mail = |record: &&Value| record["dynamodb"]["NewImage"]["to"]["S"] == email;
        records
            .iter()
            .rev()
            .find(of_mail)
            .and_then(|record| record["dynamodb"]["NewImage"]["params"]["M"]["token"]["S"].as_str())
            .expect("a mail is owed")
            .to_owned()
    }

    /// Makes the store fail for the calls to come.
    pub(crate) fn break_store(&self) {
        self.emulator.faults().fail_next(50, Fault::InternalError);
    }

    pub(crate) async fn confirm(&self, sign_up: &str, token: &str) -> Answer {
        let path = format!("/api/sign-ups/{sign_up}/confirm");
        self.post(&Browser::default(), &path, json!({ "token": token }))
            .await
    }

    /// Somebody new, signed in.
    pub(crate) async fn person(&self, email: &str) -> Browser {
        let sign_up = self.sign_up(email).await;
        let token = self.mailed_token(email).await;
        let answer = self.confirm(&sign_up, &token).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.browser()
    }

    pub(crate) async fn sign_in(&self, before: &Browser, email: &str, password: &str) -> Answer {
        let credentials = json!({ "email": email, "password": password });
        self.post(before, "/api/sessions", credentials).await
    }

    pub(crate) async fn get(&self, browser: &Browser, path: &str) -> Answer {
        self.send(
            browser
                .request(Method::GET, path)
                .body(Body::empty())
                .expect("a request"),
        )
        .await
    }

    pub(crate) async fn post(&self, browser: &Browser, path: &str, body: Value) -> Answer {
        let request = browser
            .request(Method::POST, path)
            .header(CONTENT_TYPE, "application/json");
        self.send(
            request
                .body(Body::from(body.to_string()))
                .expect("a request"),
        )
        .await
    }

    pub(crate) async fn sign_out(&self, browser: &Browser) -> Answer {
        let request = browser.request(Method::DELETE, "/api/sessions/current");
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    /// A request as it stands.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

impl Browser {
    /// A request as one of the app's own pages sends it.
    pub(crate) fn request(&self, method: Method, path: &str) -> http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(ORIGIN, ORIGIN_OF_APP)
            .header(COOKIE, &self.cookie)
            .header(CSRF_HEADER, &self.csrf)
    }
}

impl Answer {
    /// The problem's machine name; empty for a success.
    pub(crate) fn slug(&self) -> &str {
        let name = self.body["type"].as_str().unwrap_or_default();
        name.strip_prefix("/problems/").unwrap_or(name)
    }

    /// The status and the problem's machine name.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (self.status.as_u16(), self.slug())
    }

    pub(crate) fn set_cookie(&self) -> &str {
        self.headers
            .get(SET_COOKIE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The browser that got this answer.
    pub(crate) fn browser(&self) -> Browser {
        Browser {
            cookie: self
                .set_cookie()
                .split(';')
                .next()
                .unwrap_or_default()
                .to_owned(),
            csrf: self.body["csrf_token"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        }
    }
}

/// What a sign-up asks for.
pub(crate) fn wish(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "display_name": "愛子", "locale": "ja" })
}

fn settings() -> Settings {
    Settings {
        app_origin: ORIGIN_OF_APP.to_owned(),
        media_url: "ws://127.0.0.1:7880".to_owned(),
        table: "koeba".to_owned(),
        tenant_role_arn: TENANT_ROLE_ARN.to_owned(),
        cursor_key: [7; 32],
        signing_key: SigningKey::from_seed(&[9; 32]),
        token_key: TokenKeySettings {
            id: "key-1".to_owned(),
            secret: Secret::new("0".repeat(32)),
        },
        passwords: PasswordSettings::FLOOR,
    }
}

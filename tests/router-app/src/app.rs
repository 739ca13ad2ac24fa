//! The function under test, and how requests reach it.

use axum::Router;
use axum::body::Body;
use http::header::{CONTENT_TYPE, SET_COOKIE};
use http::{Method, Request};
use http_body_util::BodyExt as _;
use koeba_domain::Moment;
use koeba_edge::{
    Clock, Context, Entropy, PROBLEM_JSON, PasswordSettings, Sealed, Secret, Settings, SigningKey,
    TokenKeySettings,
};
use koeba_emulator::{Emulator, EmulatorConfig, Fault, Role, Storage, TENANT_ROLE_ARN};
use koeba_storage::Table;
use serde_json::Value;
use time::macros::datetime;
use tower::ServiceExt as _;

use crate::{Answer, Browser};

/// The moment at which every story begins.
pub const NOW: Moment = datetime!(2026-04-01 09:00 UTC);
/// Where the app's own pages come from.
pub const ORIGIN_OF_APP: &str = "http://localhost:8080";
/// What join tokens and node tokens are signed with.
pub const TOKEN_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A function, running over a store that nobody else uses.
pub struct App {
    /// What its handlers are given.
    pub context: Context,
    /// The store as the whole of Koeba reaches it, for what a story begins with.
    pub fixtures: Table,
    router: Router,
    emulator: Emulator,
}

impl App {
    /// The function that `router` makes, with the rights of `role`.
    pub async fn start(role: Role, router: impl FnOnce(Context) -> Router) -> Self {
        Self::start_among(role, role, router).await
    }

    /// The same, for a function whose rights are too narrow to make people and workspaces with:
    /// these are made with the rights of `makers`.
    pub async fn start_among(
        makers: Role,
        role: Role,
        router: impl FnOnce(Context) -> Router,
    ) -> Self {
        let config = EmulatorConfig::new(Storage::Memory).expect("the policies are understood");
        let emulator = Emulator::start(config).await.expect("the emulator starts");
        emulator.create_table("koeba").expect("the table is made");
        emulator
            .create_bucket("koeba-archive")
            .expect("the bucket is made");
        let context = Context {
            clock: Clock::fixed(NOW),
            entropy: Entropy::seeded(1),
            ..Context::new(&emulator.sdk_config(makers), settings())
        };
        let own = Context::new(&emulator.sdk_config(role), settings());
        let router = router(Context {
            table: own.table,
            ..context.clone()
        });
        let fixtures = Context::new(&emulator.sdk_config(Role::Operator), settings()).table;
        Self {
            context,
            fixtures,
            router,
            emulator,
        }
    }

    /// The names of the calls that `what` makes of the services behind, in order.
    pub async fn calls_of<T>(&self, what: impl Future<Output = T>) -> (T, Vec<String>) {
        let meter = self.emulator.meter();
        meter.begin();
        let outcome = what.await;
        let calls = meter.end().into_iter().map(|call| call.operation);
        (outcome, calls.collect())
    }

    /// The store, and what else of the cloud the function reaches.
    #[must_use]
    pub const fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// Every item of the store, each as one text; mails on their way are left out.
    ///
    /// # Panics
    /// When the store cannot be read.
    #[must_use]
    pub fn dump(&self) -> Vec<String> {
        let tables = ["koeba", "koeba-keys"].into_iter();
        let items = tables.flat_map(|table| self.emulator.dump(table).expect("a table"));
        items.filter(|item| !item.contains("OUTBOX#")).collect()
    }

    /// Makes the store fail for the calls to come.
    pub fn break_store(&self) {
        self.emulator.faults().fail_next(50, Fault::InternalError);
    }

    /// Reads something.
    pub async fn get(&self, browser: &Browser, path: &str) -> Answer {
        self.ask(Some(browser), Method::GET, path, None).await
    }

    /// Sends something new.
    pub async fn post(&self, browser: &Browser, path: &str, body: Value) -> Answer {
        self.ask(Some(browser), Method::POST, path, Some(body))
            .await
    }

    /// Sends what something shall be.
    pub async fn put(&self, browser: &Browser, path: &str, body: Value) -> Answer {
        self.ask(Some(browser), Method::PUT, path, Some(body)).await
    }

    /// Sends what shall be different.
    pub async fn patch(&self, browser: &Browser, path: &str, body: Value) -> Answer {
        self.ask(Some(browser), Method::PATCH, path, Some(body))
            .await
    }

    /// Takes something away.
    pub async fn delete(&self, browser: &Browser, path: &str) -> Answer {
        self.ask(Some(browser), Method::DELETE, path, None).await
    }

    /// A request as one of the app's own pages sends it.
    pub async fn ask(
        &self,
        browser: Option<&Browser>,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let nobody = Browser::default();
        let request = browser.unwrap_or(&nobody).request(method, path);
        let request = match body {
            Some(body) => request
                .header(CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.expect("a request")).await
    }

    /// A request as it stands. Whatever is refused must be a problem document, and every cookie
    /// must be one that only this host, no script and no other site can use.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await;
        let (parts, body) = response.expect("infallible").into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        };
        if answer.status.is_client_error() || answer.status.is_server_error() {
            let content_type = answer.header(CONTENT_TYPE.as_str());
            assert!(content_type.starts_with(PROBLEM_JSON), "{answer:?}");
            assert_eq!(answer.body["status"], answer.status.as_u16(), "{answer:?}");
        }
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            assert!(cookie.starts_with("__Host-"), "{cookie}");
            for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
                let has = cookie.split("; ").any(|part| part == attribute);
                assert!(has, "{attribute} in {cookie}");
            }
        }
        answer
    }
}

fn settings() -> Settings {
    Settings {
        app_origin: ORIGIN_OF_APP.to_owned(),
        media_url: "ws://127.0.0.1:7880".to_owned(),
        table: "koeba".to_owned(),
        tenant_role_arn: TENANT_ROLE_ARN.to_owned(),
        cursor_key: [7; 32],
        account_key: Sealed::new(&[8; 32]),
        signing_key: SigningKey::from_seed(&[9; 32]),
        token_key: TokenKeySettings {
            id: "key-1".to_owned(),
            secret: Secret::new(TOKEN_SECRET.to_owned()),
        },
        passwords: PasswordSettings::FLOOR,
    }
}

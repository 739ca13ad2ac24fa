//! A store with somebody, their workspace and their room in it, and functions beside it.

use aws_credential_types::provider::ProvideCredentials as _;
use koeba_emulator::{Role, TENANT_ROLE_ARN};
use koeba_tests::{Koeba, Visitor, program};
use serde_json::Value;

use crate::gateway::{Call, Reply};
use crate::over_http::Server;
use crate::runtime_api::Function;

/// What differs between two answers to the same question.
const OF_THE_MOMENT: [&str; 4] = [
    "content-length",
    "date",
    "x-request-id",
    "transfer-encoding",
];

pub(crate) struct World {
    pub(crate) koeba: Koeba,
    pub(crate) owner: Visitor,
    pub(crate) workspace: String,
    pub(crate) room: String,
    cookie: String,
    csrf: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        let koeba = Koeba::start().await;
        let owner = Visitor::signed_up(koeba.app(), "Owner").await;
        let workspace = owner.create_workspace("Harbour").await;
        let room = owner.create_room(&workspace, "Lobby").await;
        let me = owner.get("/api/me").await;
        let id = me.body["user"]["id"]
            .as_str()
            .expect("somebody is signed in");
        owner.until_facts_of(&workspace, id).await;
        let (cookie, csrf) = owner.session().expect("the owner is signed in");
        Self {
            koeba,
            owner,
            workspace,
            room,
            cookie,
            csrf,
        }
    }

    pub(crate) async fn stop(self) {
        self.koeba.stop().await;
    }

    /// A request that the owner's browser sends to read something.
    pub(crate) fn reads(&self, path: &str) -> Call {
        Call {
            method: "GET",
            path: path.to_owned(),
            cookies: vec![self.cookie.clone()],
            headers: vec![("accept-language", "ja".to_owned())],
            ..Call::default()
        }
    }

    /// A request that the owner's browser sends to change something.
    pub(crate) fn writes(&self, method: &'static str, path: &str, body: &Value) -> Call {
        let origin = self.koeba.app().to_owned();
        Call {
            method,
            path: path.to_owned(),
            cookies: vec![self.cookie.clone()],
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("origin", origin),
                ("x-csrf-token", self.csrf.clone()),
            ],
            body: Some(body.to_string()),
            ..Call::default()
        }
    }

    /// What the owner's browser sends along when a page asks for a WebSocket.
    pub(crate) fn handshake(&self) -> Vec<(&'static str, String)> {
        let origin = self.koeba.app().to_owned();
        vec![("cookie", self.cookie.clone()), ("origin", origin)]
    }

    /// What the function that runs as `role` is told, so that it works on this world's store.
    pub(crate) async fn environment(&self, role: Role) -> Vec<(&'static str, String)> {
        let config = self.koeba.emulator().sdk_config(role);
        let provider = config
            .credentials_provider()
            .expect("a role has credentials");
        let credentials = provider
            .provide_credentials()
            .await
            .expect("they are at hand");
        let region = config.region().expect("there is a region").to_string();
        vec![
            ("AWS_REGION", region),
            ("AWS_ACCESS_KEY_ID", credentials.access_key_id().to_owned()),
            (
                "AWS_SECRET_ACCESS_KEY",
                credentials.secret_access_key().to_owned(),
            ),
            (
                "AWS_ENDPOINT_URL",
                self.koeba.emulator().endpoint().to_owned(),
            ),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("KOEBA_TABLE", "koeba".to_owned()),
            ("KOEBA_TENANT_ROLE_ARN", TENANT_ROLE_ARN.to_owned()),
            (
                "KOEBA_CURSOR_KEY",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned(),
            ),
            (
                "KOEBA_ACCOUNT_KEY",
                "AQEDAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned(),
            ),
            (
                "KOEBA_SIGNING_KEY",
                "HxwdHhsYGRoXFBUWExAREg8MDQ4LCAkKBwQFBgMAAQI=".to_owned(),
            ),
            ("KOEBA_APP_ORIGIN", self.koeba.app().to_owned()),
            ("KOEBA_MEDIA_URL", self.koeba.media().to_owned()),
            ("KOEBA_TOKEN_KEY_ID", "test".to_owned()),
            (
                "KOEBA_TOKEN_SECRET",
                "0123456789abcdef0123456789abcdef".to_owned(),
            ),
            ("KOEBA_MAIL_FROM", "no-reply@voice.example.test".to_owned()),
            ("KOEBA_ARCHIVE_BUCKET", "koeba-archive".to_owned()),
            (
                "KOEBA_LIVE_ENDPOINT",
                self.koeba.emulator().connections_endpoint(),
            ),
        ]
    }

    /// Asks one program twice, under Lambda and over HTTP, and compares the answers whole.
    pub(crate) async fn same_answers(&self, name: &str, role: Role, calls: &[Call]) {
        let environment = self.environment(role).await;
        let mut lambda = Function::start(program(name), &environment).await;
        let http = Server::start(program(name), &environment).await;
        for call in calls {
            let expected = comparable(http.send(call).await);
            for in_base64 in [false, true] {
                let answer = lambda.answer(call.event(in_base64)).await;
                let got = comparable(Reply::from_answer(&answer));
                assert_eq!(
                    got, expected,
                    "{} {} (base64: {in_base64})",
                    call.method, call.path
                );
            }
            assert_ne!(expected.status, 500, "{} {}", call.method, call.path);
            assert_eq!(expected.header("x-content-type-options"), "nosniff");
        }
    }
}

/// Without what is different every time.
fn comparable(mut reply: Reply) -> Reply {
    reply
        .headers
        .retain(|name, _| !OF_THE_MOMENT.contains(&name.as_str()));
    let mut body = reply.json();
    if let Some(problem) = body.as_object_mut()
        && problem.remove("request_id").is_some()
    {
        reply.body = body.to_string().into_bytes();
    }
    reply
}

//! The function over a store of its own, and how people come to have accounts in it.

use std::ops::Deref;

use http::StatusCode;
use koeba_router_app::EmulatedRole;
pub(crate) use koeba_router_app::{Answer, Browser, Log, ORIGIN_OF_APP, Person};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "green tea under the bridge";

/// The function, running over a store that nobody else uses.
pub(crate) struct App(pub(crate) koeba_router_app::App);

impl App {
    pub(crate) async fn start() -> Self {
        Self(koeba_router_app::App::start(EmulatedRole::Accounts, koeba_accounts::router).await)
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

    pub(crate) async fn confirm(&self, sign_up: &str, token: &str) -> Answer {
        let path = format!("/api/sign-ups/{sign_up}/confirm");
        self.post(&Browser::default(), &path, json!({ "token": token }))
            .await
    }

    /// Somebody new, signed in.
    pub(crate) async fn person(&self, email: &str) -> Browser {
        let sign_up = self.sign_up(email).await;
        let token = self.mailed_token(email);
        let answer = self.confirm(&sign_up, &token).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.browser()
    }

    /// Whose session a browser holds, for what is not done over HTTP.
    pub(crate) async fn known(&self, browser: &Browser) -> Person {
        let me = self.get(browser, "/api/me").await;
        let id = me.body["user"]["id"].as_str().expect("signed in");
        let directory = self.context.table.directory();
        let user = directory.user(id.parse().expect("an identifier")).await;
        Person {
            user: user.expect("the store answers").expect("an account"),
            browser: browser.clone(),
        }
    }

    pub(crate) async fn sign_in(&self, before: &Browser, email: &str, password: &str) -> Answer {
        let credentials = json!({ "email": email, "password": password });
        self.post(before, "/api/sessions", credentials).await
    }

    pub(crate) async fn sign_out(&self, browser: &Browser) -> Answer {
        self.delete(browser, "/api/sessions/current").await
    }
}

impl Deref for App {
    type Target = koeba_router_app::App;

    fn deref(&self) -> &koeba_router_app::App {
        &self.0
    }
}

/// What a sign-up asks for.
pub(crate) fn wish(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "display_name": "愛子", "locale": "ja" })
}

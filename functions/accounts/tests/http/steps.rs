//! How people set second steps up, and take them.

use koeba_domain::{Role, Workspace, WorkspaceName};
use koeba_edge::Context;
use koeba_router_app::{EmulatedRole, Person};
use serde_json::{Value, json};

use crate::app::{Answer, App, Browser, PASSWORD};
use crate::authenticator::Authenticator;

pub(crate) const AIKO: &str = "aiko@example.test";
const STEPS: &str = "/api/me/second-steps";
const SECOND_STEP: &str = "/api/sessions/current/second-step";

impl App {
    /// A browser that has given the password, and nothing else.
    pub(crate) async fn password_given(&self, email: &str) -> Browser {
        let answer = self.sign_in(&Browser::default(), email, PASSWORD).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.browser()
    }

    pub(crate) async fn stage(&self, browser: &Browser) -> String {
        let me = self.get(browser, "/api/me").await;
        me.body["session"]["stage"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Makes tokens by mail a second step.
    pub(crate) async fn set_email_token_up(&self, browser: &Browser, email: &str) -> Answer {
        let path = format!("{STEPS}/email-token");
        let asked = self.post(browser, &path, json!({})).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        let code = self.mailed_token(email);
        self.put(browser, &path, json!({ "code": code })).await
    }

    /// Somebody new with tokens by mail as their second step.
    pub(crate) async fn with_email_token(&self, email: &str) -> Browser {
        let browser = self.person(email).await;
        let answer = self.set_email_token_up(&browser, email).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.browser()
    }

    /// Has a token mailed for the second step.
    pub(crate) async fn token_for(&self, browser: &Browser, email: &str) -> String {
        let path = format!("{SECOND_STEP}/email-token");
        let asked = self.post(browser, &path, json!({})).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        self.mailed_token(email)
    }

    /// Takes the second step with a code.
    pub(crate) async fn show(&self, browser: &Browser, method: &str, code: &str) -> Answer {
        let shown = json!({ "method": method, "code": code });
        self.post(browser, SECOND_STEP, shown).await
    }

    /// Makes an authenticator app a second step: the URI that it was told, and the answer.
    pub(crate) async fn set_totp_up(&self, browser: &Browser) -> (String, Answer) {
        let path = format!("{STEPS}/totp");
        let told = self.post(browser, &path, json!({})).await;
        assert_eq!(told.status, 200, "{told:?}");
        let uri = told.body["uri"].as_str().expect("a URI").to_owned();
        let code = json!({ "code": self.code_of(&uri, 0) });
        (uri, self.put(browser, &path, code).await)
    }

    /// What an app that was told `uri` shows `seconds` from now.
    pub(crate) fn code_of(&self, uri: &str, seconds: i64) -> String {
        let at = self.context.clock.now().unix_timestamp() + seconds;
        let app = totp_rs::Totp::from_url(uri).expect("an app understands it");
        app.generate(u64::try_from(at).expect("after 1970"))
            .to_string()
    }

    /// Makes a passkey a second step.
    pub(crate) async fn set_passkey_up(
        &self,
        browser: &Browser,
        device: &mut Authenticator,
    ) -> Answer {
        let options = self.registration_of(browser).await;
        self.register(browser, device.create(&options)).await
    }

    /// What a browser is told to make a passkey.
    pub(crate) async fn registration_of(&self, browser: &Browser) -> Value {
        let path = format!("{STEPS}/passkeys/challenge");
        let asked = self.post(browser, &path, json!({})).await;
        assert_eq!(asked.status, 200, "{asked:?}");
        asked.body["public_key"].clone()
    }

    pub(crate) async fn register(&self, browser: &Browser, credential: Value) -> Answer {
        let new = json!({ "name": "MacBook", "credential": credential });
        self.post(browser, &format!("{STEPS}/passkeys"), new).await
    }

    /// What a passkey is asked as the second step.
    pub(crate) async fn challenge_for(&self, browser: &Browser) -> Value {
        let path = format!("{SECOND_STEP}/passkey-challenge");
        let asked = self.post(browser, &path, json!({})).await;
        assert_eq!(asked.status, 200, "{asked:?}");
        asked.body["public_key"].clone()
    }

    /// Takes the second step with what a passkey answered.
    pub(crate) async fn show_passkey(&self, browser: &Browser, credential: Value) -> Answer {
        let shown = json!({ "method": "passkey", "credential": credential });
        self.post(browser, SECOND_STEP, shown).await
    }

    /// Gives the person behind `browser` a workspace of their own.
    pub(crate) async fn found_workspace(&self, browser: &Browser) {
        let me = self.get(browser, "/api/me").await.body;
        let id = me["user"]["id"].as_str().expect("an identifier");
        let directory = self.context.table.directory();
        let user = directory
            .user(id.parse().expect("an identifier"))
            .await
            .expect("the store answers")
            .expect("an account");
        let owner = Person {
            user,
            browser: browser.clone(),
        };
        let config = self.emulator().sdk_config(EmulatedRole::Workspaces);
        let context = Context::new(&config, (*self.context.settings).clone());
        let workspace = Workspace {
            id: self.context.entropy.id(),
            name: WorkspaceName::new("Harbour").expect("a line"),
            created_at: self.context.clock.now(),
        };
        context
            .table
            .directory()
            .create_workspace(&workspace, &owner.as_member(Role::Owner))
            .await
            .expect("created");
    }
}

//! Somebody who uses the API as a browser would: a cookie, an origin, a CSRF token.

use std::time::Duration;

use reqwest::header::{COOKIE, HeaderValue, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::finding::Words;
use crate::live::{Page, Untold};
use crate::options::Account;

/// How long the API may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// A signed-in account.
pub(crate) struct Visitor {
    app: String,
    client: Client,
    cookie: HeaderValue,
    csrf: String,
}

/// A room, as the list of rooms has it.
pub(crate) struct Room {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) is_empty: bool,
}

impl Visitor {
    /// Signs in.
    ///
    /// # Errors
    /// What to do about it.
    pub(crate) async fn sign_in(app: &Url, account: &Account) -> Result<Self, Words> {
        let app = app.origin().ascii_serialization();
        let client = Client::builder()
            .timeout(PATIENCE)
            .build()
            .expect("a client without files or proxies can be built");
        let body = json!({ "email": account.email, "password": account.password.reveal() });
        let answer = client
            .post(format!("{app}/api/sessions"))
            .header(ORIGIN, &app)
            .json(&body)
            .send()
            .await
            .map_err(|_| unreachable(&app))?;
        let status = answer.status();
        let cookie = answer.headers().get(SET_COOKIE).cloned();
        let body: Value = answer.json().await.unwrap_or(Value::Null);
        if !status.is_success() {
            return Err(refused(&account.email, status));
        }
        let stage = body["session"]["stage"].as_str().unwrap_or_default();
        if matches!(stage, "second_step_due" | "set_up_due") {
            return Err(second_step(&account.email));
        }
        let pair = cookie.and_then(|cookie| {
            let pair = cookie.to_str().ok()?.split(';').next()?.to_owned();
            HeaderValue::try_from(pair).ok()
        });
        match (pair, body["csrf_token"].as_str()) {
            (Some(mut cookie), Some(csrf)) => {
                cookie.set_sensitive(true);
                let csrf = csrf.to_owned();
                Ok(Self {
                    app,
                    client,
                    cookie,
                    csrf,
                })
            }
            _ => Err(Words::new(
                format!("{app} はKoebaではないようです"),
                format!("{app} does not seem to be a Koeba"),
            )),
        }
    }

    /// Signs out again, so that no session is left behind.
    pub(crate) async fn sign_out(self) {
        // A session that cannot be ended now ends by itself.
        let _ = self.ask(Method::DELETE, "/api/sessions/current").await;
    }

    /// A page of this account that is told of a workspace's changes.
    pub(crate) async fn page(&self, workspace: &str) -> Result<Page, Untold> {
        Page::open(&self.app, workspace, &self.cookie).await
    }

    /// The workspaces that this account belongs to.
    pub(crate) async fn workspaces(&self) -> Vec<String> {
        let (_, body) = self.ask(Method::GET, "/api/workspaces").await;
        let items = body["items"].as_array().cloned().unwrap_or_default();
        let ids = items.iter().filter_map(|item| item["id"].as_str());
        ids.map(str::to_owned).collect()
    }

    /// The rooms of a workspace: the first page of them.
    pub(crate) async fn rooms(&self, workspace: &str) -> Vec<Room> {
        let path = format!("/api/workspaces/{workspace}/rooms");
        let (_, body) = self.ask(Method::GET, &path).await;
        let items = body["items"].as_array().cloned().unwrap_or_default();
        let text =
            |item: &Value, member: &str| item[member].as_str().unwrap_or_default().to_owned();
        items
            .iter()
            .map(|item| Room {
                id: text(item, "id"),
                name: text(item, "name"),
                is_empty: item["occupants"].as_array().is_none_or(Vec::is_empty),
            })
            .collect()
    }

    /// What reading the rooms of a workspace is answered; 0 if nobody answers.
    pub(crate) async fn status_of(&self, workspace: &str) -> u16 {
        let path = format!("/api/workspaces/{workspace}/rooms");
        self.ask(Method::GET, &path).await.0
    }

    /// Where the media node is, and a token for a room.
    pub(crate) async fn join(&self, workspace: &str, room: &str) -> Option<(String, String)> {
        let path = format!("/api/workspaces/{workspace}/rooms/{room}/join");
        let (_, body) = self.ask(Method::POST, &path).await;
        let text = |member: &str| body[member].as_str().map(str::to_owned);
        text("url").zip(text("token"))
    }

    async fn ask(&self, method: Method, path: &str) -> (u16, Value) {
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.app))
            .header(COOKIE, self.cookie.clone());
        if method != Method::GET {
            request = request
                .header(ORIGIN, &self.app)
                .header("x-csrf-token", &self.csrf)
                .json(&json!({}));
        }
        let Ok(answer) = request.send().await else {
            return (0, Value::Null);
        };
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }
}

fn unreachable(app: &str) -> Words {
    Words::new(
        format!(
            "{app} が応答しません。アドレスとDNSを確認してください。infra/runbooks/api-fails.md"
        ),
        format!("Nobody answers at {app}. See the address and DNS: infra/runbooks/api-fails.md"),
    )
}

fn refused(email: &str, status: StatusCode) -> Words {
    match status {
        StatusCode::UNAUTHORIZED => Words::new(
            format!("{email} のメールアドレスかパスワードが違います"),
            format!("The address or the password of {email} is wrong"),
        ),
        StatusCode::TOO_MANY_REQUESTS => Words::new(
            format!("{email} のサインインは一時的に制限されています。数分後にもう一度"),
            format!("Signing in as {email} is held back for now. Try again in some minutes"),
        ),
        status => Words::new(
            format!(
                "{email} のサインインに{status}が返りました。infra/runbooks/people-cannot-sign-in.md"
            ),
            format!(
                "Signing in as {email} was answered {status}: infra/runbooks/people-cannot-sign-in.md"
            ),
        ),
    }
}

fn second_step(email: &str) -> Words {
    Words::new(
        format!(
            "{email} には2段階認証が必要です。管理者でなく、2段階認証を求めないワークスペースのメンバーのアカウントか、入室トークンを使ってください"
        ),
        format!(
            "{email} needs a second step. Use an account that manages nothing, in a workspace that demands none, or join tokens"
        ),
    )
}

//! Somebody who uses the API as a browser would: a cookie, an origin, a CSRF token.

use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::Koeba;

/// The password of every visitor.
const PASSWORD: &str = "a long way to the harbour";
/// How long a mail may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; null if it is none.
    pub body: Value,
    /// The body as text.
    pub content: String,
}

impl Answer {
    /// The machine's name of the problem, if it is one.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.body["type"].as_str()?.strip_prefix("/problems/")
    }

    /// The text of a member of the body.
    ///
    /// # Panics
    /// When there is no such text.
    #[must_use]
    pub fn text(&self, member: &str) -> String {
        let text = self.body[member].as_str();
        text.unwrap_or_else(|| panic!("no {member} in {self:?}"))
            .to_owned()
    }
}

/// A request, as a page of the app would send it until told otherwise.
#[derive(Clone, Debug)]
pub struct Request {
    method: Method,
    path: String,
    body: Option<Value>,
    origin: Option<String>,
    csrf: Option<String>,
}

impl Request {
    /// With JSON as its body.
    #[must_use]
    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// As if another site, or none at all, had made the browser send it.
    #[must_use]
    pub fn from_origin(mut self, origin: Option<&str>) -> Self {
        self.origin = origin.map(str::to_owned);
        self
    }

    /// With another CSRF token, or none.
    #[must_use]
    pub fn with_csrf(mut self, token: Option<&str>) -> Self {
        self.csrf = token.map(str::to_owned);
        self
    }
}

/// Somebody at a browser, signed in or not.
#[derive(Clone, Debug)]
pub struct Visitor {
    app: String,
    client: Client,
    cookie: Option<String>,
    csrf: Option<String>,
    /// Their address, once they have an account.
    pub email: String,
}

impl Visitor {
    /// Somebody who has just opened the page.
    ///
    /// # Panics
    /// When no HTTP client can be made.
    #[must_use]
    pub fn of(koeba: &Koeba) -> Self {
        Self::at(koeba.app())
    }

    /// Somebody who has just opened the page at an address.
    ///
    /// # Panics
    /// When no HTTP client can be made.
    #[must_use]
    pub fn at(app: &str) -> Self {
        let client = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build();
        Self {
            app: app.to_owned(),
            client: client.expect("an HTTP client can be made"),
            cookie: None,
            csrf: None,
            email: String::new(),
        }
    }

    /// Somebody with an account of that name, signed in.
    pub async fn signed_up(app: &str, name: &str) -> Self {
        let mut visitor = Self::at(app);
        visitor.sign_up(name).await;
        visitor
    }

    /// Their session's cookie and CSRF token, if they are signed in.
    #[must_use]
    pub fn session(&self) -> Option<(String, String)> {
        self.cookie.clone().zip(self.csrf.clone())
    }

    /// The same person with the same cookies, after Koeba has moved to another address.
    #[must_use]
    pub fn moved_to(&self, app: &str) -> Self {
        Self {
            app: app.to_owned(),
            ..self.clone()
        }
    }

    /// A request to the API, as one of the app's pages would send it.
    #[must_use]
    pub fn request(&self, method: &str, path: &str) -> Request {
        Request {
            method: method.parse().expect("a method is a word"),
            path: path.to_owned(),
            body: None,
            origin: (method != "GET").then(|| self.app.clone()),
            csrf: self.csrf.clone().filter(|_| method != "GET"),
        }
    }

    /// Sends a request with this visitor's cookie.
    ///
    /// # Panics
    /// When nothing answers.
    pub async fn send(&self, request: Request) -> Answer {
        let mut builder = self
            .client
            .request(request.method, format!("{}{}", self.app, request.path));
        if let Some(cookie) = &self.cookie {
            builder = builder.header("cookie", cookie);
        }
        if let Some(origin) = request.origin {
            builder = builder.header(ORIGIN, origin);
        }
        if let Some(token) = request.csrf {
            builder = builder.header(
                HeaderName::from_static("x-csrf-token"),
                HeaderValue::try_from(token).expect("a token is a header"),
            );
        }
        if let Some(body) = request.body {
            builder = builder.json(&body);
        }
        let response = builder.send().await.expect("Koeba answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("Koeba answers in full");
        Answer {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            content: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Reads something.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request("POST", path).json(body)).await
    }

    /// Signs up with the token from the mail; afterwards this visitor is signed in.
    ///
    /// # Panics
    /// When any step is refused.
    pub async fn sign_up(&mut self, name: &str) {
        self.email = format!("{}@example.test", name.to_lowercase().replace(' ', "."));
        let body = json!({
            "email": self.email, "password": PASSWORD, "display_name": name, "locale": "en",
        });
        let sign_up = self.post("/api/sign-ups", body).await;
        assert_eq!(sign_up.status, 202, "{sign_up:?}");
        let token = self.mailed(eight_digits).await;
        let path = format!("/api/sign-ups/{}/confirm", sign_up.text("id"));
        let confirmed = self.post(&path, json!({ "token": token })).await;
        assert_eq!(confirmed.status, 201, "{confirmed:?}");
        self.keep(&confirmed);
    }

    /// Signs in again; the session before it is forgotten.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn sign_in(&mut self) {
        (self.cookie, self.csrf) = (None, None);
        let body = json!({ "email": self.email, "password": PASSWORD });
        let answer = self.post("/api/sessions", body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        self.keep(&answer);
        match answer.body["session"]["stage"].as_str() {
            Some("second_step_due") => self.take_second_step().await,
            Some("set_up_due") => self.set_second_step_up().await,
            _ => {}
        }
    }

    /// Takes the second step with a token from the mail.
    ///
    /// # Panics
    /// When any step is refused.
    pub async fn take_second_step(&mut self) {
        let before = self.tokens().await.len();
        let path = "/api/sessions/current/second-step";
        let asked = self.post(&format!("{path}/email-token"), json!({})).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        let code = self.token_after(before).await;
        let body = json!({ "method": "email_token", "code": code });
        let taken = self.post(path, body).await;
        assert_eq!(taken.status, 201, "{taken:?}");
        self.keep(&taken);
    }

    /// Makes tokens by mail the second step, with one from the mail.
    ///
    /// # Panics
    /// When any step is refused.
    pub async fn set_second_step_up(&mut self) {
        let before = self.tokens().await.len();
        let path = "/api/me/second-steps/email-token";
        let asked = self.post(path, json!({})).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        let code = self.token_after(before).await;
        let set_up = self
            .send(self.request("PUT", path).json(json!({ "code": code })))
            .await;
        assert_eq!(set_up.status, 200, "{set_up:?}");
        self.keep(&set_up);
    }

    /// Keeps the session that an answer hands over, if it does.
    pub fn keep_if_given(&mut self, answer: &Answer) {
        if answer.status < 300
            && answer.headers.contains_key(SET_COOKIE)
            && answer.body["csrf_token"].is_string()
        {
            self.keep(answer);
        }
    }

    /// Makes a workspace; answers its identifier.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn create_workspace(&self, name: &str) -> String {
        let answer = self.post("/api/workspaces", json!({ "name": name })).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text("id")
    }

    /// Makes a room; answers its identifier.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn create_room(&self, workspace: &str, name: &str) -> String {
        let path = format!("/api/workspaces/{workspace}/rooms");
        let answer = self.post(&path, json!({ "name": name })).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text("id")
    }

    /// Invites an address; answers the invitation's identifier.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn invite(&self, workspace: &str, email: &str, role: &str) -> String {
        let path = format!("/api/workspaces/{workspace}/invitations");
        let answer = self
            .post(&path, json!({ "email": email, "role": role }))
            .await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text("id")
    }

    /// Follows the newest invitation in this visitor's mail, and accepts.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn accept_invitation(&self) {
        let accepted = self
            .until(async || {
                let token = self.invitation_token().await;
                let body = json!({ "token": token });
                let answer = self.post("/api/invitations/accept", body).await;
                // The newest mail may still be on its way, and the one before was used.
                match answer.status {
                    200 => Some(token),
                    410 => None,
                    _ => panic!("{answer:?}"),
                }
            })
            .await;
        assert!(!accepted.is_empty());
    }

    /// Waits for an invitation after the first `before` ones, and accepts it.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn accept_invitation_after(&self, before: usize) {
        let come = async || (self.invitations_mailed().await > before).then(String::new);
        self.until(come).await;
        self.accept_invitation().await;
    }

    /// How many invitations were mailed to this visitor.
    pub async fn invitations_mailed(&self) -> usize {
        let mails = self.mails().await;
        mails
            .iter()
            .filter(|text| text.contains("/invite#"))
            .count()
    }

    /// The token in the link of the newest invitation that was mailed to this visitor.
    pub async fn invitation_token(&self) -> String {
        self.mailed(|text| {
            let (_, rest) = text.split_once("/invite#")?;
            rest.split_whitespace().next().map(str::to_owned)
        })
        .await
    }

    /// What `find` finds in the newest mail to this visitor in which it finds something.
    async fn mailed(&self, find: impl Fn(&str) -> Option<String>) -> String {
        self.until(async || self.mails().await.iter().find_map(|text| find(text)))
            .await
    }

    /// The newest token, once there are more than so many.
    async fn token_after(&self, before: usize) -> String {
        self.until(async || {
            let tokens = self.tokens().await;
            (tokens.len() > before).then(|| tokens[0].clone())
        })
        .await
    }

    /// Every token that was mailed to this visitor, the newest first.
    async fn tokens(&self) -> Vec<String> {
        let mails = self.mails().await;
        mails.iter().filter_map(|text| eight_digits(text)).collect()
    }

    /// Every mail to this visitor, the newest first.
    async fn mails(&self) -> Vec<String> {
        let inbox = self.get("/_local/mail.json").await.body;
        let mails = inbox.as_array().expect("the inbox is a list");
        let mine = mails.iter().filter(|mail| {
            let to = mail["to"].as_array();
            to.is_some_and(|to| to.contains(&json!(self.email)))
        });
        mine.map(|mail| mail["text"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Waits until the stream has brought a person's facts to their place in a workspace.
    ///
    /// # Panics
    /// When they do not come.
    pub async fn until_facts_of(&self, workspace: &str, user: &str) {
        let path = format!("/api/workspaces/{workspace}/members/{user}");
        self.until(async || {
            let member = self.get(&path).await.body;
            let come = ["last_sign_in_at", "password_changed_at"]
                .iter()
                .all(|fact| member[fact].is_string());
            come.then(String::new)
        })
        .await;
    }

    async fn until(&self, look: impl AsyncFn() -> Option<String>) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look().await {
                return found;
            }
            assert!(
                Instant::now() < deadline,
                "what {} waits for did not come",
                self.email
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn keep(&mut self, answer: &Answer) {
        let cookie = answer
            .headers
            .get(SET_COOKIE)
            .expect("a session is a cookie");
        let cookie = cookie.to_str().expect("a cookie is text");
        self.cookie = cookie.split(';').next().map(str::to_owned);
        self.csrf = Some(answer.text("csrf_token"));
    }
}

fn eight_digits(text: &str) -> Option<String> {
    text.split(|letter: char| !letter.is_ascii_digit())
        .find(|digits| digits.len() == 8)
        .map(str::to_owned)
}

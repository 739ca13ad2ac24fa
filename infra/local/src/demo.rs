//! Fills in the workspace `demo`, as people would: through the HTTP API, mail included.

use std::sync::{Mutex, PoisonError};

use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

/// The password of the three demo accounts. They exist on a local runner only.
pub const DEMO_PASSWORD: &str = "koe ga todoku basho";

/// The three people of the demo: name, address, role.
pub const DEMO_PEOPLE: [(&str, &str, &str); 3] = [
    ("青木 遥", "haruka@demo.test", "owner"),
    ("Ken Mori", "ken@demo.test", "member"),
    ("Mia Sato", "mia@demo.test", "member"),
];

const ROOMS: [&str; 2] = ["lobby", "focus"];
const MAIL_DEADLINE: Duration = Duration::from_secs(20);

/// What could not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    #[error("{step} was answered {status}: {body}")]
    Refused {
        step: &'static str,
        status: StatusCode,
        body: String,
    },
    #[error("no mail came for {0}")]
    NoMail(&'static str),
}

/// Makes sure that the demo workspace, its people and its rooms exist; run again, it adds what is
/// missing and changes nothing else.
pub(crate) async fn seed(app: &str) -> Result<(), DemoError> {
    let mut people = Vec::new();
    for (name, email, role) in DEMO_PEOPLE {
        people.push((Person::enter(app, name, email).await?, role));
    }
    let (owner, others) = people.split_first().expect("the demo has an owner");
    let owner = &owner.0;
    let workspace = owner.workspace().await?;
    for (person, role) in others {
        if !person.belongs_to(&workspace).await? {
            owner.invite(person, role, &workspace).await?;
        }
    }
    owner.make_rooms(&workspace).await
}

/// A signed-in demo person.
struct Person {
    app: String,
    email: &'static str,
    client: Client,
    /// The session's cookie. A cookie jar would not send it: it is for secure transports, and this
    /// is loopback.
    cookie: Mutex<String>,
    csrf: String,
}

impl Person {
    /// Signs in; signs up first when there is no such account.
    async fn enter(app: &str, name: &str, email: &'static str) -> Result<Self, DemoError> {
        let client = Client::builder().build()?;
        let mut person = Self {
            app: app.to_owned(),
            email,
            client,
            cookie: Mutex::default(),
            csrf: String::new(),
        };
        let credentials = json!({ "email": email, "password": DEMO_PASSWORD });
        let (mut status, mut body) = person
            .ask(Method::POST, "/api/sessions", credentials)
            .await?;
        if status == StatusCode::UNAUTHORIZED {
            let wish = json!({
                "email": email, "password": DEMO_PASSWORD, "display_name": name, "locale": "ja",
            });
            let sign_up = person
                .must("sign-up", Method::POST, "/api/sign-ups", wish)
                .await?;
            let path = format!("/api/sign-ups/{}/confirm", text(&sign_up["id"]));
            let token = person.mailed(eight_digits).await?;
            (status, body) = person
                .ask(Method::POST, &path, json!({ "token": token }))
                .await?;
        }
        if !status.is_success() {
            return Err(DemoError::Refused {
                step: "sign-in",
                status,
                body: body.to_string(),
            });
        }
        person.csrf = text(&body["csrf_token"]);
        Ok(person)
    }

    /// The identifier of the demo workspace, made if it is not there.
    async fn workspace(&self) -> Result<String, DemoError> {
        if let Some(id) = self.find("/api/workspaces", "demo").await? {
            return Ok(id);
        }
        let wish = json!({ "name": "demo" });
        let made = self
            .must("workspace", Method::POST, "/api/workspaces", wish)
            .await?;
        Ok(text(&made["id"]))
    }

    async fn belongs_to(&self, workspace: &str) -> Result<bool, DemoError> {
        let path = format!("/api/workspaces/{workspace}");
        Ok(self
            .ask(Method::GET, &path, Value::Null)
            .await?
            .0
            .is_success())
    }

    async fn invite(&self, whom: &Self, role: &str, workspace: &str) -> Result<(), DemoError> {
        let path = format!("/api/workspaces/{workspace}/invitations");
        let wish = json!({ "email": whom.email, "role": role });
        self.must("invitation", Method::POST, &path, wish).await?;
        let token = whom.mailed(invitation_token).await?;
        let answer = json!({ "token": token });
        whom.must(
            "acceptance",
            Method::POST,
            "/api/invitations/accept",
            answer,
        )
        .await?;
        Ok(())
    }

    async fn make_rooms(&self, workspace: &str) -> Result<(), DemoError> {
        let path = format!("/api/workspaces/{workspace}/rooms");
        for room in ROOMS {
            if self.find(&path, room).await?.is_none() {
                self.must("room", Method::POST, &path, json!({ "name": room }))
                    .await?;
            }
        }
        Ok(())
    }

    /// The identifier of the item called `name` in a list.
    async fn find(&self, path: &str, name: &str) -> Result<Option<String>, DemoError> {
        let list = self.must("list", Method::GET, path, Value::Null).await?;
        let items = list["items"].as_array().cloned().unwrap_or_default();
        Ok(items
            .iter()
            .find(|item| item["name"] == name)
            .map(|item| text(&item["id"])))
    }

    /// What `pick` finds in the newest mail to this person, once it has come.
    async fn mailed(&self, pick: fn(&str) -> Option<String>) -> Result<String, DemoError> {
        let deadline = Instant::now() + MAIL_DEADLINE;
        while Instant::now() < deadline {
            let mails = self
                .must("mail", Method::GET, "/_local/mail.json", Value::Null)
                .await?;
            let mails = mails.as_array().cloned().unwrap_or_default();
            let mine = |mail: &&Value| mail["to"].to_string().contains(self.email);
            if let Some(found) = mails
                .iter()
                .filter(mine)
                .find_map(|mail| pick(mail["text"].as_str()?))
            {
                return Ok(found);
            }
            sleep(Duration::from_millis(20)).await;
        }
        Err(DemoError::NoMail(self.email))
    }

    fn cookie(&self) -> String {
        self.cookie
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn must(
        &self,
        step: &'static str,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<Value, DemoError> {
        let (status, body) = self.ask(method, path, body).await?;
        if status.is_success() {
            Ok(body)
        } else {
            Err(DemoError::Refused {
                step,
                status,
                body: body.to_string(),
            })
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<(StatusCode, Value), DemoError> {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.app))
            .header("origin", &self.app)
            .header("x-csrf-token", &self.csrf)
            .header(COOKIE, self.cookie());
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        if let Some(cookie) = answer
            .headers()
            .get(SET_COOKIE)
            .and_then(|set| set.to_str().ok())
        {
            let pair = cookie.split(';').next().unwrap_or_default();
            *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = pair.to_owned();
        }
        let text = answer.text().await?;
        Ok((
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        ))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The first word of eight digits.
fn eight_digits(mail: &str) -> Option<String> {
    mail.split(|letter: char| !letter.is_ascii_digit())
        .find(|word| word.len() == 8)
        .map(str::to_owned)
}

/// The fragment of the invitation's link.
fn invitation_token(mail: &str) -> Option<String> {
    let (_, rest) = mail.split_once("/invite#")?;
    rest.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_in_the_text_of_a_mail() {
        assert_eq!(
            eight_digits("2026年: 12345678 です"),
            Some("12345678".into())
        );
        let mail = "Open http://127.0.0.1:1/invite#ws_1.in_2.abc-_\nto accept";
        assert_eq!(invitation_token(mail), Some("ws_1.in_2.abc-_".into()));
    }
}

//! What the doctor is told: an address on the command line, secrets in the environment or on
//! standard input.

use std::time::Duration;

use clap::Parser;
use serde::Deserialize;
use url::Url;

use crate::Secret;

/// What the help says about secrets, and about how it ends.
const SECRETS_AND_EXIT_CODES: &str = "\
Secrets are never given on the command line. Either two accounts that are members of one workspace, \
in KOEBA_DOCTOR_EMAIL, KOEBA_DOCTOR_PASSWORD, KOEBA_DOCTOR_OTHER_EMAIL and \
KOEBA_DOCTOR_OTHER_PASSWORD, or two join tokens of one room, in KOEBA_DOCTOR_TOKEN and \
KOEBA_DOCTOR_OTHER_TOKEN; or, with --stdin, the same as one JSON object on standard input:
  {\"email\": …, \"password\": …, \"other_email\": …, \"other_password\": …}
  {\"token\": …, \"other_token\": …}

The exit code is 0 if all is well, 1 if something is not, and 2 if the command was not understood.";

/// Examine a Koeba: sign in, place a test call, look at TLS, backups and alarms
#[derive(Clone, Debug, Parser)]
#[command(name = "koeba-doctor", version, after_help = SECRETS_AND_EXIT_CODES)]
pub struct Options {
    /// Where people open Koeba, such as `https://voice.example.com`
    #[arg(value_name = "URL", value_parser = address)]
    pub app: Url,

    /// Where the media node is; needed with join tokens only
    #[arg(long, value_name = "URL")]
    pub media: Option<String>,

    /// The room to call in; by default the first that is empty
    #[arg(long, value_name = "NAME")]
    pub room: Option<String>,

    /// Read the secrets from standard input
    #[arg(long)]
    pub stdin: bool,

    /// How long the call may take to come about, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = clap::value_parser!(u64).range(1..=600))]
    pub wait: u64,

    /// Language of the table; by default that of `LC_ALL` or `LANG`
    #[arg(long, value_enum)]
    pub lang: Option<Language>,

    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,

    /// Do not ask AWS for backups and alarms
    #[arg(long)]
    pub without_aws: bool,
}

impl Options {
    /// How long the call may take to come about.
    #[must_use]
    pub const fn patience(&self) -> Duration {
        Duration::from_secs(self.wait)
    }
}

/// A language of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Japanese.
    Ja,
    /// English.
    En,
}

impl Language {
    /// What `LC_ALL`, or without it `LANG`, asks for: Japanese if it says so, otherwise English.
    #[must_use]
    pub fn of_environment(read: impl Fn(&str) -> Option<String>) -> Self {
        let said = ["LC_ALL", "LANG"]
            .into_iter()
            .filter_map(read)
            .find(|value| !value.is_empty());
        match said {
            Some(value) if value.starts_with("ja") => Self::Ja,
            _ => Self::En,
        }
    }
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The address.
    pub email: String,
    /// The password.
    pub password: Secret,
}

/// What lets the two callers in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Two members of one workspace.
    Accounts([Account; 2]),
    /// Two join tokens of one room, and the address of the media node.
    Tokens {
        /// Such as `wss://media.voice.example.com`.
        media: String,
        /// The tokens, of two different identities.
        tokens: [Secret; 2],
    },
}

/// What was not given, or is not as it should be. Each is a sentence for whoever typed the command.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// Neither accounts nor tokens.
    #[error(
        "give two accounts (KOEBA_DOCTOR_EMAIL, KOEBA_DOCTOR_PASSWORD, KOEBA_DOCTOR_OTHER_EMAIL, KOEBA_DOCTOR_OTHER_PASSWORD) or two join tokens (KOEBA_DOCTOR_TOKEN, KOEBA_DOCTOR_OTHER_TOKEN): {0} is missing / 2つのアカウントか2つの入室トークンを環境変数で渡してください。{0} がありません"
    )]
    Missing(&'static str),
    /// One account would be both callers.
    #[error(
        "the two accounts, or tokens, must be two: one cannot hear itself / 2つは別々のものにしてください"
    )]
    Same,
    /// Tokens, and nowhere to go with them.
    #[error(
        "join tokens need --media, the address of the media node, such as wss://media.voice.example.com / 入室トークンを使うときは --media でメディアノードのアドレスを指定してください"
    )]
    NoMedia,
    /// Standard input is not the object that it should be.
    #[error(
        "standard input is not the JSON object that --help describes / 標準入力が --help にあるJSONではありません"
    )]
    Stdin,
}

/// What is read from standard input, and by the same names from the environment.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Secrets {
    email: Option<String>,
    password: Option<String>,
    other_email: Option<String>,
    other_password: Option<String>,
    token: Option<String>,
    other_token: Option<String>,
}

impl Entry {
    /// From the environment.
    ///
    /// # Errors
    /// [`OptionsError`], which names what is missing and repeats no secret.
    pub fn of_environment(
        read: impl Fn(&str) -> Option<String>,
        media: Option<String>,
    ) -> Result<Self, OptionsError> {
        let read = |name| read(name).filter(|value| !value.is_empty());
        Self::of(
            Secrets {
                email: read("KOEBA_DOCTOR_EMAIL"),
                password: read("KOEBA_DOCTOR_PASSWORD"),
                other_email: read("KOEBA_DOCTOR_OTHER_EMAIL"),
                other_password: read("KOEBA_DOCTOR_OTHER_PASSWORD"),
                token: read("KOEBA_DOCTOR_TOKEN"),
                other_token: read("KOEBA_DOCTOR_OTHER_TOKEN"),
            },
            media,
        )
    }

    /// From what was written on standard input.
    ///
    /// # Errors
    /// [`OptionsError`], which names what is missing and repeats no secret.
    pub fn of_stdin(text: &str, media: Option<String>) -> Result<Self, OptionsError> {
        let secrets = serde_json::from_str(text).map_err(|_| OptionsError::Stdin)?;
        Self::of(secrets, media)
    }

    fn of(secrets: Secrets, media: Option<String>) -> Result<Self, OptionsError> {
        let needed = |value: Option<String>, name| value.ok_or(OptionsError::Missing(name));
        if secrets.token.is_some() || secrets.other_token.is_some() {
            let token = needed(secrets.token, "KOEBA_DOCTOR_TOKEN")?;
            let other = needed(secrets.other_token, "KOEBA_DOCTOR_OTHER_TOKEN")?;
            if token == other {
                return Err(OptionsError::Same);
            }
            let media = media.ok_or(OptionsError::NoMedia)?;
            let tokens = [Secret::new(token), Secret::new(other)];
            return Ok(Self::Tokens { media, tokens });
        }
        let account = |email, password| Account {
            email,
            password: Secret::new(password),
        };
        let one = account(
            needed(secrets.email, "KOEBA_DOCTOR_EMAIL")?,
            needed(secrets.password, "KOEBA_DOCTOR_PASSWORD")?,
        );
        let other = account(
            needed(secrets.other_email, "KOEBA_DOCTOR_OTHER_EMAIL")?,
            needed(secrets.other_password, "KOEBA_DOCTOR_OTHER_PASSWORD")?,
        );
        if one.email.eq_ignore_ascii_case(&other.email) {
            return Err(OptionsError::Same);
        }
        Ok(Self::Accounts([one, other]))
    }
}

fn address(text: &str) -> Result<Url, String> {
    let refused = || {
        "give the address that people open, such as https://voice.example.com / https://voice.example.com のようなアドレスを指定してください".to_owned()
    };
    let url = Url::parse(text).map_err(|_| refused())?;
    let is_bare = url.username().is_empty() && url.password().is_none();
    let is_app = matches!(url.scheme(), "http" | "https") && url.has_host() && url.path() == "/";
    if is_app && is_bare && url.query().is_none() && url.fragment().is_none() {
        Ok(url)
    } else {
        Err(refused())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment<'a>(given: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| {
            let found = given.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    const ACCOUNTS: [(&str, &str); 4] = [
        ("KOEBA_DOCTOR_EMAIL", "a@example.com"),
        ("KOEBA_DOCTOR_PASSWORD", "secret one"),
        ("KOEBA_DOCTOR_OTHER_EMAIL", "b@example.com"),
        ("KOEBA_DOCTOR_OTHER_PASSWORD", "secret two"),
    ];

    #[test]
    fn what_is_missing_is_named() {
        for missing in 0..ACCOUNTS.len() {
            let mut given = ACCOUNTS.to_vec();
            let (name, _) = given.remove(missing);
            let told = Entry::of_environment(environment(&given), None);
            let error = told.expect_err("something is missing").to_string();
            assert!(error.contains(name) && !error.contains("secret"), "{error}");
        }
        assert!(Entry::of_environment(environment(&ACCOUNTS), None).is_ok());
    }

    #[test]
    fn nobody_can_call_themselves() {
        let mut same = ACCOUNTS;
        same[2].1 = "A@example.com";
        let told = Entry::of_environment(environment(&same), None);
        assert_eq!(told, Err(OptionsError::Same));
    }

    #[test]
    fn tokens_need_to_know_where_the_node_is() {
        let text = r#"{"token": "one", "other_token": "two"}"#;
        assert_eq!(Entry::of_stdin(text, None), Err(OptionsError::NoMedia));
        assert!(Entry::of_stdin(text, Some("ws://127.0.0.1:1".to_owned())).is_ok());
        let told = Entry::of_stdin(r#"{"password": "hunter2"#, None);
        let error = told.expect_err("no JSON").to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn secrets_are_not_printed() {
        let entry = Entry::of_environment(environment(&ACCOUNTS), None);
        assert!(!format!("{entry:?}").contains("secret"));
    }

    #[test]
    fn the_language_is_that_of_the_environment() {
        let of = |given: &[(&str, &str)]| Language::of_environment(environment(given));
        assert_eq!(of(&[("LANG", "ja_JP.UTF-8")]), Language::Ja);
        assert_eq!(
            of(&[("LC_ALL", "C"), ("LANG", "ja_JP.UTF-8")]),
            Language::En
        );
        assert_eq!(of(&[]), Language::En);
    }

    #[test]
    fn an_address_is_that_of_the_app_and_carries_no_secret() {
        assert!(address("https://voice.example.com").is_ok());
        assert!(address("http://127.0.0.1:8080/").is_ok());
        for bad in [
            "voice.example.com",
            "wss://x.example",
            "https://a:b@x.example",
            "https://x.example/?token=1",
            "https://x.example/app",
        ] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}

//! `koeba-local token`: asks a local runner for a join token.

use koeba_access_token::DtlsFloor;
use serde::{Deserialize, Serialize};

/// Print a join token that any LiveKit SDK can use with a local runner
#[derive(Clone, Debug, clap::Args)]
pub struct TokenOptions {
    /// Address of the local runner, as it printed it
    #[arg(long, value_name = "URL")]
    pub app: String,

    /// Workspace, by identifier or name
    #[arg(long, value_name = "ID|NAME")]
    pub workspace: String,

    /// Room, by identifier or name
    #[arg(long, value_name = "ID|NAME")]
    pub room: String,

    /// Who joins; anything, up to 256 characters
    #[arg(long, value_name = "TEXT")]
    pub identity: String,

    /// What the others see; the identity if left out
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,

    /// Oldest DTLS version to accept: 1.3, or 1.2 for SDKs that have nothing newer
    #[arg(long, value_name = "VERSION", default_value = "1.3", value_parser = ["1.2", "1.3"])]
    pub min_dtls: String,
}

/// What the command asks the runner.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenRequest {
    pub(crate) workspace: String,
    pub(crate) room: String,
    pub(crate) identity: String,
    pub(crate) name: Option<String>,
    pub(crate) min_dtls: String,
}

impl TokenRequest {
    pub(crate) fn dtls_floor(&self) -> DtlsFloor {
        if self.min_dtls == "1.2" {
            DtlsFloor::V1_2
        } else {
            DtlsFloor::V1_3
        }
    }
}

/// What the runner answers.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinToken {
    /// Where to join.
    pub url: String,
    /// What to show there.
    pub token: String,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenCommandError {
    /// Nothing answers there.
    #[error(
        "no Koeba answers at {app}: {source}. Start one with `cargo xtask run`, and name the address that it printed"
    )]
    NoRunner {
        /// What was asked.
        app: String,
        /// Why not.
        source: reqwest::Error,
    },
    /// Something answers, but it is not a local runner.
    #[error("{0} is not a local runner; tokens are given out by a local runner only")]
    NotLocal(String),
    /// The runner refuses.
    #[error("{0}")]
    Refused(String),
}

/// Asks the runner for a token.
///
/// # Errors
/// [`TokenCommandError`], each a sentence for the person who typed the command.
pub async fn request_token(options: TokenOptions) -> Result<JoinToken, TokenCommandError> {
    let app = options.app.trim_end_matches('/').to_owned();
    let request = TokenRequest {
        workspace: options.workspace,
        room: options.room,
        identity: options.identity,
        name: options.name,
        min_dtls: options.min_dtls,
    };
    let answer = reqwest::Client::new()
        .post(format!("{app}/_local/token"))
        .json(&request)
        .send()
        .await
        .map_err(|source| TokenCommandError::NoRunner {
            app: app.clone(),
            source,
        })?;
    let status = answer.status();
    let text = answer.text().await.unwrap_or_default();
    if status.is_success() {
        serde_json::from_str(&text).map_err(|_| TokenCommandError::NotLocal(app))
    } else if status == reqwest::StatusCode::UNPROCESSABLE_ENTITY {
        Err(TokenCommandError::Refused(text))
    } else {
        Err(TokenCommandError::NotLocal(app))
    }
}

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::join::{check_times, open, sign};
use crate::{TokenError, TokenKey};

/// Whom a node's token is for.
const AUDIENCE: &str = "koeba-control";

#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    sub: String,
    aud: Option<String>,
    nbf: Option<i64>,
    exp: i64,
}

/// Mints the token with which media node `node` speaks to the control plane.
#[must_use]
pub fn mint_node(key: &TokenKey, node: &str, now: OffsetDateTime, lifetime: Duration) -> String {
    let wire = Wire {
        iss: key.id().to_owned(),
        sub: node.to_owned(),
        aud: Some(AUDIENCE.to_owned()),
        nbf: Some(now.unix_timestamp()),
        exp: (now + lifetime).unix_timestamp(),
    };
    sign(key, &wire)
}

/// Reads a node's token; answers the node's name.
///
/// # Errors
/// [`TokenError`] says why the token is not good at `now`.
pub fn verify_node(key: &TokenKey, token: &str, now: OffsetDateTime) -> Result<String, TokenError> {
    let wire: Wire = open(key, token)?;
    check_times(&wire.iss, key, wire.nbf, wire.exp, now)?;
    if wire.aud.as_deref() != Some(AUDIENCE) {
        return Err(TokenError::Purpose);
    }
    Ok(wire.sub)
}

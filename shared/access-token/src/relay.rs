use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::join::{check_times, open, sign};
use crate::{TokenError, TokenKey};

/// Whom such a token is for.
const AUDIENCE: &str = "koeba-relay";

/// What whoever passes a connection on to a node says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayClaims {
    /// From where the client came.
    pub client: IpAddr,
    /// The node that is meant, because it holds the room; none if any node may see to it.
    pub holder: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    sub: String,
    aud: Option<String>,
    nbf: Option<i64>,
    exp: i64,
    client: IpAddr,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
}

/// Mints the token with which `from` passes a connection on to a node.
#[must_use]
pub fn mint_relay(
    key: &TokenKey,
    from: &str,
    claims: &RelayClaims,
    now: OffsetDateTime,
    lifetime: Duration,
) -> String {
    let wire = Wire {
        iss: key.id().to_owned(),
        sub: from.to_owned(),
        aud: Some(AUDIENCE.to_owned()),
        nbf: Some(now.unix_timestamp()),
        exp: (now + lifetime).unix_timestamp(),
        client: claims.client,
        holder: claims.holder.clone(),
    };
    sign(key, &wire)
}

/// Reads such a token.
///
/// # Errors
/// [`TokenError`] says why the token is not good at `now`.
pub fn verify_relay(
    key: &TokenKey,
    token: &str,
    now: OffsetDateTime,
) -> Result<RelayClaims, TokenError> {
    let wire: Wire = open(key, token)?;
    check_times(&wire.iss, key, wire.nbf, wire.exp, now)?;
    if wire.aud.as_deref() != Some(AUDIENCE) {
        return Err(TokenError::Purpose);
    }
    Ok(RelayClaims {
        client: wire.client,
        holder: wire.holder,
    })
}

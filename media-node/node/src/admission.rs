//! Who is let in: the token and the join request of a connection, before anything is spent on it.

use std::net::IpAddr;

use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use koeba_access_token::{JoinClaims, TokenError, TokenKey, verify_join};
use koeba_protocol::{JoinRequest, JoinRequestError, decode_join_request};
use koeba_room::RosterEntry;
use serde::Deserialize;
use time::OffsetDateTime;

/// The query that clients connect with; what else is in it is theirs.
#[derive(Deserialize)]
pub(crate) struct JoinQuery {
    /// The token, where headers cannot be set: in browsers.
    access_token: Option<String>,
    /// A `WrappedJoinRequest` in base64url.
    join_request: Option<String>,
}

/// A connection whose token is good.
pub(crate) struct Admitted {
    pub(crate) claims: JoinClaims,
    pub(crate) request: JoinRequest,
    /// Who is in its room on another node, from which the room comes over.
    pub(crate) expected: Vec<RosterEntry>,
}

/// Why a connection is not let in. LiveKit's clients show the text to a person.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("no access token was given")]
    NoToken,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("this workspace may not be used from your network")]
    Network,
    #[error("no join request was given; this node speaks the single-connection mode only")]
    NoJoinRequest,
    #[error(transparent)]
    JoinRequest(#[from] JoinRequestError),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NoToken => StatusCode::UNAUTHORIZED,
            Self::Token(error) if error.is_bad_request() => StatusCode::BAD_REQUEST,
            Self::Token(_) => StatusCode::UNAUTHORIZED,
            Self::Network => StatusCode::FORBIDDEN,
            Self::NoJoinRequest | Self::JoinRequest(_) => StatusCode::BAD_REQUEST,
        };
        (status, self.to_string()).into_response()
    }
}

/// Checks a connection's token, and whether it may be used from `address`, and reads its join
/// request.
pub(crate) fn admit(
    key: &TokenKey,
    address: IpAddr,
    query: &JoinQuery,
    headers: &HeaderMap,
) -> Result<Admitted, Refusal> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let token = bearer
        .or(query.access_token.as_deref())
        .ok_or(Refusal::NoToken)?;
    let claims = verify_join(key, token, OffsetDateTime::now_utc())?;
    if !claims.allows(address.to_canonical()) {
        return Err(Refusal::Network);
    }
    let request = query
        .join_request
        .as_deref()
        .ok_or(Refusal::NoJoinRequest)?;
    Ok(Admitted {
        claims,
        request: decode_join_request(request)?,
        expected: Vec::new(),
    })
}

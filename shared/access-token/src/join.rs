use std::collections::BTreeMap;

use ipnet::IpNet;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{DtlsFloor, JoinClaims, Kind, SeatClaims, TokenError, TokenKey, VideoGrant};

/// How far two clocks may be apart.
const LEEWAY: Duration = Duration::seconds(5);
/// The longest identity, name or room (LiveKit's own limit).
const LONGEST: usize = 256;

/// A join token on the wire, as LiveKit's SDKs write and read it.
#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    sub: Option<String>,
    #[serde(default)]
    name: String,
    nbf: Option<i64>,
    exp: i64,
    #[serde(default)]
    kind: Kind,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    metadata: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    video: WireGrant,
    koeba: Option<WireOurs>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireGrant {
    room: String,
    room_join: bool,
    can_publish: Option<bool>,
    can_subscribe: Option<bool>,
    can_publish_data: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    can_publish_sources: Vec<String>,
    can_update_own_metadata: Option<bool>,
    hidden: bool,
}

#[derive(Serialize, Deserialize)]
struct WireOurs {
    workspace: String,
    #[serde(default)]
    dtls: DtlsFloor,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    networks: Vec<IpNet>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seat: Option<SeatClaims>,
}

/// Mints a join token that is good from `now` until the claims' end.
///
/// # Panics
/// Never: every claim is text, a number or a flag.
#[must_use]
pub fn mint_join(key: &TokenKey, claims: &JoinClaims, now: OffsetDateTime) -> String {
    let grant = &claims.grant;
    let wire = Wire {
        iss: key.id().to_owned(),
        sub: Some(claims.identity.clone()),
        name: claims.name.clone(),
        nbf: Some(now.unix_timestamp()),
        exp: claims.expires_at.unix_timestamp(),
        kind: Kind::Standard,
        metadata: claims.metadata.clone(),
        attributes: claims.attributes.clone(),
        video: WireGrant {
            room: claims.room.clone(),
            room_join: true,
            can_publish: Some(grant.can_publish),
            can_subscribe: Some(grant.can_subscribe),
            can_publish_data: Some(grant.can_publish_data),
            can_publish_sources: grant.can_publish_sources.clone(),
            can_update_own_metadata: Some(grant.can_update_own_metadata),
            hidden: grant.hidden,
        },
        koeba: Some(WireOurs {
            workspace: claims.workspace.clone(),
            dtls: claims.dtls,
            networks: claims.networks.clone(),
            seat: claims.seat.clone(),
        }),
    };
    sign(key, &wire)
}

/// Reads a join token.
///
/// # Errors
/// [`TokenError`] says why the token is not good at `now`.
pub fn verify_join(
    key: &TokenKey,
    token: &str,
    now: OffsetDateTime,
) -> Result<JoinClaims, TokenError> {
    let wire: Wire = open(key, token)?;
    let expires_at = check_times(&wire.iss, key, wire.nbf, wire.exp, now)?;
    let ours = wire.koeba.ok_or(TokenError::Purpose)?;
    if !wire.video.room_join {
        return Err(TokenError::NoRoomJoin);
    }
    let identity = wire
        .sub
        .filter(|identity| !identity.is_empty())
        .ok_or(TokenError::NoIdentity)?;
    if wire.video.room.is_empty() || ours.workspace.is_empty() {
        return Err(TokenError::NoRoom);
    }
    let names = [&identity, &wire.name, &wire.video.room, &ours.workspace];
    if names.iter().any(|name| name.chars().count() > LONGEST) {
        return Err(TokenError::TooLong);
    }
    Ok(JoinClaims {
        workspace: ours.workspace,
        room: wire.video.room,
        identity,
        name: wire.name,
        metadata: wire.metadata,
        attributes: wire.attributes,
        grant: VideoGrant {
            can_publish: wire.video.can_publish.unwrap_or(true),
            can_subscribe: wire.video.can_subscribe.unwrap_or(true),
            can_publish_data: wire.video.can_publish_data.unwrap_or(true),
            can_publish_sources: wire.video.can_publish_sources,
            can_update_own_metadata: wire.video.can_update_own_metadata.unwrap_or(false),
            hidden: wire.video.hidden,
        },
        dtls: ours.dtls,
        networks: ours.networks,
        seat: ours.seat,
        expires_at,
    })
}

pub(crate) fn sign(key: &TokenKey, claims: &impl Serialize) -> String {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key.encoding)
        .expect("claims are plain JSON and the key is an HMAC secret")
}

/// Checks the signature, with the one algorithm there is, and nothing else.
pub(crate) fn open<T: DeserializeOwned>(key: &TokenKey, token: &str) -> Result<T, TokenError> {
    let mut validation = Validation::new(Algorithm::HS256);
    // Judged against the caller's clock, not the machine's.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    match jsonwebtoken::decode(token, &key.decoding, &validation) {
        Ok(data) => Ok(data.claims),
        Err(error) => Err(match error.kind() {
            ErrorKind::InvalidSignature => TokenError::Signature,
            ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => TokenError::Algorithm,
            _ => TokenError::Malformed,
        }),
    }
}

/// Checks who issued the token and when it is good; answers when it ends.
pub(crate) fn check_times(
    issuer: &str,
    key: &TokenKey,
    not_before: Option<i64>,
    expires: i64,
    now: OffsetDateTime,
) -> Result<OffsetDateTime, TokenError> {
    if issuer != key.id() {
        return Err(TokenError::UnknownKey);
    }
    let moment =
        |seconds| OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| TokenError::Malformed);
    let expires_at = moment(expires)?;
    if now >= expires_at + LEEWAY {
        return Err(TokenError::Expired);
    }
    if let Some(not_before) = not_before
        && now + LEEWAY < moment(not_before)?
    {
        return Err(TokenError::NotYetValid);
    }
    Ok(expires_at)
}

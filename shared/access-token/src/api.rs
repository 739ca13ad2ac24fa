use serde::Deserialize;
use time::OffsetDateTime;

use crate::join::{check_times, open};
use crate::{TokenError, TokenKey};

/// Between the name of the node's key and the workspace, in the name of an [`ApiKey`].
const SEPARATOR: char = '.';
/// What the secret of an [`ApiKey`] is derived for: the same key signs nothing else of this form.
const PURPOSE: &str = "koeba server api\0";

/// The key with which a workspace's own servers use the server API: what LiveKit's SDKs call an
/// API key and its secret.
///
/// It is derived from the node's key (HMAC-SHA256 over the workspace), so a node needs no list of
/// keys, and who has one workspace's key learns nothing of another's.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its name, a token's issuer: the name of the node's key, a dot, the workspace.
    pub id: String,
    /// Its secret: 43 characters of base64url.
    pub secret: String,
}

/// Shows the name and never the secret.
impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ApiKey").field(&self.id).finish()
    }
}

/// What a token shown to the server API says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiClaims {
    /// The workspace whose rooms it is about.
    pub workspace: String,
    /// May open and end rooms.
    pub room_create: bool,
    /// May list rooms.
    pub room_list: bool,
    /// The room that it may administer.
    pub room_admin: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    iss: String,
    nbf: Option<i64>,
    exp: i64,
    #[serde(default)]
    video: WireGrant,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireGrant {
    room: String,
    room_create: bool,
    room_list: bool,
    room_admin: bool,
}

/// Only its issuer, before anything is believed.
#[derive(Deserialize)]
struct Issued {
    iss: String,
}

impl TokenKey {
    /// The server API's key of a workspace.
    ///
    /// # Panics
    /// Never: any text can be signed with an HMAC secret.
    #[must_use]
    pub fn api_key(&self, workspace: &str) -> ApiKey {
        let message = format!("{PURPOSE}{workspace}");
        let algorithm = jsonwebtoken::Algorithm::HS256;
        ApiKey {
            id: format!("{}{SEPARATOR}{workspace}", self.id()),
            secret: jsonwebtoken::crypto::sign(message.as_bytes(), &self.encoding, algorithm)
                .expect("the key is an HMAC secret"),
        }
    }
}

/// Reads a token shown to the server API, signed with the [`ApiKey`] of a workspace.
///
/// # Errors
/// [`TokenError`] says why the token is not good at `now`.
pub fn verify_api(
    key: &TokenKey,
    token: &str,
    now: OffsetDateTime,
) -> Result<ApiClaims, TokenError> {
    let issued: Issued = jsonwebtoken::dangerous::insecure_decode(token)
        .map_err(|_| TokenError::Malformed)?
        .claims;
    let workspace = issued
        .iss
        .strip_prefix(key.id())
        .and_then(|rest| rest.strip_prefix(SEPARATOR))
        .filter(|workspace| !workspace.is_empty())
        .ok_or(TokenError::UnknownKey)?;
    let api_key = key.api_key(workspace);
    let api_key = TokenKey::new(api_key.id, &api_key.secret);
    let wire: Wire = open(&api_key, token)?;
    check_times(&wire.iss, &api_key, wire.nbf, wire.exp, now)?;
    let grant = wire.video;
    Ok(ApiClaims {
        workspace: workspace.to_owned(),
        room_create: grant.room_create,
        room_list: grant.room_list,
        room_admin: (grant.room_admin && !grant.room.is_empty()).then_some(grant.room),
    })
}

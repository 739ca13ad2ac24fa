use std::fmt;

use jsonwebtoken::{DecodingKey, EncodingKey};

/// The key that functions and media nodes share: its name is a token's issuer.
#[derive(Clone)]
pub struct TokenKey {
    id: String,
    pub(crate) encoding: EncodingKey,
    pub(crate) decoding: DecodingKey,
}

impl TokenKey {
    /// The key called `id`, of at least 32 characters of secret.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: &str) -> Self {
        Self {
            id: id.into(),
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
        }
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// Shows the name and never the secret.
impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenKey").field(&self.id).finish()
    }
}

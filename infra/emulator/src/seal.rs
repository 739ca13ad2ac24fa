//! Session tokens: what a session is, sealed so that nobody but the emulator can make one.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// A session of the tenant role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) access_key_id: String,
    pub(crate) name: String,
    pub(crate) tags: BTreeMap<String, String>,
    /// Seconds since 1970.
    pub(crate) expires_at: i64,
}

/// Why a session token does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealError {
    /// Not made here, or changed since.
    Forged,
    /// Its time has passed.
    Expired,
}

/// The key of the seal.
#[derive(Clone)]
pub(crate) struct SealKey([u8; 32]);

impl SealKey {
    pub(crate) const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    pub(crate) fn seal(&self, session: &Session) -> String {
        let body = serde_json::to_vec(session).expect("a session is always JSON");
        let body = BASE64URL_NOPAD.encode(&body);
        let tag = self.mac(&body).finalize().into_bytes();
        format!("{body}.{}", BASE64URL_NOPAD.encode(&tag))
    }

    pub(crate) fn open(&self, token: &str, now: i64) -> Result<Session, SealError> {
        let (body, tag) = token.split_once('.').ok_or(SealError::Forged)?;
        let tag = BASE64URL_NOPAD
            .decode(tag.as_bytes())
            .map_err(|_| SealError::Forged)?;
        self.mac(body)
            .verify_slice(&tag)
            .map_err(|_| SealError::Forged)?;
        let session: Session = BASE64URL_NOPAD
            .decode(body.as_bytes())
            .ok()
            .and_then(|body| serde_json::from_slice(&body).ok())
            .ok_or(SealError::Forged)?;
        if now >= session.expires_at {
            return Err(SealError::Expired);
        }
        Ok(session)
    }

    fn mac(&self, body: &str) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(body.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_session_opens_until_it_expires() {
        let key = SealKey::new([1; 32]);
        let token = key.seal(&session());
        assert_eq!(key.open(&token, 99), Ok(session()));
        assert_eq!(key.open(&token, 100), Err(SealError::Expired));
    }

    #[test]
    fn a_token_that_was_made_elsewhere_or_changed_is_forged() {
        let key = SealKey::new([1; 32]);
        let token = key.seal(&session());
        let foreign = SealKey::new([2; 32]).seal(&session());
        let other = Session {
            tags: BTreeMap::from([("workspace".to_owned(), "ws_b".to_owned())]),
            ..session()
        };
        let (_, tag) = token.split_once('.').expect("two parts");
        let (body, _) = {
            let sealed = key.seal(&other);
            let (body, tag) = sealed.split_once('.').expect("two parts");
            (body.to_owned(), tag.to_owned())
        };
        for forged in [
            foreign,
            format!("{body}.{tag}"),
            String::new(),
            ".".to_owned(),
            body,
        ] {
            assert_eq!(key.open(&forged, 0), Err(SealError::Forged), "{forged}");
        }
    }

    fn session() -> Session {
        Session {
            access_key_id: "ASIA".to_owned(),
            name: "test".to_owned(),
            tags: BTreeMap::from([("workspace".to_owned(), "ws_a".to_owned())]),
            expires_at: 100,
        }
    }
}

//! Small secrets of people that must be read again, such as those of authenticator apps: sealed,
//! so that the store alone gives none away.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

const NONCE_LEN: usize = 24;

/// Seals with XChaCha20-Poly1305. What is sealed for one purpose opens for no other.
#[derive(Clone)]
pub struct Sealed(XChaCha20Poly1305);

impl Sealed {
    /// Seals with this key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&(*key).into()))
    }

    /// Seals `secret` for `purpose`, which names its owner; `nonce` is random and used once.
    ///
    /// # Panics
    /// When the secret is longer than the cipher allows, which is gigabytes.
    #[must_use]
    pub fn seal(&self, purpose: &str, secret: &[u8], nonce: [u8; NONCE_LEN]) -> String {
        let payload = Payload {
            msg: secret,
            aad: purpose.as_bytes(),
        };
        let sealed = self
            .0
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a small secret is within the cipher's limit");
        BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for `purpose`; `None` when it was not, or not by this key.
    #[must_use]
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let payload = Payload {
            msg: sealed,
            aad: purpose.as_bytes(),
        };
        self.0.decrypt(&XNonce::from(*nonce), payload).ok()
    }
}

/// Shows no key.
impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_for_one_person_opens_for_no_other_and_not_by_another_key() {
        let sealed = Sealed::new(&[1; 32]);
        let kept = sealed.seal("totp:aiko", b"secret", [7; 24]);
        assert!(!kept.contains("secret"));
        assert_eq!(
            sealed.open("totp:aiko", &kept).as_deref(),
            Some(&b"secret"[..])
        );
        assert_eq!(sealed.open("totp:ken", &kept), None);
        assert_eq!(Sealed::new(&[2; 32]).open("totp:aiko", &kept), None);
        assert_eq!(sealed.open("totp:aiko", "nonsense"), None);
    }
}

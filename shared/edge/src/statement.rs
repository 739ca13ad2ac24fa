//! Statements that we answer for later: that something was deleted, that accounts were reviewed.
//!
//! A statement is a compact JWS (RFC 7515) signed with Ed25519 (`EdDSA`, RFC 8037). Its header says
//! what kind of statement it is, so that one kind cannot be shown in place of another, and names the
//! key by its thumbprint (RFC 7638). Whoever was given one can check it without us: the public
//! half of the key is at `/api/signing-keys`.

use std::fmt;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

/// What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410).
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// What a statement is about: the `typ` of its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// That a user or a workspace was deleted.
    Deletion,
    /// What an access review decided.
    AccessReview,
    /// How far an audit log reaches, and its last hash.
    AuditHead,
}

impl StatementKind {
    const fn typ(self) -> &'static str {
        match self {
            Self::Deletion => "koeba-deletion+jws",
            Self::AccessReview => "koeba-access-review+jws",
            Self::AuditHead => "koeba-audit-head+jws",
        }
    }
}

/// The key that signs statements.
#[derive(Clone)]
pub struct SigningKey {
    encoding: EncodingKey,
    decoding: DecodingKey,
    public: PublicSigningKey,
}

/// The half of a [`SigningKey`] that anybody may have, as a JSON Web Key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SigningKey)]
pub struct PublicSigningKey {
    /// Its kind: always `OKP`.
    pub kty: &'static str,
    /// Its curve: always `Ed25519`.
    pub crv: &'static str,
    /// The public key, in base64url.
    pub x: String,
    /// Its name: the thumbprint of RFC 7638.
    pub kid: String,
    /// What it signs with: always `EdDSA`.
    pub alg: &'static str,
    /// What it is for: always `sig`.
    #[serde(rename = "use")]
    pub used_for: &'static str,
}

/// A text is not a statement that this key signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not a JWS that reads as this kind of statement.
    #[error("the text is no such statement")]
    Malformed,
    /// Changed since it was signed, or signed with another key.
    #[error("the statement's signature is wrong")]
    Signature,
}

impl SigningKey {
    /// The key that follows from 32 random bytes.
    ///
    /// # Panics
    /// Never: every 32 bytes are an Ed25519 key.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let encoding = EncodingKey::from_ed_der(&[&PKCS8_PREFIX[..], seed].concat());
        let jwk = Jwk::from_encoding_key(&encoding, Algorithm::EdDSA)
            .expect("32 bytes are an Ed25519 key");
        let kid = jwk
            .thumbprint(ThumbprintHash::SHA256)
            .expect("an Ed25519 key has a thumbprint");
        let decoding = DecodingKey::from_jwk(&jwk).expect("the key was just made");
        let AlgorithmParameters::OctetKeyPair(point) = jwk.algorithm else {
            unreachable!("an Ed25519 key is an octet key pair")
        };
        debug_assert_eq!(point.curve, EllipticCurve::Ed25519);
        let public = PublicSigningKey {
            kty: "OKP",
            crv: "Ed25519",
            x: point.x,
            kid,
            alg: "EdDSA",
            used_for: "sig",
        };
        Self {
            encoding,
            decoding,
            public,
        }
    }

    /// The half that anybody may have.
    #[must_use]
    pub const fn public(&self) -> &PublicSigningKey {
        &self.public
    }

    /// Signs a statement.
    ///
    /// # Panics
    /// When `statement` is no JSON, such as a map with keys that are no text.
    #[must_use]
    pub fn sign<T: Serialize>(&self, kind: StatementKind, statement: &T) -> String {
        let header = Header {
            typ: Some(kind.typ().to_owned()),
            kid: Some(self.public.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        jsonwebtoken::encode(&header, statement, &self.encoding)
            .expect("a statement is plain JSON and the key is an Ed25519 key")
    }

    /// Reads a statement that this key signed.
    ///
    /// # Errors
    /// [`StatementError`] when it did not, or when the statement is of another kind.
    pub fn read<T: DeserializeOwned>(
        &self,
        kind: StatementKind,
        jws: &str,
    ) -> Result<T, StatementError> {
        use jsonwebtoken::errors::ErrorKind;

        let mut validation = Validation::new(Algorithm::EdDSA);
        // A statement has no end: what was deleted stays deleted.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let read = jsonwebtoken::decode::<T>(jws, &self.decoding, &validation).map_err(
            |error| match error.kind() {
                ErrorKind::InvalidSignature => StatementError::Signature,
                _ => StatementError::Malformed,
            },
        )?;
        if read.header.typ.as_deref() == Some(kind.typ()) {
            Ok(read.claims)
        } else {
            Err(StatementError::Malformed)
        }
    }
}

/// Shows the name and never the key.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.public.kid).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_key_is_the_one_that_its_seed_gives_everywhere() {
        // RFC 8037, appendix A.1 to A.3.
        let seed = data_encoding::BASE64URL_NOPAD
            .decode(b"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
            .expect("base64url");
        let key = SigningKey::from_seed(&seed.try_into().expect("32 bytes"));
        assert_eq!(
            serde_json::to_value(key.public()).expect("JSON"),
            json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
                "alg": "EdDSA",
                "use": "sig",
            })
        );
    }

    #[test]
    fn a_statement_reads_back_as_signed_and_not_as_another_kind() {
        let key = SigningKey::from_seed(&[1; 32]);
        let statement = json!({ "user_id": "us_1", "deleted_at": "2026-04-01T09:00:00Z" });
        let jws = key.sign(StatementKind::Deletion, &statement);
        assert_eq!(key.read(StatementKind::Deletion, &jws), Ok(statement));
        assert_eq!(
            key.read::<Value>(StatementKind::AccessReview, &jws),
            Err(StatementError::Malformed)
        );
    }

    #[test]
    fn a_changed_statement_and_another_s_are_found_out() {
        let key = SigningKey::from_seed(&[1; 32]);
        let jws = key.sign(StatementKind::Deletion, &json!({ "user_id": "us_1" }));
        let parts: Vec<&str> = jws.split('.').collect();
        let other = SigningKey::from_seed(&[2; 32])
            .sign(StatementKind::Deletion, &json!({ "user_id": "us_2" }));
        let other: Vec<&str> = other.split('.').collect();
        let read = |jws: String| key.read::<Value>(StatementKind::Deletion, &jws);
        assert_eq!(
            read([parts[0], other[1], parts[2]].join(".")),
            Err(StatementError::Signature)
        );
        assert_eq!(
            read([parts[0], other[1], other[2]].join(".")),
            Err(StatementError::Signature)
        );
        for nonsense in ["", "..", "a.b.c"] {
            assert_eq!(read(nonsense.to_owned()), Err(StatementError::Malformed));
        }
    }

    #[test]
    fn a_key_never_shows_itself() {
        let shown = format!("{:?}", SigningKey::from_seed(&[0x41; 32]));
        assert!(shown.starts_with("SigningKey(") && !shown.contains("AAAA"));
    }
}

//! A passkey in software, and the browser before it: what a person's device does.

use koeba_edge::digest::{base64url, from_base64url, sha256_base64url};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

use crate::app::ORIGIN_OF_APP;

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// One passkey, and how the device that holds it behaves.
#[derive(Clone)]
pub(crate) struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
    /// How often it has signed.
    pub(crate) counter: u32,
    /// The page that asks.
    pub(crate) origin: &'static str,
    /// Whether the device makes sure of the person: by finger, face or number.
    pub(crate) verifies: bool,
}

impl Authenticator {
    /// The device number `seed`.
    pub(crate) fn number(seed: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).expect("a scalar"),
            id: vec![seed; 24],
            counter: 0,
            origin: ORIGIN_OF_APP,
            verifies: true,
        }
    }

    /// What `navigator.credentials.create` gives for `options`.
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.create", options);
        let mut data = self.data(text(&options["rp"]["id"]), ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).expect("short").to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).expect("short"));
        object.extend(data);
        json!({
            "id": base64url(&self.id),
            "rawId": base64url(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "attestationObject": base64url(&object),
                "clientDataJSON": base64url(client_data.as_bytes()),
                "transports": ["internal"],
            },
        })
    }

    /// What `navigator.credentials.get` gives for `options`.
    pub(crate) fn get(&mut self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(text(&options["rpId"]), 0);
        let signed = [data.clone(), sha256(&client_data)].concat();
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": base64url(&self.id),
            "rawId": base64url(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "authenticatorData": base64url(&data),
                "clientDataJSON": base64url(client_data.as_bytes()),
                "signature": base64url(signature.to_der().as_bytes()),
            },
        })
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        json!({
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": false,
        })
        .to_string()
    }

    fn data(&mut self, relying_party: &str, flags: u8) -> Vec<u8> {
        self.counter += 1;
        let verified = if self.verifies { USER_VERIFIED } else { 0 };
        let mut data = sha256(relying_party);
        data.push(USER_PRESENT | verified | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// The public key as COSE writes it: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let coordinates = point.as_bytes();
        let mut key = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        key.extend(&coordinates[1..33]);
        key.extend(b"\x22\x58\x20");
        key.extend(&coordinates[33..]);
        key
    }
}

fn sha256(text: &str) -> Vec<u8> {
    from_base64url(&sha256_base64url(text)).expect("base64url")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

//! What a function is told by its environment, read once when it starts.

use std::fmt::Display;
use std::ops::RangeInclusive;

use data_encoding::BASE64;

use crate::{Sealed, Secret, SigningKey};

/// What a function is told from outside.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The one origin whose pages may act for a signed-in browser, such as `https://voice.example`.
    pub app_origin: String,
    /// Where browsers reach the media nodes: a `ws:` or `wss:` URL.
    pub media_url: String,
    /// The name of the table.
    pub table: String,
    /// The role whose sessions, tagged with a workspace, may touch that workspace's data.
    pub tenant_role_arn: String,
    /// The key that seals cursors.
    pub cursor_key: [u8; 32],
    /// The key that signs statements: deletion certificates and the results of access reviews.
    pub signing_key: SigningKey,
    /// The key that seals small secrets of people.
    pub account_key: Sealed,
    /// The key that signs join tokens and verifies the nodes' own.
    pub token_key: TokenKeySettings,
    /// What hashing a password may cost.
    pub passwords: PasswordSettings,
}

/// The name and secret of the key that functions and media nodes share.
#[derive(Clone, Debug)]
pub struct TokenKeySettings {
    /// Which key: the `iss` of a token.
    pub id: String,
    /// The HMAC secret.
    pub secret: Secret,
}

/// What hashing a password with Argon2id costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordSettings {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// How many passwords are hashed at a time; the others wait.
    pub at_a_time: usize,
}

impl PasswordSettings {
    /// The least that check sheet row 10 allows, and what holds if nothing else is said: four
    /// at a time fit a small function.
    pub const FLOOR: Self = Self {
        memory_kib: 19 * 1024,
        iterations: 2,
        parallelism: 1,
        at_a_time: 4,
    };

    /// Reads the settings; what is not set is as in [`Self::FLOOR`], and what would be cheaper to
    /// guess is refused.
    fn read(read: &impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let number = |name, what, range: RangeInclusive<u32>, unless_said| match read(name) {
            None => Ok(unless_said),
            Some(text) => text
                .trim()
                .parse()
                .ok()
                .filter(|value| range.contains(value))
                .ok_or(SettingsError::Malformed(name, what)),
        };
        let floor = Self::FLOOR;
        Ok(Self {
            memory_kib: number(
                "KOEBA_ARGON2_MEMORY_KIB",
                "a whole number from 19456 to 1048576",
                floor.memory_kib..=1_048_576,
                floor.memory_kib,
            )?,
            iterations: number(
                "KOEBA_ARGON2_ITERATIONS",
                "a whole number from 2 to 64",
                floor.iterations..=64,
                floor.iterations,
            )?,
            parallelism: number(
                "KOEBA_ARGON2_PARALLELISM",
                "a whole number from 1 to 16",
                floor.parallelism..=16,
                floor.parallelism,
            )?,
            at_a_time: number(
                "KOEBA_ARGON2_AT_A_TIME",
                "a whole number from 1 to 64",
                1..=64,
                4,
            )? as usize,
        })
    }
}

/// A setting that is missing or makes no sense. The sentence never shows the value.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not set, or empty.
    #[error("{0} is not set; set it to {1}")]
    Missing(&'static str, &'static str),
    /// Set to something else than it should be.
    #[error("{0} is malformed; it must be {1}")]
    Malformed(&'static str, &'static str),
}

impl Settings {
    /// Reads the settings through `read`, which is the environment except in tests.
    ///
    /// # Errors
    /// [`SettingsError`] names the first variable that is missing or malformed.
    pub fn read(read: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let text = |name, what| {
            read(name)
                .filter(|value| !value.trim().is_empty())
                .ok_or(SettingsError::Missing(name, what))
        };
        let checked = |name, what, sound: fn(&str) -> bool| {
            text(name, what).and_then(|value| {
                if sound(&value) {
                    Ok(value)
                } else {
                    Err(SettingsError::Malformed(name, what))
                }
            })
        };
        Ok(Self {
            table: text("KOEBA_TABLE", "the name of the DynamoDB table")?,
            tenant_role_arn: checked(
                "KOEBA_TENANT_ROLE_ARN",
                "the ARN of the tenant role",
                |arn| arn.starts_with("arn:") && arn.contains(":role/"),
            )?,
            cursor_key: key("KOEBA_CURSOR_KEY", &text("KOEBA_CURSOR_KEY", KEY)?)?,
            account_key: Sealed::new(&key("KOEBA_ACCOUNT_KEY", &text("KOEBA_ACCOUNT_KEY", KEY)?)?),
            signing_key: SigningKey::from_seed(&key(
                "KOEBA_SIGNING_KEY",
                &text("KOEBA_SIGNING_KEY", KEY)?,
            )?),
            app_origin: checked(
                "KOEBA_APP_ORIGIN",
                "the origin of the web client, such as https://voice.example",
                is_origin,
            )?,
            media_url: checked(
                "KOEBA_MEDIA_URL",
                "the ws: or wss: URL of the media nodes",
                is_media_url,
            )?,
            token_key: TokenKeySettings {
                id: text("KOEBA_TOKEN_KEY_ID", "the name of the token key")?,
                secret: Secret::new(checked(
                    "KOEBA_TOKEN_SECRET",
                    "at least 32 characters",
                    |secret| secret.len() >= 32,
                )?),
            },
            passwords: PasswordSettings::read(&read)?,
        })
    }

    /// Whether an `Origin` header names the web client.
    #[must_use]
    pub fn is_app_origin(&self, origin: impl Display) -> bool {
        origin.to_string() == self.app_origin
    }
}

const KEY: &str = "32 random bytes in base64";

fn key(name: &'static str, text: &str) -> Result<[u8; 32], SettingsError> {
    BASE64
        .decode(text.trim().as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(SettingsError::Malformed(name, KEY))
}

fn is_origin(text: &str) -> bool {
    ["https://", "http://"]
        .iter()
        .any(|scheme| text.strip_prefix(scheme).is_some_and(is_authority))
}

/// Exactly what may stand in a `Content-Security-Policy`: nothing that could end the directive.
fn is_media_url(text: &str) -> bool {
    ["wss://", "ws://"].iter().any(|scheme| {
        text.strip_prefix(scheme)
            .is_some_and(|rest| is_authority(rest.strip_suffix('/').unwrap_or(rest)))
    })
}

fn is_authority(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: [(&str, &str); 9] = [
        (
            "KOEBA_ACCOUNT_KEY",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        ),
        ("KOEBA_TABLE", "koeba"),
        (
            "KOEBA_TENANT_ROLE_ARN",
            "arn:aws:iam::000000000000:role/tenant",
        ),
        (
            "KOEBA_CURSOR_KEY",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        ),
        (
            "KOEBA_SIGNING_KEY",
            "HxwdHhsYGRoXFBUWExAREg8MDQ4LCAkKBwQFBgMAAQI=",
        ),
        ("KOEBA_APP_ORIGIN", "https://voice.example.test"),
        ("KOEBA_MEDIA_URL", "wss://media.example.test"),
        ("KOEBA_TOKEN_KEY_ID", "key-1"),
        ("KOEBA_TOKEN_SECRET", "0123456789abcdef0123456789abcdef"),
    ];

    fn with(name: &str, value: Option<&str>) -> Result<Settings, SettingsError> {
        Settings::read(|asked| {
            if asked == name {
                value.map(str::to_owned)
            } else {
                SOUND
                    .iter()
                    .find(|(known, _)| *known == asked)
                    .map(|(_, value)| (*value).to_owned())
            }
        })
    }

    #[test]
    fn a_missing_setting_is_named_with_what_it_should_be() {
        for (name, _) in SOUND {
            for value in [None, Some(" ")] {
                let error = with(name, value).expect_err("the setting is missing");
                let sentence = error.to_string();
                assert!(sentence.starts_with(&format!("{name} is not set; set it to ")));
            }
        }
        assert!(with("", None).is_ok());
    }

    #[test]
    fn hashing_may_cost_more_than_the_floor_and_never_less() {
        assert_eq!(
            with("", None).expect("sound").passwords,
            PasswordSettings::FLOOR
        );
        let passwords = |name, value| with(name, Some(value)).map(|settings| settings.passwords);
        let dearer = passwords("KOEBA_ARGON2_MEMORY_KIB", "65536").expect("dearer");
        assert_eq!(dearer.memory_kib, 65_536);
        assert_eq!(
            passwords("KOEBA_ARGON2_AT_A_TIME", "1").map(|settings| settings.at_a_time),
            Ok(1)
        );
        for (name, cheap) in [
            ("KOEBA_ARGON2_MEMORY_KIB", "19455"),
            ("KOEBA_ARGON2_MEMORY_KIB", "99999999"),
            ("KOEBA_ARGON2_ITERATIONS", "1"),
            ("KOEBA_ARGON2_PARALLELISM", "0"),
            ("KOEBA_ARGON2_AT_A_TIME", "0"),
            ("KOEBA_ARGON2_AT_A_TIME", "many"),
        ] {
            let error = passwords(name, cheap).expect_err("refused");
            assert!(matches!(error, SettingsError::Malformed(of, _) if of == name));
        }
    }

    #[test]
    fn a_malformed_setting_is_named_and_its_value_is_not_shown() {
        for (name, value) in [
            ("KOEBA_TENANT_ROLE_ARN", "somebody"),
            ("KOEBA_CURSOR_KEY", "AAEC"),
            ("KOEBA_SIGNING_KEY", "AAEC"),
            ("KOEBA_APP_ORIGIN", "https://voice.example.test/"),
            ("KOEBA_APP_ORIGIN", "voice.example.test"),
            ("KOEBA_MEDIA_URL", "https://media.example.test"),
            ("KOEBA_MEDIA_URL", "wss://media.example.test; script-src *"),
            ("KOEBA_TOKEN_SECRET", "short-secret"),
        ] {
            let sentence = with(name, Some(value)).expect_err("malformed").to_string();
            assert!(sentence.contains(name), "{sentence}");
            assert!(!sentence.contains(value), "{sentence}");
        }
    }
}

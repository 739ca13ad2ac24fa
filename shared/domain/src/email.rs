//! E-mail addresses: who a user is before there is a user.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An address that mail can be sent to.
///
/// A subset of RFC 5321 that providers in fact use: a local part of unquoted ASCII atoms, one `@`
/// and a host name with at least one dot. Nothing that could add a second recipient or a header
/// (comma, semicolon, white space, angle brackets, `%0a`) gets in.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// The domain of addresses, in lower case: `example.co.jp`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Domain(String);

/// The text is not the domain of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the domain of an e-mail address")]
pub struct DomainError;

impl Domain {
    /// Reads a domain as typed: with or without an `@` before it.
    ///
    /// # Errors
    /// [`DomainError`] when no address can have it.
    pub fn new(text: &str) -> Result<Self, DomainError> {
        let text = text.trim();
        let text = text.strip_prefix('@').unwrap_or(text);
        EmailAddress::new(&format!("a@{text}"))
            .map(|address| Self(address.domain().to_owned()))
            .map_err(|_| DomainError)
    }

    /// The domain.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `email` has exactly this domain: no part of it, and none below it.
    #[must_use]
    pub fn is_of(&self, email: &EmailAddress) -> bool {
        email.domain() == self.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Domain {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// The text is not an address that mail can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an e-mail address")]
pub struct EmailError;

impl EmailAddress {
    /// Reads an address as typed, keeping the case of its local part.
    ///
    /// # Errors
    /// [`EmailError`] when it is not one.
    pub fn new(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(EmailError)?;
        let sound = text.len() <= 254
            && (1..=64).contains(&local.len())
            && local.split('.').all(is_atom)
            && host.contains('.')
            && host.split('.').all(is_label)
            && !host.ends_with(|last: char| last.is_ascii_digit());
        if sound {
            Ok(Self(format!("{local}@{}", host.to_ascii_lowercase())))
        } else {
            Err(EmailError)
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which an address is unique: all lower-case.
    ///
    /// Mail systems may tell `A@x` from `a@x`; people do not, and two accounts that differ only in
    /// case are a way to pass for somebody else.
    #[must_use]
    pub fn normalized(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the `@`, in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

fn is_atom(atom: &str) -> bool {
    !atom.is_empty()
        && atom
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&'*+-/=?^_`{|}~".contains(&byte))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shows no address: `Debug` ends up in logs, and addresses must not.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_people_have_are_accepted() {
        for text in [
            "a@example.test",
            "Aiko.Tanaka+koeba@mail.example.co.jp",
            " o'hara@example.test ",
        ] {
            assert!(EmailAddress::new(text).is_ok(), "{text}");
        }
    }

    /// Check sheet: WA-08-03, WA-08-04.
    #[test]
    fn tricks_that_add_a_recipient_or_a_header_are_refused() {
        for text in [
            "",
            "a",
            "@example.test",
            "a@",
            "a@b",
            "a@example.test,b@example.test",
            "a b@example.test",
            "a@example.test\nbcc:x@example.test",
            "a%0abcc@example.test",
            "<a@example.test>",
            "\"a b\"@example.test",
            "a@[127.0.0.1]",
            "a@1.2.3.4",
            "a..b@example.test",
            "声@example.test",
        ] {
            assert_eq!(EmailAddress::new(text), Err(EmailError), "{text:?}");
        }
    }

    #[test]
    fn two_spellings_of_one_address_are_the_same_person() {
        let one = EmailAddress::new("Aiko@Example.test").expect("an address");
        let two = EmailAddress::new("aiko@example.TEST").expect("an address");
        assert_eq!(one.normalized(), two.normalized());
    }

    #[test]
    fn a_domain_is_read_as_people_type_it_and_is_the_whole_domain() {
        let domain = Domain::new(" @Example.TEST ").expect("a domain");
        assert_eq!(domain.as_str(), "example.test");
        let of = |text: &str| domain.is_of(&EmailAddress::new(text).expect("an address"));
        assert!(of("ken@EXAMPLE.test"));
        assert!(!of("ken@sub.example.test") && !of("ken@evil-example.test"));
        for text in [
            "",
            "@",
            "example",
            "a@b.test",
            "exa mple.test",
            "*.test",
            "x.test,y.test",
        ] {
            assert_eq!(Domain::new(text), Err(DomainError), "{text:?}");
        }
    }

    #[test]
    fn debug_output_shows_no_address() {
        let address = EmailAddress::new("aiko@example.test").expect("an address");
        assert!(!format!("{address:?}").contains("aiko"));
    }
}

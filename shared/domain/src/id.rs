//! Identifiers: a kind's prefix, an underscore and 128 random bits in Crockford-like base 32.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What an identifier names. Implemented by the markers in [`kind`] and by nothing else.
pub trait Kind: Copy + Ord + 'static {
    /// The letters before the underscore, for example `ws`.
    const PREFIX: &'static str;
}

/// The markers that keep a room's identifier from being taken for a workspace's.
pub mod kind {
    macro_rules! kinds {
        ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum $name {}
            impl super::Kind for $name {
                const PREFIX: &'static str = $prefix;
            }
        )*};
    }
    kinds! {
        /// A tenant.
        Workspace = "ws";
        /// Somebody who signs in.
        User = "us";
        /// A place to talk.
        Room = "rm";
        /// An offer of membership.
        Invitation = "in";
        /// A sign-up that waits for its e-mail token.
        SignUp = "su";
        /// Something to be delivered after a transaction, such as a mail.
        Intent = "it";
        /// A signed-in browser.
        Session = "se";
        /// A passkey.
        Passkey = "pk";
        /// A password reset that waits for its link to be opened.
        PasswordReset = "pr";
        /// A change of address that waits for its e-mail token.
        EmailChange = "ec";
        /// A link that lets several people in.
        InvitationLink = "il";
        /// A campaign in which every account is looked at.
        AccessReview = "ar";
        /// What says that something was deleted.
        Certificate = "dc";
    }
}

/// Identifies a workspace.
pub type WorkspaceId = Id<kind::Workspace>;
/// Identifies a user.
pub type UserId = Id<kind::User>;
/// Identifies a room.
pub type RoomId = Id<kind::Room>;
/// Identifies an invitation.
pub type InvitationId = Id<kind::Invitation>;
/// Identifies a pending sign-up.
pub type SignUpId = Id<kind::SignUp>;
/// Identifies a delivery intent.
pub type IntentId = Id<kind::Intent>;
/// Identifies a signed-in browser; not its secret.
pub type SessionId = Id<kind::Session>;
/// Identifies a passkey.
pub type PasskeyId = Id<kind::Passkey>;
/// Identifies a password reset.
pub type PasswordResetId = Id<kind::PasswordReset>;
/// Identifies a pending change of address.
pub type EmailChangeId = Id<kind::EmailChange>;
/// Identifies an invitation link.
pub type InvitationLinkId = Id<kind::InvitationLink>;
/// Identifies an access review.
pub type AccessReviewId = Id<kind::AccessReview>;
/// Identifies a deletion certificate.
pub type CertificateId = Id<kind::Certificate>;

/// A typed identifier of 16 bytes, written as `<prefix>_<26 letters>`.
///
/// The letters are lower-case and leave out `i`, `l`, `o` and `u`, so an identifier can be read
/// aloud and never needs escaping in a URL or a key.
pub struct Id<K> {
    bytes: [u8; 16],
    kind: PhantomData<K>,
}

static LETTERS: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification
        .symbols
        .push_str("0123456789abcdefghjkmnpqrstvwxyz");
    specification
        .encoding()
        .expect("the alphabet has 32 distinct symbols")
});

impl<K: Kind> Id<K> {
    /// Makes an identifier of 16 random bytes that the caller drew.
    #[must_use]
    pub const fn from_random(bytes: [u8; 16]) -> Self {
        Self {
            bytes,
            kind: PhantomData,
        }
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn bytes(&self) -> [u8; 16] {
        self.bytes
    }
}

/// The text is not an identifier of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed identifier")]
pub struct IdError;

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let letters = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or(IdError)?;
        let bytes = LETTERS.decode(letters.as_bytes()).map_err(|_| IdError)?;
        Ok(Self::from_random(bytes.try_into().map_err(|_| IdError)?))
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, LETTERS.encode(&self.bytes))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Id<K> {}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bytes.cmp(&other.bytes)
    }
}

impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_identifier_of_another_kind_is_refused() {
        let room = RoomId::from_random([7; 16]).to_string();
        assert!(room.starts_with("rm_"));
        assert_eq!(room.parse::<WorkspaceId>(), Err(IdError));
    }

    #[test]
    fn padding_upper_case_and_delimiters_are_refused() {
        for text in [
            "",
            "ws_",
            "ws_#",
            "ws_00",
            "WS_0000000000000000000000000",
            "ws_0/../1",
        ] {
            assert_eq!(text.parse::<WorkspaceId>(), Err(IdError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_identifier_reads_back_as_written(bytes: [u8; 16]) {
            let id = UserId::from_random(bytes);
            prop_assert_eq!(id.to_string().parse::<UserId>(), Ok(id));
            prop_assert_eq!(id.to_string().len(), 29);
        }
    }
}

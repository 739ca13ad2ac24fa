/// Why a token is not good. The texts are shown to people by LiveKit's clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a JWT of ours at all.
    #[error("the access token is malformed")]
    Malformed,
    /// Signed with another algorithm than HS256.
    #[error("the access token is signed with an algorithm that is not allowed")]
    Algorithm,
    /// Its issuer is no key that is known.
    #[error("the access token was issued with an unknown key")]
    UnknownKey,
    /// It was changed, or signed with another secret.
    #[error("the access token has a wrong signature")]
    Signature,
    /// Its time is over.
    #[error("the access token has expired; join again")]
    Expired,
    /// Its time has not come.
    #[error("the access token is not valid yet")]
    NotYetValid,
    /// It is for something else: a node's token shown as a join token, or the other way round.
    #[error("the access token is for another purpose")]
    Purpose,
    /// It does not allow joining a room.
    #[error("the access token does not allow joining a room")]
    NoRoomJoin,
    /// It names no participant.
    #[error("the access token names no participant")]
    NoIdentity,
    /// It names no room or workspace.
    #[error("the access token names no room")]
    NoRoom,
    /// A name in it is longer than 256 characters.
    #[error("a name in the access token is too long")]
    TooLong,
}

impl TokenError {
    /// Whether the token is authentic but makes no sense (HTTP 400), as opposed to one that gives
    /// no right (401).
    #[must_use]
    pub const fn is_bad_request(self) -> bool {
        matches!(self, Self::NoIdentity | Self::NoRoom | Self::TooLong)
    }
}

//! What can go wrong in the store, by what a caller may do about it.

/// Why the store did not do what it was asked. No variant carries personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// Something that must be unique is there already: an address, a room's name, a membership.
    #[error("it already exists")]
    AlreadyExists,
    /// There is no such thing.
    #[error("there is no such thing")]
    NotFound,
    /// It is not, or no longer, in the state that the change needs: somebody else was first.
    #[error("somebody else changed it first")]
    Conflict,
    /// A quota of the domain is used up.
    #[error("a quota is used up")]
    QuotaReached,
    /// The cursor is not one that this list gave out.
    #[error("the cursor is not one of ours")]
    BadCursor,
    /// Too much at once, even after trying again. Worth a later try.
    #[error("the store is busy ({0})")]
    Busy(String),
    /// The credentials do not reach this data: the second lock of tenancy held. Always our fault.
    #[error("the store refused the credentials ({0})")]
    Denied(String),
    /// The store cannot be reached or does not understand us.
    #[error("the store is unavailable ({0})")]
    Unavailable(String),
    /// An item is not as we write them.
    #[error("an item of kind {0} cannot be read")]
    Corrupt(&'static str),
}

/// What the store answers.
pub type Result<T> = std::result::Result<T, StorageError>;

impl StorageError {
    /// Classifies what an AWS client reported, by its code.
    pub(crate) fn from_code(code: Option<&str>, what: &str) -> Self {
        match code {
            Some("ConditionalCheckFailedException") => Self::Conflict,
            Some(
                busy @ ("ThrottlingException"
                | "ProvisionedThroughputExceededException"
                | "RequestLimitExceeded"
                | "TransactionConflictException"
                | "TransactionInProgressException"
                | "Throttling"
                | "ThrottlingError"
                | "TransactionConflict"),
            ) => Self::Busy(busy.to_owned()),
            Some(denied @ ("AccessDeniedException" | "AccessDenied")) => {
                Self::Denied(denied.to_owned())
            }
            Some(other) => Self::Unavailable(other.to_owned()),
            None => Self::Unavailable(what.to_owned()),
        }
    }
}

impl<E, R> From<aws_sdk_dynamodb::error::SdkError<E, R>> for StorageError
where
    E: aws_sdk_dynamodb::error::ProvideErrorMetadata,
{
    fn from(error: aws_sdk_dynamodb::error::SdkError<E, R>) -> Self {
        use aws_sdk_dynamodb::error::{ProvideErrorMetadata as _, SdkError};
        let what = match &error {
            SdkError::ConstructionFailure(_) => "the request could not be built",
            SdkError::TimeoutError(_) => "the answer took too long",
            SdkError::DispatchFailure(_) => "no connection",
            SdkError::ResponseError(_) => "the answer could not be read",
            _ => "an answer without a code",
        };
        Self::from_code(error.code(), what)
    }
}

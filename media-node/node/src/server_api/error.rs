use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use koeba_room::OrderError;
use serde::Serialize;

/// Twirp's error codes, those that are used here (Twirp wire protocol v7, "Error codes").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    BadRoute,
    Malformed,
    InvalidArgument,
    Unauthenticated,
    PermissionDenied,
    NotFound,
    FailedPrecondition,
    ResourceExhausted,
    Unimplemented,
    Unavailable,
}

/// Why a call is not carried out, as Twirp's clients read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct TwirpError {
    pub(crate) code: Code,
    pub(crate) msg: String,
}

impl TwirpError {
    pub(crate) fn new(code: Code, msg: impl Into<String>) -> Self {
        Self {
            code,
            msg: msg.into(),
        }
    }
}

impl From<OrderError> for TwirpError {
    fn from(error: OrderError) -> Self {
        let code = match error {
            OrderError::NoParticipant | OrderError::NoTrack => Code::NotFound,
            OrderError::NotSilenced | OrderError::Hidden => Code::FailedPrecondition,
            OrderError::TooLong => Code::InvalidArgument,
        };
        Self::new(code, error.to_string())
    }
}

impl IntoResponse for TwirpError {
    fn into_response(self) -> Response {
        let status = match self.code {
            Code::BadRoute | Code::NotFound => StatusCode::NOT_FOUND,
            Code::Malformed | Code::InvalidArgument => StatusCode::BAD_REQUEST,
            Code::Unauthenticated => StatusCode::UNAUTHORIZED,
            Code::PermissionDenied => StatusCode::FORBIDDEN,
            Code::FailedPrecondition => StatusCode::PRECONDITION_FAILED,
            Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
            Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        (status, Json(self)).into_response()
    }
}

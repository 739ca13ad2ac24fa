//! The one listener: tells the caller and the service apart, and passes the call on.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode, Uri};
use time::OffsetDateTime;

use crate::aws_error::AwsError;
use crate::caller::Callers;
use crate::connections::{self, Connections};
use crate::credentials::CredentialScope;
use crate::dynamodb::{self, Engine};
use crate::faults::Faults;
use crate::mailbox::Mailbox;
use crate::meter::Meter;
use crate::s3::{self, ObjectStore};
use crate::{ses, sts};

/// What DynamoDB takes at most.
pub(crate) const LARGEST_BODY: usize = 16 * 1024 * 1024;

pub(crate) struct Front {
    pub(crate) callers: Callers,
    pub(crate) connections: Connections,
    pub(crate) engine: Engine,
    pub(crate) faults: Faults,
    pub(crate) mailbox: Mailbox,
    pub(crate) objects: ObjectStore,
    pub(crate) meter: Meter,
}

pub(crate) fn router(front: Arc<Front>) -> Router {
    Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(front)
}

async fn handle(
    State(front): State<Arc<Front>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(scope) = CredentialScope::of(&headers) else {
        return AwsError::bad(
            "MissingAuthenticationTokenException",
            "Request is missing Authentication Token",
        )
        .into_json("com.amazon.coral.service");
    };
    let now = OffsetDateTime::now_utc();
    let caller = front
        .callers
        .identify(&scope, &headers, now.unix_timestamp());
    match (scope.service.as_str(), caller) {
        ("dynamodb", Ok(caller)) => dynamodb::handle(&front, &caller, headers, body).await,
        ("sts", Ok(caller)) => {
            front.meter.note("AssumeRole");
            sts::handle(&front.callers, &caller, &body, now)
        }
        ("ses", Ok(caller)) => {
            front.meter.note("SendEmail");
            ses::handle(&front.mailbox, &caller, &method, uri.path(), &body)
        }
        ("execute-api", Ok(caller)) => {
            front.meter.note("ManageConnections");
            connections::handle(&front.connections, &caller, &method, uri.path(), &body)
        }
        ("s3", Ok(caller)) => s3::handle(&front.objects, &caller, method, uri, headers, body).await,
        ("s3", Err(error)) => s3::into_xml(&AwsError {
            status: StatusCode::FORBIDDEN,
            code: "InvalidAccessKeyId",
            ..error
        }),
        ("sts", Err(error)) => AwsError {
            status: StatusCode::FORBIDDEN,
            code: "InvalidClientTokenId",
            ..error
        }
        .into_xml(),
        ("ses" | "execute-api", Err(error)) => error.into_rest_json(),
        (_, Err(error)) => error.into_json("com.amazon.coral.service"),
        (other, Ok(_)) => AwsError::bad(
            "UnknownOperationException",
            format!("the service {other} is not emulated"),
        )
        .into_json("com.amazon.coral.service"),
    }
}

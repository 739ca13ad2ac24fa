//! SES: takes a mail and puts it into the local mailbox.

use axum::response::Response;
use http::{Method, StatusCode};
use serde::Deserialize;

use crate::aws_error::{AwsError, respond};
use crate::caller::Caller;
use crate::mailbox::{Draft, Mailbox};
use crate::{ACCOUNT, REGION};

const MOST_RECIPIENTS: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    from_email_address: String,
    destination: Destination,
    content: Content,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Destination {
    #[serde(default)]
    to_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    simple: Simple,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Part,
    body: Body,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    text: Option<Part>,
    html: Option<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    data: String,
}

/// Answers one call of the SES v2 API.
pub(crate) fn handle(
    mailbox: &Mailbox,
    caller: &Caller<'_>,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Response {
    send(mailbox, caller, method, path, body).unwrap_or_else(AwsError::into_rest_json)
}

fn send(
    mailbox: &Mailbox,
    caller: &Caller<'_>,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Result<Response, AwsError> {
    if method != Method::POST || path != "/v2/email/outbound-emails" {
        return Err(AwsError::new(
            StatusCode::NOT_FOUND,
            "NotFoundException",
            "only SendEmail is emulated",
        ));
    }
    let mail: SendEmail = serde_json::from_slice(body)
        .map_err(|error| AwsError::bad("BadRequestException", error.to_string()))?;
    let identity = format!(
        "arn:aws:ses:{REGION}:{ACCOUNT}:identity/{}",
        mail.from_email_address
    );
    caller
        .check(
            "ses:SendEmail",
            &identity,
            std::collections::BTreeMap::default(),
        )
        .map_err(|error| AwsError {
            status: StatusCode::FORBIDDEN,
            ..error
        })?;
    let to = mail.destination.to_addresses;
    let subject = mail.content.simple.subject.data;
    let lines = to.iter().chain([&subject, &mail.from_email_address]);
    if to.is_empty()
        || to.len() > MOST_RECIPIENTS
        || lines
            .into_iter()
            .any(|line| line.chars().any(char::is_control))
    {
        return Err(AwsError::bad(
            "BadRequestException",
            "Illegal address or subject",
        ));
    }
    let body = mail.content.simple.body;
    if body.text.is_none() && body.html.is_none() {
        return Err(AwsError::bad("BadRequestException", "The body is empty"));
    }
    let data = |part: Option<Part>| part.map(|part| part.data).unwrap_or_default();
    let id = mailbox
        .keep(Draft {
            to,
            subject,
            text: data(body.text),
            html: data(body.html),
        })
        .map_err(|error| {
            tracing::error!(%error, "a mail could not be kept");
            AwsError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServiceErrorException",
                "the mailbox failed",
            )
        })?;
    let body = serde_json::json!({ "MessageId": id }).to_string();
    Ok(respond(StatusCode::OK, "application/json", body))
}

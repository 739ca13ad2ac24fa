//! Hands letters to SES.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use koeba_domain::EmailAddress;

use crate::letter::Letter;

/// Shorter than a claim lives, so that nobody else sends while SES may still be taking it.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Postman {
    client: Client,
    from: String,
}

/// Why a letter was not handed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SendError {
    /// It will not be taken next time either.
    #[error("the mail was rejected ({0})")]
    Rejected(String),
    /// It certainly was not taken; next time it may be.
    #[error("the mail was not taken ({0})")]
    NotTaken(String),
    /// Nobody knows whether it was taken.
    #[error("the mail may have been taken or not ({0})")]
    Unknown(&'static str),
}

impl Postman {
    pub(crate) fn new(sdk: &SdkConfig, from: String) -> Self {
        let timeouts = TimeoutConfig::builder().operation_timeout(PATIENCE).build();
        let config = aws_sdk_sesv2::config::Builder::from(sdk).timeout_config(timeouts);
        Self {
            client: Client::from_conf(config.build()),
            from,
        }
    }

    pub(crate) async fn send(&self, to: &EmailAddress, letter: Letter) -> Result<(), SendError> {
        let part = |data: String| {
            Content::builder()
                .charset("UTF-8")
                .data(data)
                .build()
                .map_err(|_| SendError::Rejected("it could not be written".to_owned()))
        };
        let body = Body::builder()
            .text(part(letter.text)?)
            .html(part(letter.html)?)
            .build();
        let message = Message::builder()
            .subject(part(letter.subject.to_owned())?)
            .body(body);
        self.client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(EmailContent::builder().simple(message.build()).build())
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(&error))
    }
}

fn classify<R>(error: &SdkError<SendEmailError, R>) -> SendError {
    match error {
        SdkError::ServiceError(context) => {
            let error = context.err();
            let code = error.code().unwrap_or("no code").to_owned();
            if error.is_message_rejected() || error.is_bad_request_exception() {
                SendError::Rejected(code)
            } else {
                SendError::NotTaken(code)
            }
        }
        SdkError::ConstructionFailure(_) => SendError::NotTaken("no request".to_owned()),
        SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_user() => {
            SendError::NotTaken("no connection".to_owned())
        }
        SdkError::TimeoutError(_) => SendError::Unknown("no answer in time"),
        _ => SendError::Unknown("no readable answer"),
    }
}

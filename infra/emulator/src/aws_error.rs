//! Errors in the words and wire formats of AWS.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

/// What a service answers when it does not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AwsError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl AwsError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(crate) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// The wording of IAM when no policy allows an action.
    pub(crate) fn denied(arn: &str, action: &str, resource: &str) -> Self {
        Self::bad(
            "AccessDeniedException",
            format!(
                "User: {arn} is not authorized to perform: {action} on resource: {resource} \
                 because no identity-based policy allows the {action} action"
            ),
        )
    }

    /// As DynamoDB answers.
    pub(crate) fn into_json(self, namespace: &str) -> Response {
        let body = serde_json::json!({
            "__type": format!("{namespace}#{}", self.code),
            "message": self.message,
        });
        respond(self.status, "application/x-amz-json-1.0", body.to_string())
    }

    /// As SES answers.
    pub(crate) fn into_rest_json(self) -> Response {
        let body = serde_json::json!({ "message": self.message }).to_string();
        let mut response = respond(self.status, "application/json", body);
        response
            .headers_mut()
            .insert("x-amzn-errortype", HeaderValue::from_static(self.code));
        response
    }

    /// As STS answers. The query protocol leaves `Exception` off its codes.
    pub(crate) fn into_xml(self) -> Response {
        let code = self.code.strip_suffix("Exception").unwrap_or(self.code);
        let body = format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
             <Type>Sender</Type><Code>{code}</Code><Message>{}</Message></Error>\
             <RequestId>local</RequestId></ErrorResponse>",
            escape(&self.message)
        );
        respond(self.status, "text/xml", body)
    }
}

pub(crate) fn respond(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Makes text safe inside XML and HTML elements and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

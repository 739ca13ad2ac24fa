//! JSON bodies: read strictly, written with their character set.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::{FieldProblem, Problem, Slug, Text};

/// The most that a body may hold, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// A JSON body, of a request or of an answer.
///
/// Of a request: `Content-Type: application/json` is demanded, at most [`MAX_BODY`] bytes are
/// read, and each way to be wrong is its own problem. Structs that are read this way carry
/// `#[serde(deny_unknown_fields)]` and keep text as `String`; the rules of the domain are applied
/// with [`crate::field`], which explains them in the reader's language.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => (
                [(
                    CONTENT_TYPE,
                    HeaderValue::from_static("application/json; charset=utf-8"),
                )],
                body,
            )
                .into_response(),
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !says_json(request.headers()) {
            return Err(Slug::ContentTypeWrong.into());
        }
        let bytes = read(request.into_body()).await?;
        parse(&bytes).map(Self)
    }
}

fn says_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let parameters = parameters.trim().to_ascii_lowercase();
    essence.trim().eq_ignore_ascii_case("application/json")
        && matches!(
            parameters.as_str(),
            "" | "charset=utf-8" | "charset=\"utf-8\""
        )
}

async fn read(body: Body) -> Result<Bytes, Problem> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Slug::BodyTooLarge.into()),
        Err(_) => Err(Slug::JsonMalformed.into()),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice::<IgnoredAny>(bytes).map_err(|_| Slug::JsonMalformed)?;
    // serde would read a struct from an array too, by position.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        let text = Text::fixed(
            "JSONのオブジェクトを送ってください。",
            "Send a JSON object.",
        );
        return Err(FieldProblem::new("body", text).into());
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        problem(&path, error.inner())
    })
}

/// Tells the ways apart in which well-formed JSON can fail to be what a route reads.
///
/// `serde_json` names the field that is unknown, missing or doubled only in its message.
fn problem(path: &str, error: &serde_json::Error) -> Problem {
    let message = error.to_string();
    let named = |prefix: &str| {
        let rest = message.strip_prefix(prefix)?;
        Some(shortened(rest.split('`').next().unwrap_or_default()))
    };
    if let Some(field) = named("unknown field `") {
        let text = Text::fixed("この項目は取り除いてください。", "Leave this field out.");
        return Problem::unknown_field(FieldProblem::new(field, text));
    }
    if let Some(field) = named("missing field `") {
        let text = Text::fixed("この項目は必須です。", "This field is required.");
        return FieldProblem::new(field, text).into();
    }
    if let Some(field) = named("duplicate field `") {
        let text = Text::fixed(
            "この項目は一度だけ送ってください。",
            "Send this field once.",
        );
        return FieldProblem::new(field, text).into();
    }
    let text = Text::fixed(
        "この項目の型または値が違います。",
        "This field has another type, or a value that is not one of those allowed.",
    );
    FieldProblem::new(shortened(path), text).into()
}

/// What a request called a field, short enough to repeat.
fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only how it is read matters")]
        name: String,
        #[expect(dead_code, reason = "only how it is read matters")]
        kind: Option<Kind>,
    }

    #[derive(Debug, serde::Deserialize)]
    enum Kind {
        #[serde(rename = "one")]
        One,
    }

    fn refused(text: &str) -> (Slug, Option<String>) {
        let problem = parse::<Body>(text.as_bytes()).expect_err("refused");
        let document = problem.document(koeba_domain::Locale::En, "");
        (
            problem.slug(),
            document.errors.first().map(|error| error.field.clone()),
        )
    }

    #[test]
    fn each_way_to_be_wrong_is_its_own_problem() {
        let field = |name: &str| Some(name.to_owned());
        assert!(parse::<Body>(br#"{"name":"a"}"#).is_ok());
        for text in [
            "",
            "{",
            "{\"name\":\"a\"} x",
            "{\"name\":\"\u{0}\"}",
            "{'name':1}",
        ] {
            assert_eq!(refused(text), (Slug::JsonMalformed, None), "{text}");
        }
        assert_eq!(refused(r#"["a"]"#), (Slug::FieldsInvalid, field("body")));
        assert_eq!(refused("null"), (Slug::FieldsInvalid, field("body")));
        assert_eq!(
            refused(r#"{"name":"a","admin":true}"#),
            (Slug::FieldUnknown, field("admin"))
        );
        assert_eq!(refused("{}"), (Slug::FieldsInvalid, field("name")));
        assert_eq!(
            refused(r#"{"name":"a","kind":3}"#),
            (Slug::FieldsInvalid, field("kind"))
        );
        assert_eq!(
            refused(r#"{"name":{"$gt":""}}"#),
            (Slug::FieldsInvalid, field("name"))
        );
        assert_eq!(
            refused(r#"{"name":"a","name":"b"}"#),
            (Slug::FieldsInvalid, field("name"))
        );
    }

    #[test]
    fn a_form_is_not_json_whatever_it_adds() {
        for (value, is_json) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json; charset=utf-16", false),
            ("text/plain", false),
            ("text/plain; application/json", false),
            ("application/x-www-form-urlencoded", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, value.parse().expect("a header value"));
            assert_eq!(says_json(&headers), is_json, "{value}");
        }
        assert!(!says_json(&HeaderMap::new()));
    }
}

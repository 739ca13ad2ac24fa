//! Problem documents (RFC 9457): what an error looks like from outside.
//!
//! A [`Problem`] says nothing of what happened inside. Its words are chosen from [`Slug`]'s table
//! when the answer leaves, in the language that the request asked for, by [`crate::finish`].

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use koeba_domain::{AcceptError, Denied, InvitationBarred, Locale, Moment};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Explain, Slug, Text};

/// The media type of problem documents.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error answer: a slug, and for invalid input the fields that are wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    slug: Slug,
    fields: Vec<FieldProblem>,
    /// Seconds after which it is worth trying again.
    retry_after: Option<u32>,
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    field: String,
    text: Text,
}

/// A problem document after RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// `/problems/` and the slug, by which clients decide.
    #[serde(rename = "type")]
    pub problem_type: String,
    /// What happened, for a person.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do about it, for a person.
    pub detail: String,
    /// Names this request in our log.
    pub request_id: String,
    /// For invalid input: which fields, and what to do with each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
}

/// One field that a problem document complains about.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldError {
    /// The field's name as in the request.
    pub field: String,
    /// What to do with it, for a person.
    pub detail: String,
}

impl Problem {
    /// Input that breaks the rules of several fields at once.
    #[must_use]
    pub fn fields(fields: impl IntoIterator<Item = FieldProblem>) -> Self {
        Self {
            fields: fields.into_iter().collect(),
            ..Slug::FieldsInvalid.into()
        }
    }

    /// A problem of another kind that several things have a part in: each named like a field.
    #[must_use]
    pub fn about(slug: Slug, things: impl IntoIterator<Item = FieldProblem>) -> Self {
        Self {
            fields: things.into_iter().collect(),
            ..slug.into()
        }
    }

    /// A field that the request should not have.
    #[must_use]
    pub fn unknown_field(field: FieldProblem) -> Self {
        Self {
            fields: vec![field],
            ..Slug::FieldUnknown.into()
        }
    }

    /// Something was tried too often; `until` then it is refused.
    #[must_use]
    pub fn too_many_until(until: Moment, now: Moment) -> Self {
        let seconds = (until - now).whole_seconds().max(1);
        Self {
            retry_after: Some(u32::try_from(seconds).unwrap_or(u32::MAX)),
            ..Slug::TooManyRequests.into()
        }
    }

    /// Something failed that the caller cannot help. `cause` goes to the log, never to the answer.
    ///
    /// `cause` must be free of personal data: ours are typed errors, which carry none.
    #[must_use]
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed on our side");
        Slug::Internal.into()
    }

    /// Which problem.
    #[must_use]
    pub const fn slug(&self) -> Slug {
        self.slug
    }

    pub(crate) fn document(&self, locale: Locale, request_id: &str) -> ProblemDocument {
        ProblemDocument {
            problem_type: format!("/problems/{}", self.slug.as_str()),
            title: self.slug.title(locale).to_owned(),
            status: self.slug.status().as_u16(),
            detail: self.slug.detail(locale).to_owned(),
            request_id: request_id.to_owned(),
            errors: self
                .fields
                .iter()
                .map(|field| FieldError {
                    field: field.field.clone(),
                    detail: field.text.in_language(locale).to_owned(),
                })
                .collect(),
        }
    }

    /// Writes the document into an answer that [`IntoResponse`] prepared.
    pub(crate) fn render(&self, response: &mut Response, locale: Locale, request_id: &str) {
        let body = serde_json::to_vec(&self.document(locale, request_id))
            .expect("a document of strings is JSON");
        *response.body_mut() = Body::from(body);
        response.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json; charset=utf-8"),
        );
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
}

impl FieldProblem {
    /// A field and what to do with it.
    #[must_use]
    pub fn new(field: impl Into<String>, text: Text) -> Self {
        Self {
            field: field.into(),
            text,
        }
    }
}

/// Reads one field of a request by a rule of the domain.
///
/// # Errors
/// A [`FieldProblem`], which `?` turns into a [`Problem`]; several are put together by
/// [`Problem::fields`].
pub fn field<T, E: Explain>(name: &str, read: Result<T, E>) -> Result<T, FieldProblem> {
    read.map_err(|error| FieldProblem::new(name, error.explain()))
}

impl From<Slug> for Problem {
    fn from(slug: Slug) -> Self {
        Self {
            slug,
            fields: Vec::new(),
            retry_after: None,
        }
    }
}

impl From<FieldProblem> for Problem {
    fn from(field: FieldProblem) -> Self {
        Self::fields([field])
    }
}

impl From<AcceptError> for Slug {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::OtherAddress => Self::InvitationForAnotherAddress,
            AcceptError::AlreadyUsed => Self::InvitationUsed,
            AcceptError::Revoked => Self::InvitationRevoked,
            AcceptError::Expired => Self::InvitationExpired,
        }
    }
}

impl From<InvitationBarred> for Slug {
    fn from(barred: InvitationBarred) -> Self {
        match barred {
            InvitationBarred::GuestsNotAllowed => Self::GuestsNotAllowed,
            InvitationBarred::DomainNotAllowed => Self::DomainNotAllowed,
        }
    }
}

impl From<Denied> for Problem {
    fn from(_: Denied) -> Self {
        Slug::Forbidden.into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.slug.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

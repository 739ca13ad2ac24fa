//! What the routes of every function say about themselves in the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::openapi::{Content, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema as _};

use crate::Slug;
use crate::problem::{PROBLEM_JSON, ProblemDocument};

/// Responses by status, as `IntoResponses` wants them.
pub type Responses = BTreeMap<String, RefOr<Response>>;

/// What a route that reads a body may answer besides its own problems.
#[derive(Debug)]
pub struct BodyProblems;

impl IntoResponses for BodyProblems {
    fn responses() -> Responses {
        problems(&[
            Slug::JsonMalformed,
            Slug::BodyTooLarge,
            Slug::ContentTypeWrong,
            Slug::FieldUnknown,
            Slug::FieldsInvalid,
        ])
    }
}

/// What a route that changes something for anybody, signed in or not, may answer besides its own
/// problems.
#[derive(Debug)]
pub struct OpenProblems;

impl IntoResponses for OpenProblems {
    fn responses() -> Responses {
        problems(&[Slug::OriginRefused])
    }
}

/// What a route answers that may be used only so often, see [`crate::Limits`].
#[derive(Debug)]
pub struct LimitProblems;

impl IntoResponses for LimitProblems {
    fn responses() -> Responses {
        problems(&[Slug::TooManyRequests])
    }
}

/// What a route that takes [`crate::SignedIn`] may answer besides its own problems.
#[derive(Debug)]
pub struct SessionProblems;

impl IntoResponses for SessionProblems {
    fn responses() -> Responses {
        problems(&[
            Slug::NotSignedIn,
            Slug::SessionExpired,
            Slug::CsrfTokenWrong,
            Slug::OriginRefused,
            Slug::SecondStepRequired,
            Slug::SecondStepSetUpRequired,
            Slug::StepUpRequired,
        ])
    }
}

/// What a route that takes [`crate::Scoped`] may answer besides its own problems.
#[derive(Debug)]
pub struct ScopedProblems;

impl IntoResponses for ScopedProblems {
    fn responses() -> Responses {
        scoped_problems(&[])
    }
}

/// What [`ScopedProblems`] describes, and a route's own problems besides.
#[must_use]
pub fn scoped_problems(own: &[Slug]) -> Responses {
    let scoped = [
        Slug::NotSignedIn,
        Slug::SessionExpired,
        Slug::CsrfTokenWrong,
        Slug::OriginRefused,
        Slug::SecondStepRequired,
        Slug::SecondStepSetUpRequired,
        Slug::StrongerSecondStepRequired,
        Slug::StepUpRequired,
        Slug::SessionRenewalDue,
        Slug::NetworkNotAllowed,
        Slug::GuestsNotAllowed,
        Slug::Forbidden,
        Slug::NotFound,
        Slug::TooManyRequests,
    ];
    problems(&[&scoped, own].concat())
}

/// Describes problems for the document: one response for each status, naming its slugs.
#[must_use]
pub fn problems(slugs: &[Slug]) -> Responses {
    let mut by_status: BTreeMap<u16, Vec<Slug>> = BTreeMap::new();
    for slug in slugs {
        by_status
            .entry(slug.status().as_u16())
            .or_default()
            .push(*slug);
    }
    by_status
        .into_iter()
        .map(|(status, slugs)| (status.to_string(), RefOr::T(described(&slugs))))
        .collect()
}

fn described(slugs: &[Slug]) -> Response {
    let names: Vec<String> = slugs
        .iter()
        .map(|slug| format!("`{}`", slug.as_str()))
        .collect();
    ResponseBuilder::new()
        .description(names.join(", "))
        .content(
            PROBLEM_JSON,
            Content::new(Some(RefOr::Ref(utoipa::openapi::Ref::from_schema_name(
                ProblemDocument::name(),
            )))),
        )
        .build()
}

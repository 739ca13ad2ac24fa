//! Identifiers in a path, and the page that a query asks for.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::{Problem, Slug};

/// The parameters of a path, by name, as a struct of identifiers.
///
/// A malformed identifier names nothing, so it is 404 like any other thing that does not exist.
/// The struct may leave out parameters that it does not need.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Slug::NotFound.into())
    }
}

/// Which page of a list: a handler of a list takes one as an argument.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Where to go on: the `next_cursor` of the page before. Without it, the beginning.
    #[param(max_length = 2048)]
    pub cursor: Option<String>,
    /// How many items at most, from 1 to 100; 50 if not said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: Option<u8>,
}

impl Page {
    /// The most items that a page holds.
    pub const MAX: u8 = 100;
    /// How many items a page holds if the request does not say.
    pub const DEFAULT: u8 = 50;

    /// How many items the page holds at most.
    #[must_use]
    pub fn limit(&self) -> u8 {
        self.limit.unwrap_or(Self::DEFAULT)
    }

    /// The page, if it is one that may be asked for.
    ///
    /// # Errors
    /// [`Slug::QueryInvalid`] for a limit beyond [`Self::MAX`], [`Slug::CursorInvalid`] for a cursor
    /// that is longer than any of ours.
    pub fn checked(self) -> Result<Self, Problem> {
        if !(1..=Self::MAX).contains(&self.limit()) {
            return Err(Slug::QueryInvalid.into());
        }
        if self.cursor.as_ref().is_some_and(|text| text.len() > 2048) {
            return Err(Slug::CursorInvalid.into());
        }
        Ok(self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Query(page) =
            axum::extract::Query::<Self>::from_request_parts(parts, state)
                .await
                .map_err(|_| Slug::QueryInvalid)?;
        page.checked()
    }
}

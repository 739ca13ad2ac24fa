use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use koeba_domain::{CertificateId, Locale};
use koeba_edge::cookies::cleared_session_cookie;
use koeba_edge::openapi::{BodyProblems, Responses, SessionProblems, problems};
use koeba_edge::{
    CertificateView, DeletionRequest, Json, Path, Problem, Slug, SteppedUp, preferred_language,
};
use serde::Deserialize;
use utoipa::IntoResponses;

use crate::delete_account;
use crate::state::Accounts;

/// What only deleting an account may answer.
struct FarewellProblems;

impl IntoResponses for FarewellProblems {
    fn responses() -> Responses {
        problems(&[Slug::OwnerMustTransfer, Slug::ResponsibleManager])
    }
}

/// What only reading a certificate may answer.
struct CertificateProblems;

impl IntoResponses for CertificateProblems {
    fn responses() -> Responses {
        problems(&[Slug::NotFound])
    }
}

/// The certificate that a path names: as JSON, or with `.html` behind it as a page.
#[derive(Debug, Deserialize)]
pub(crate) struct CertificatePath {
    certificate_id: String,
}

/// Delete one's account, for good
#[utoipa::path(
    post, path = "/api/me/deletion", tag = "accounts",
    request_body = DeletionRequest,
    responses((status = 200, body = CertificateView), FarewellProblems, SessionProblems, BodyProblems),
)]
pub(crate) async fn delete_account(
    State(accounts): State<Accounts>,
    stepped_up: SteppedUp,
    Json(request): Json<DeletionRequest>,
) -> Result<impl IntoResponse, Problem> {
    request.demand_word()?;
    let certificate = delete_account::delete(&accounts, &stepped_up).await?;
    Ok(([(SET_COOKIE, cleared_session_cookie())], Json(certificate)))
}

/// Read a deletion certificate
///
/// With `.html` behind the identifier it is a page for people.
#[utoipa::path(
    get, path = "/api/deletion-certificates/{certificate_id}", tag = "accounts",
    params(("certificate_id" = String, Path)),
    responses((status = 200, body = CertificateView), CertificateProblems),
    security(()),
)]
pub(crate) async fn show_certificate(
    State(accounts): State<Accounts>,
    headers: HeaderMap,
    Path(path): Path<CertificatePath>,
) -> Result<Response, Problem> {
    let (id, as_page) = match path.certificate_id.strip_suffix(".html") {
        Some(id) => (id, true),
        None => (path.certificate_id.as_str(), false),
    };
    let id: CertificateId = id.parse().map_err(|_| Slug::NotFound)?;
    let directory = accounts.context.table.directory();
    let deletion = directory.deletion(id).await?.ok_or(Slug::NotFound)?;
    let certificate = CertificateView::issue(&accounts.context, &deletion)?;
    if as_page {
        page(&certificate, preferred_language(&headers))
    } else {
        Ok(Json(certificate).into_response())
    }
}

/// The certificate as a person reads it.
#[derive(Template)]
#[template(path = "certificate.html")]
struct CertificatePage<'a> {
    ja: bool,
    certificate: &'a CertificateView,
}

fn page(certificate: &CertificateView, locale: Locale) -> Result<Response, Problem> {
    let ja = locale == Locale::Ja;
    let page = CertificatePage { ja, certificate };
    let mut response = page.render().map_err(Problem::internal)?.into_response();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    Ok(response)
}

use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;
use koeba_edge::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// The document that is checked in; a test keeps it equal to what the routes say.
const OPENAPI: &str = include_str!("../../../../docs/openapi.json");

/// That the function answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    status: &'static str,
}

/// Read this document
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "documents",
    responses((status = 200, description = "The OpenAPI document", content_type = "application/json")),
    security(()),
)]
pub(crate) async fn show_openapi() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json; charset=utf-8")], OPENAPI)
}

/// See whether the API answers
#[utoipa::path(
    get, path = "/api/health", tag = "documents",
    responses((status = 200, body = Health)),
    security(()),
)]
pub(crate) async fn show_health() -> Json<Health> {
    Json(Health { status: "ok" })
}

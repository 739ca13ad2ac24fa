use axum::extract::State;
use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;
use koeba_edge::{Context, Json, PublicSigningKey};
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

/// The keys that statements are signed with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SigningKeys {
    /// All of them, as a JSON Web Key Set (RFC 7517) has them.
    keys: Vec<PublicSigningKey>,
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

/// List the keys that deletion certificates and review results are signed with
#[utoipa::path(
    get, path = "/api/signing-keys", tag = "documents",
    responses((status = 200, body = SigningKeys)),
    security(()),
)]
pub(crate) async fn list_signing_keys(State(context): State<Context>) -> Json<SigningKeys> {
    Json(SigningKeys {
        keys: vec![context.settings.signing_key.public().clone()],
    })
}

use axum::extract::State;
use http::HeaderMap;
use koeba_edge::openapi::BodyProblems;
use koeba_edge::{Context, Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::lease;
use crate::routes::media::{NodeProblems, node_named};

/// A media node's claim on a room.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimRequest {
    /// Which node: the one that its token names.
    #[schema(max_length = 256)]
    pub(crate) node_id: String,
    /// Where other nodes reach it: an address and a port.
    #[schema(max_length = 64)]
    pub(crate) address: String,
    /// The room's workspace.
    #[schema(max_length = 64)]
    pub(crate) workspace_id: String,
    /// The room.
    #[schema(max_length = 64)]
    pub(crate) room_id: String,
    /// It is about to end: the room shall go to another node.
    #[serde(default)]
    #[schema(required = false)]
    pub(crate) leaving: bool,
    /// The node that was said to hold the room, and could not be reached.
    #[serde(default)]
    #[schema(required = false)]
    pub(crate) lost: Option<LostNode>,
}

/// A node that could not be reached.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LostNode {
    /// Which.
    #[schema(max_length = 256)]
    pub(crate) node_id: String,
    /// How that was found.
    pub(crate) found: HowLost,
}

/// How a node was found to be lost.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum HowLost {
    /// Nobody is at its address, or somebody else.
    Refused,
    /// It does not answer.
    Silent,
}

/// Who holds a room.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClaimAnswer {
    /// The node that holds the room; none if the one that asks is leaving and there is no other.
    pub(crate) holder: Option<Holder>,
    /// Who is in the room, for the node that has just got it: they are about to come.
    pub(crate) participants: Vec<Expected>,
}

/// The node that holds a room.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Holder {
    /// Which.
    pub(crate) node_id: String,
    /// Where other nodes reach it: an address and a port.
    pub(crate) address: String,
}

/// Somebody who was in a room on another node.
#[derive(Serialize, ToSchema)]
pub(crate) struct Expected {
    /// This connection.
    pub(crate) sid: String,
    /// Who.
    pub(crate) identity: String,
    /// What the others see.
    pub(crate) name: String,
    /// Since when, in milliseconds since 1970.
    pub(crate) joined_at: i64,
}

/// Claim a room, or learn which node holds it (media nodes only)
#[utoipa::path(
    post, path = "/api/media/leases", tag = "media",
    request_body = ClaimRequest,
    responses((status = 200, body = ClaimAnswer), NodeProblems, BodyProblems),
    security(("node" = [])),
)]
pub(crate) async fn claim_room(
    State(context): State<Context>,
    headers: HeaderMap,
    Json(request): Json<ClaimRequest>,
) -> Result<Json<ClaimAnswer>, Problem> {
    node_named(&context, &headers, &request.node_id)?;
    Ok(Json(lease::claim(&context, request).await?))
}

use axum::extract::State;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use koeba_access_token::{TokenKey, verify_node};
use koeba_edge::openapi::{BodyProblems, problems};
use koeba_edge::{Context, Json, Problem, Slug};
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

use crate::report;
use crate::routes::leases::Holder;

/// What a media node knows of the rooms that it holds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportRequest {
    /// Which node: the one that its token names.
    #[schema(max_length = 256)]
    pub(crate) node_id: String,
    /// When it looked, in milliseconds since 1970.
    pub(crate) at: i64,
    /// Where other nodes reach it: an address and a port. Empty when it is the only one.
    #[serde(default)]
    #[schema(required = false, max_length = 64)]
    pub(crate) address: String,
    /// It is about to end, and takes no more rooms.
    #[serde(default)]
    #[schema(required = false)]
    pub(crate) leaving: bool,
    /// The rooms that changed, or all of them.
    #[schema(max_items = 500)]
    pub(crate) rooms: Vec<RoomReport>,
    /// Connections that have ended since the last report.
    #[serde(default)]
    #[schema(required = false, max_items = 100)]
    pub(crate) connections: Vec<ConnectionReport>,
}

/// Who is in one room: everybody, not only who came or went.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoomReport {
    /// The room's workspace.
    #[schema(max_length = 64)]
    pub(crate) workspace_id: String,
    /// The room.
    #[schema(max_length = 64)]
    pub(crate) room_id: String,
    /// Everybody who is in it.
    #[schema(max_items = 1000)]
    pub(crate) participants: Vec<ParticipantReport>,
    /// Reported before just so: it is not written down again, the node only asks who has to leave.
    #[serde(default)]
    #[schema(required = false)]
    pub(crate) unchanged: bool,
}

/// Somebody in a room.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParticipantReport {
    /// This connection.
    #[schema(max_length = 256)]
    pub(crate) sid: String,
    /// Who.
    #[schema(max_length = 256)]
    pub(crate) identity: String,
    /// What the others see.
    #[schema(max_length = 256)]
    pub(crate) name: String,
    /// Since when, in milliseconds since 1970.
    pub(crate) joined_at: i64,
}

/// How one participant's connection went, from its beginning to its end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectionReport {
    /// The room's workspace.
    #[schema(max_length = 64)]
    pub(crate) workspace_id: String,
    /// The room.
    #[schema(max_length = 64)]
    pub(crate) room_id: String,
    /// The connection.
    #[schema(max_length = 64)]
    pub(crate) sid: String,
    /// When it began, in milliseconds since 1970.
    pub(crate) joined_at: i64,
    /// When it ended, in milliseconds since 1970.
    pub(crate) ended_at: i64,
    /// The version of DTLS; none if media never flowed.
    #[schema(max_length = 16)]
    pub(crate) dtls: Option<String>,
    /// How media was protected, by its name in IANA's registry; none if media never flowed.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub(crate) srtp: Option<String>,
    /// What media travelled in, UDP or TCP; none if that was never settled.
    #[schema(max_length = 16)]
    pub(crate) transport: Option<String>,
    /// Of a thousand packets that the client sent, so many did not arrive.
    pub(crate) loss_up_permille: u32,
    /// Of a thousand packets that the client was sent, so many did not arrive.
    pub(crate) loss_down_permille: u32,
    /// The worst jitter that was measured, in milliseconds.
    pub(crate) jitter_ms: u32,
    /// The longest way there and back that was measured, in milliseconds.
    pub(crate) round_trip_ms: u32,
    /// How often media stopped flowing and came back.
    pub(crate) interruptions: u32,
    /// For how long in total, in milliseconds.
    pub(crate) interrupted_ms: u32,
}

/// What the control plane answers a node.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportAnswer {
    /// The reported rooms that are no more: the node closes them.
    pub(crate) closed_rooms: Vec<String>,
    /// The reported rooms that another node holds by now: this one lets everybody go there.
    pub(crate) lost_rooms: Vec<LostRoom>,
    /// The other nodes that take rooms.
    pub(crate) other_nodes: Vec<Holder>,
    /// Who has lost the right to be where they were reported: the node takes them out.
    pub(crate) removed_participants: Vec<RemovedParticipant>,
}

/// A room that is on another node.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LostRoom {
    /// The room's workspace.
    pub(crate) workspace_id: String,
    /// The room.
    pub(crate) room_id: String,
}

/// Somebody who has to leave a room.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RemovedParticipant {
    /// The room's workspace.
    pub(crate) workspace_id: String,
    /// The room.
    pub(crate) room_id: String,
    /// Who.
    pub(crate) identity: String,
}

/// What only this route may answer.
pub(crate) struct NodeProblems;

impl IntoResponses for NodeProblems {
    fn responses()
    -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
        problems(&[Slug::NodeTokenWrong, Slug::OriginRefused])
    }
}

/// Report who is in which room (media nodes only)
#[utoipa::path(
    post, path = "/api/media/reports", tag = "media",
    request_body = ReportRequest,
    responses((status = 200, body = ReportAnswer), NodeProblems, BodyProblems),
    security(("node" = [])),
)]
pub(crate) async fn report_rooms(
    State(context): State<Context>,
    headers: HeaderMap,
    Json(request): Json<ReportRequest>,
) -> Result<Json<ReportAnswer>, Problem> {
    node_named(&context, &headers, &request.node_id)?;
    Ok(Json(report::record(&context, request).await?))
}

/// Checks that a request shows the token of the node that it says it comes from.
pub(crate) fn node_named(
    context: &Context,
    headers: &HeaderMap,
    named: &str,
) -> Result<(), Problem> {
    let key = &context.settings.token_key;
    let key = TokenKey::new(&key.id, key.secret.expose());
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(Slug::NodeTokenWrong)?;
    let node = verify_node(&key, token, context.clock.now()).map_err(|_| Slug::NodeTokenWrong)?;
    if node == named {
        Ok(())
    } else {
        Err(Slug::NodeTokenWrong.into())
    }
}

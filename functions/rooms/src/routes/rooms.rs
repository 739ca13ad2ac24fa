use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use koeba_domain::{Room, RoomId, RoomName};
use koeba_edge::openapi::{BodyProblems, ScopedProblems};
use koeba_edge::permission::{JoinRoom, ListRooms, ManageRooms};
use koeba_edge::{Context, Json, Page, Path, Problem, ProblemDocument, Scoped, Slug, field};
use koeba_storage::{PageRequest, StorageError};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::join_room;
use crate::views::{JoinView, RoomList, RoomView};

/// What a room is called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoomRequest {
    /// One line of 1 to 64 characters, unlike every other room's of the workspace.
    #[schema(min_length = 1, max_length = 64, example = "lobby")]
    name: String,
}

impl RoomRequest {
    fn read(self) -> Result<RoomName, Problem> {
        Ok(field("name", RoomName::new(&self.name))?)
    }
}

/// The room that a path names.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct RoomPath {
    room_id: RoomId,
}

/// Make a room
#[utoipa::path(
    post, path = "/api/workspaces/{workspace_id}/rooms", tag = "rooms",
    params(("workspace_id" = String, Path)),
    request_body = RoomRequest,
    responses(
        (status = 201, body = RoomView),
        (status = 409, description = "`room-name-taken`, `limit-reached`", body = ProblemDocument, content_type = "application/problem+json"),
        ScopedProblems, BodyProblems,
    ),
)]
pub(crate) async fn create_room(
    State(context): State<Context>,
    scoped: Scoped<ManageRooms>,
    Json(request): Json<RoomRequest>,
) -> Result<impl IntoResponse, Problem> {
    let room = Room {
        id: context.entropy.id(),
        name: request.read()?,
        created_at: context.clock.now(),
    };
    context
        .table
        .workspace(&scoped.scope)
        .create_room(&room)
        .await
        .map_err(name_taken)?;
    Ok((StatusCode::CREATED, Json(RoomView::new(&room, Vec::new()))))
}

/// List the rooms and who is in them
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/rooms", tag = "rooms",
    params(("workspace_id" = String, Path), Page),
    responses(
        (status = 200, body = RoomList),
        (status = 400, description = "`query-invalid`, `cursor-invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        ScopedProblems,
    ),
)]
pub(crate) async fn list_rooms(
    State(context): State<Context>,
    scoped: Scoped<ListRooms>,
    page: Page,
) -> Result<Json<RoomList>, Problem> {
    let table = context.table.workspace(&scoped.scope);
    let request = PageRequest {
        limit: page.limit(),
        cursor: page.cursor,
    };
    let rooms = table.rooms(&request).await?;
    let mut occupants = table.occupants(context.clock.now()).await?;
    let page = rooms.map(|room| {
        let here = occupants.remove(&room.id).unwrap_or_default();
        RoomView::new(&room, here)
    });
    Ok(Json(RoomList {
        items: page.items,
        next_cursor: page.next_cursor,
    }))
}

/// Show a room and who is in it
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/rooms/{room_id}", tag = "rooms",
    params(("workspace_id" = String, Path), ("room_id" = String, Path)),
    responses((status = 200, body = RoomView), ScopedProblems),
)]
pub(crate) async fn show_room(
    State(context): State<Context>,
    scoped: Scoped<ListRooms>,
    Path(path): Path<RoomPath>,
) -> Result<Json<RoomView>, Problem> {
    let table = context.table.workspace(&scoped.scope);
    let room = table.room(path.room_id).await?.ok_or(Slug::NotFound)?;
    let here = table.occupants_of(room.id, context.clock.now()).await?;
    Ok(Json(RoomView::new(&room, here)))
}

/// Rename a room
#[utoipa::path(
    patch, path = "/api/workspaces/{workspace_id}/rooms/{room_id}", tag = "rooms",
    params(("workspace_id" = String, Path), ("room_id" = String, Path)),
    request_body = RoomRequest,
    responses(
        (status = 200, body = RoomView),
        (status = 409, description = "`room-name-taken`, `changed-meanwhile`", body = ProblemDocument, content_type = "application/problem+json"),
        ScopedProblems, BodyProblems,
    ),
)]
pub(crate) async fn rename_room(
    State(context): State<Context>,
    scoped: Scoped<ManageRooms>,
    Path(path): Path<RoomPath>,
    Json(request): Json<RoomRequest>,
) -> Result<Json<RoomView>, Problem> {
    let table = context.table.workspace(&scoped.scope);
    let name = request.read()?;
    let room = table.room(path.room_id).await?.ok_or(Slug::NotFound)?;
    let room = table.rename_room(&room, &name).await.map_err(name_taken)?;
    let here = table.occupants_of(room.id, context.clock.now()).await?;
    Ok(Json(RoomView::new(&room, here)))
}

/// Delete a room; who is in it is told and disconnected
#[utoipa::path(
    delete, path = "/api/workspaces/{workspace_id}/rooms/{room_id}", tag = "rooms",
    params(("workspace_id" = String, Path), ("room_id" = String, Path)),
    responses((status = 204), (status = 409, description = "`changed-meanwhile`", body = ProblemDocument, content_type = "application/problem+json"), ScopedProblems),
)]
pub(crate) async fn delete_room(
    State(context): State<Context>,
    scoped: Scoped<ManageRooms>,
    Path(path): Path<RoomPath>,
) -> Result<StatusCode, Problem> {
    let table = context.table.workspace(&scoped.scope);
    let room = table.room(path.room_id).await?.ok_or(Slug::NotFound)?;
    table.delete_room(&room).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Join a room: where to connect, and a token that lives a minute
#[utoipa::path(
    post, path = "/api/workspaces/{workspace_id}/rooms/{room_id}/join", tag = "rooms",
    params(("workspace_id" = String, Path), ("room_id" = String, Path)),
    responses((status = 200, body = JoinView), ScopedProblems),
)]
pub(crate) async fn join_room(
    State(context): State<Context>,
    scoped: Scoped<JoinRoom>,
    Path(path): Path<RoomPath>,
) -> Result<Json<JoinView>, Problem> {
    Ok(Json(
        join_room::join(&context, &scoped.scope, &scoped.policy, path.room_id).await?,
    ))
}

/// A name lock that is there already is another room's.
fn name_taken(error: StorageError) -> Problem {
    match error {
        StorageError::AlreadyExists => Slug::RoomNameTaken.into(),
        other => other.into(),
    }
}

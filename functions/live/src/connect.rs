//! A browser comes, and goes.

use axum::extract::State;
use http::StatusCode;
use koeba_edge::permission::ListRooms;
use koeba_edge::{Context, OwnOrigin, Problem, Scoped, Slug, SocketId};
use koeba_storage::Connection;

/// Lets a browser be told of what changes in a workspace, if it may list the rooms there.
///
/// The handshake is a `GET`, for which no CSRF token is asked, and a cookie goes along with it
/// whichever site made the browser send it: so the origin must be the app's own.
pub(crate) async fn connect(
    State(context): State<Context>,
    _: OwnOrigin,
    socket: SocketId,
    scoped: Scoped<ListRooms>,
) -> Result<StatusCode, Problem> {
    let connection = Connection {
        id: socket.0,
        workspace: scoped.workspace(),
        user: scoped.user(),
        session: scoped.signed_in.session.id,
        connected_at: context.clock.now(),
    };
    let table = context.table.workspace(&scoped.scope);
    table.open_connection(&connection).await?;
    // Whoever ended the session before the connection was written found nothing to close.
    let directory = context.table.directory();
    let name = scoped.signed_in.name();
    if directory.session(&name).await?.is_none() {
        directory.close_connection(&connection).await?;
        return Err(Slug::NotSignedIn.into());
    }
    Ok(StatusCode::OK)
}

/// Forgets a browser that has gone. The gateway says so as well as it can, and not always.
pub(crate) async fn closed(
    State(context): State<Context>,
    socket: SocketId,
) -> Result<StatusCode, Problem> {
    let directory = context.table.directory();
    directory.close_connection_called(&socket.0).await?;
    Ok(StatusCode::OK)
}

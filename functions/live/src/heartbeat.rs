//! A browser says that it is there, and is asked anew whether it may be.

use axum::body::Bytes;
use axum::extract::State;
use koeba_domain::{Permission, Policy, SessionStage, admit};
use koeba_edge::{Context, Json, Problem, SocketId};
use koeba_storage::Connection;
use serde::{Deserialize, Serialize};

/// What a browser may say.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    /// It is there.
    Ping,
}

/// What it is answered.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Answer {
    /// It may stay.
    Pong,
    /// It may not, or is not known: connecting anew tells why.
    Gone,
    /// It said something that is not understood.
    NotUnderstood,
}

/// Answers a message.
pub(crate) async fn answer(
    State(context): State<Context>,
    socket: SocketId,
    body: Bytes,
) -> Result<Json<Answer>, Problem> {
    let Ok(Said::Ping) = serde_json::from_slice(&body) else {
        return Ok(Json(Answer::NotUnderstood));
    };
    let directory = context.table.directory();
    let known = directory.connection(&socket.0).await?;
    if let Some(connection) = known {
        if may_stay(&context, &connection).await? {
            return Ok(Json(Answer::Pong));
        }
        directory.close_connection(&connection).await?;
    }
    Ok(Json(Answer::Gone))
}

/// Whether the session behind a connection could open it at this moment. From where was asked when
/// it did, and a policy that changes closes every connection.
async fn may_stay(context: &Context, connection: &Connection) -> Result<bool, Problem> {
    let directory = context.table.directory();
    let now = context.clock.now();
    let sessions = directory.sessions_of(connection.user).await?;
    let found = sessions
        .into_iter()
        .find(|(_, session)| session.id == connection.session);
    let Some((name, session)) = found else {
        return Ok(false);
    };
    if session.check(now).is_err() || session.stage != SessionStage::Full {
        return Ok(false);
    }
    let standing = directory
        .standing(connection.user, connection.workspace)
        .await?;
    let Some(standing) = standing else {
        return Ok(false);
    };
    let policy = Policy {
        allowed_networks: Vec::new(),
        ..standing.policy
    };
    let membership = standing.membership;
    if admit(&membership, &policy, &session, None, now).is_err()
        || membership.authorize(Permission::ListRooms).is_err()
    {
        return Ok(false);
    }
    if session.wants_touch(now) {
        directory.touch_session(&name, now).await?;
    }
    Ok(true)
}

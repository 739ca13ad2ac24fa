use axum::extract::State;
use http::StatusCode;
use koeba_domain::{Moment, Session, SessionId};
use koeba_edge::openapi::SessionProblems;
use koeba_edge::{Json, Path, Problem, ProblemDocument, SignedIn, Slug};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::state::Accounts;

/// The browsers that somebody is signed in with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceList)]
pub(crate) struct DeviceList {
    /// The one used last comes first.
    items: Vec<DeviceView>,
    /// Always null: the list is short.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A browser that somebody is signed in with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Device)]
pub(crate) struct DeviceView {
    /// Which session.
    #[schema(value_type = String, example = "se_064sk9g1vqmk3tq2wkwk6xyz5e")]
    id: SessionId,
    /// Browser and system.
    device: String,
    /// When signing in began.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
    /// When it was last used, to within five minutes.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Moment,
    /// From where signing in began: the network, not the address.
    #[schema(required = true)]
    network: Option<String>,
    /// Whether it is the one that asks.
    current: bool,
}

/// The session that a path names.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct DevicePath {
    session_id: SessionId,
}

/// List the browsers that one is signed in with
#[utoipa::path(
    get, path = "/api/me/sessions", tag = "accounts",
    responses((status = 200, body = DeviceList), SessionProblems),
)]
pub(crate) async fn list_devices(
    State(accounts): State<Accounts>,
    signed_in: SignedIn,
) -> Result<Json<DeviceList>, Problem> {
    let directory = accounts.context.table.directory();
    let now = accounts.context.clock.now();
    let mut sessions: Vec<Session> = directory
        .sessions_of(signed_in.user)
        .await?
        .into_iter()
        .map(|(_, session)| session)
        .filter(|session| session.check(now).is_ok())
        .collect();
    sessions.sort_by_key(|session| std::cmp::Reverse(session.last_used_at));
    let items = sessions
        .into_iter()
        .map(|session| DeviceView {
            current: session.id == signed_in.session.id,
            id: session.id,
            device: session.device.to_string(),
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            network: session.network.map(|network| network.to_string()),
        })
        .collect();
    Ok(Json(DeviceList {
        items,
        next_cursor: None,
    }))
}

/// Sign one browser out
#[utoipa::path(
    delete, path = "/api/me/sessions/{session_id}", tag = "accounts",
    params(("session_id" = String, Path)),
    responses(
        (status = 204),
        (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
        SessionProblems,
    ),
)]
pub(crate) async fn sign_device_out(
    State(accounts): State<Accounts>,
    signed_in: SignedIn,
    Path(path): Path<DevicePath>,
) -> Result<StatusCode, Problem> {
    let directory = accounts.directory(signed_in.trace);
    let (name, _) = directory
        .sessions_of(signed_in.user)
        .await?
        .into_iter()
        .find(|(_, session)| session.id == path.session_id)
        .ok_or(Slug::NotFound)?;
    directory.delete_session(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign every other browser out
#[utoipa::path(
    delete, path = "/api/me/sessions", tag = "accounts",
    responses((status = 204), SessionProblems),
)]
pub(crate) async fn sign_other_devices_out(
    State(accounts): State<Accounts>,
    signed_in: SignedIn,
) -> Result<StatusCode, Problem> {
    let directory = accounts.directory(signed_in.trace);
    directory
        .delete_sessions(signed_in.user, Some(&signed_in.name()))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

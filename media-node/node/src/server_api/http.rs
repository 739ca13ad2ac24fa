//! Requests of the server API: who asks, what, and how it is answered.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use koeba_access_token::{ApiClaims, verify_api};
use koeba_protocol::proto;
use time::OffsetDateTime;
use tokio::sync::oneshot;

use super::call::{Call, Encoding, Reply};
use super::error::{Code, TwirpError};
use crate::command::Command;
use crate::gateway::Gateway;
use crate::leases::Leases;
use crate::relay::{self, Origin, Way};
use crate::reports::RoomKey;

/// The one service there is.
const SERVICE: &str = "livekit.RoomService";
/// Bytes of a request: a room's or a participant's texts, twice over for what JSON escapes.
const BODY: usize = 256 * 1024;
/// Bytes of another node's list of rooms.
const LISTED: usize = 16 * 1024 * 1024;
/// How long a request may take to arrive, and its answer to be made.
const PATIENCE: Duration = Duration::from_secs(10);

/// The server API's routes. Whoever asks is looked at before the body is.
pub(crate) fn routes() -> Router<Gateway> {
    Router::new().route("/twirp/{service}/{method}", post(answer))
}

async fn answer(
    State(gateway): State<Gateway>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Path((service, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let origin = Origin::of(&gateway.key, address, &parts.headers);
    let answered = async {
        let claims = authenticate(&gateway, &parts.headers)?;
        if service != SERVICE {
            let msg = format!("this node does {SERVICE} only");
            return Err(TwirpError::new(Code::Unimplemented, msg));
        }
        let encoding = encoding(&parts.headers)?;
        let _place = gateway.api_places.try_acquire().map_err(|_| {
            TwirpError::new(
                Code::ResourceExhausted,
                "too many calls at a time; try again",
            )
        })?;
        let asked = Asked {
            claims,
            parts,
            origin,
            encoding,
        };
        let served = serve(&gateway, asked, &method, body);
        let served = tokio::time::timeout(PATIENCE, served).await;
        let served =
            served.map_err(|_| TwirpError::new(Code::Unavailable, "it took too long"))??;
        Ok((encoding, served))
    };
    match answered.await {
        Ok((_, Served::Elsewhere(answer))) => answer,
        Ok((encoding, Served::Here(reply))) => {
            gateway.counters.api_calls_total.one();
            let content_type = HeaderValue::from_static(match encoding {
                Encoding::Json => "application/json; charset=utf-8",
                Encoding::Protobuf => "application/protobuf",
            });
            ([(CONTENT_TYPE, content_type)], reply.write(encoding)).into_response()
        }
        Err(error) => {
            gateway.counters.api_calls_refused_total.one();
            error.into_response()
        }
    }
}

fn authenticate(gateway: &Gateway, headers: &HeaderMap) -> Result<ApiClaims, TwirpError> {
    let refused = |msg: String| TwirpError::new(Code::Unauthenticated, msg);
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(|| refused("no access token was given".to_owned()))?;
    verify_api(&gateway.key, token, OffsetDateTime::now_utc())
        .map_err(|error| refused(error.to_string()))
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, TwirpError> {
    let given = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = given.and_then(|value| value.split(';').next());
    match media_type.map(str::trim) {
        Some("application/json") => Ok(Encoding::Json),
        Some("application/protobuf") => Ok(Encoding::Protobuf),
        _ => {
            let msg = "the content type is neither application/json nor application/protobuf";
            Err(TwirpError::new(Code::BadRoute, msg))
        }
    }
}

/// A request whose sender is known.
struct Asked {
    claims: ApiClaims,
    parts: Parts,
    origin: Origin,
    encoding: Encoding,
}

enum Served {
    /// At this node.
    Here(Box<Reply>),
    /// At the node that holds the room.
    Elsewhere(Response),
}

impl Served {
    fn here(reply: Reply) -> Self {
        Self::Here(Box::new(reply))
    }
}

async fn serve(
    gateway: &Gateway,
    asked: Asked,
    method: &str,
    body: Body,
) -> Result<Served, TwirpError> {
    let body = axum::body::to_bytes(body, BODY).await.map_err(|_| {
        let msg = format!("the request is cut short or longer than {BODY} bytes");
        TwirpError::new(Code::Malformed, msg)
    })?;
    let Asked {
        claims,
        parts,
        origin,
        encoding,
    } = asked;
    let call = Call::read(method, encoding, &body)?;
    call.check_grant(&claims)?;
    let Some(leases) = &gateway.leases else {
        return carry_out(gateway, claims.workspace, call)
            .await
            .map(Served::here);
    };
    let Some(room) = call.room() else {
        let all = everywhere(gateway, leases, &origin, parts, body, encoding);
        let here = carry_out(gateway, claims.workspace, call).await?;
        let elsewhere = if origin.holder.is_some() {
            Vec::new()
        } else {
            all.await
        };
        return Ok(Served::here(here.with(elsewhere)));
    };
    let room = RoomKey {
        workspace: claims.workspace.clone(),
        room: room.to_owned(),
    };
    match relay::find(leases, &room, &origin).await {
        Way::Here(_) => carry_out(gateway, claims.workspace, call)
            .await
            .map(Served::here),
        Way::There(place, way) => {
            let request = Request::from_parts(parts, Body::from(body));
            let key = &gateway.key;
            let answer =
                relay::pass_on(leases, key, &place, origin.client, way, request, None).await;
            Ok(Served::Elsewhere(answer))
        }
        Way::Away => Err(TwirpError::new(
            Code::Unavailable,
            "no media node holds the room at the moment; try again",
        )),
    }
}

/// The rooms of all other nodes. One that does not answer has none.
async fn everywhere(
    gateway: &Gateway,
    leases: &Leases,
    origin: &Origin,
    parts: Parts,
    body: Bytes,
    encoding: Encoding,
) -> Vec<proto::Room> {
    let mut rooms = Vec::new();
    for place in leases.others() {
        let Ok(way) = relay::reach(&place).await else {
            continue;
        };
        let request = Request::from_parts(parts.clone(), Body::from(body.clone()));
        let key = &gateway.key;
        let answer = relay::pass_on(leases, key, &place, origin.client, way, request, None).await;
        if !answer.status().is_success() {
            continue;
        }
        let Ok(listed) = axum::body::to_bytes(answer.into_body(), LISTED).await else {
            continue;
        };
        let listed: Result<proto::ListRoomsResponse, _> = encoding.read(&listed);
        rooms.extend(listed.map(|listed| listed.rooms).unwrap_or_default());
    }
    rooms
}

async fn carry_out(gateway: &Gateway, workspace: String, call: Call) -> Result<Reply, TwirpError> {
    let (reply, answer) = oneshot::channel();
    let command = Command::Call {
        workspace,
        call: Box::new(call),
        reply,
    };
    let stopping = || TwirpError::new(Code::Unavailable, "the node is stopping");
    let sent = gateway.commands.send(command).await;
    sent.map_err(|_| stopping())?;
    answer.await.map_err(|_| stopping())?
}

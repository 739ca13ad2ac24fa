//! Requests of the server API: who asks, what, and how it is answered.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use koeba_access_token::{ApiClaims, verify_api};
use time::OffsetDateTime;
use tokio::sync::oneshot;

use super::call::{Call, Encoding, Reply};
use super::error::{Code, TwirpError};
use crate::command::Command;
use crate::gateway::Gateway;

/// The one service there is.
const SERVICE: &str = "livekit.RoomService";
/// Bytes of a request: a room's or a participant's texts, twice over for what JSON escapes.
const BODY: usize = 256 * 1024;
/// How long a request may take to arrive, and its answer to be made.
const PATIENCE: Duration = Duration::from_secs(10);

/// The server API's routes. Whoever asks is looked at before the body is.
pub(crate) fn routes() -> Router<Gateway> {
    Router::new().route("/twirp/{service}/{method}", post(answer))
}

async fn answer(
    State(gateway): State<Gateway>,
    Path((service, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
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
        let served = serve(&gateway, claims, &method, encoding, body);
        let reply = tokio::time::timeout(PATIENCE, served).await;
        let reply = reply.map_err(|_| TwirpError::new(Code::Unavailable, "it took too long"))??;
        Ok((encoding, reply))
    };
    match answered.await {
        Ok((encoding, reply)) => {
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

async fn serve(
    gateway: &Gateway,
    claims: ApiClaims,
    method: &str,
    encoding: Encoding,
    body: Body,
) -> Result<Reply, TwirpError> {
    let body = axum::body::to_bytes(body, BODY).await.map_err(|_| {
        let msg = format!("the request is cut short or longer than {BODY} bytes");
        TwirpError::new(Code::Malformed, msg)
    })?;
    let call = Call::read(method, encoding, &body)?;
    call.check_grant(&claims)?;
    let (reply, answer) = oneshot::channel();
    let command = Command::Call {
        workspace: claims.workspace,
        call: Box::new(call),
        reply,
    };
    let stopping = || TwirpError::new(Code::Unavailable, "the node is stopping");
    let sent = gateway.commands.send(command).await;
    sent.map_err(|_| stopping())?;
    answer.await.map_err(|_| stopping())?
}

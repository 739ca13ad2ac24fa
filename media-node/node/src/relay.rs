//! Passing a request on to the node that holds its room, as it came: a connection for signalling
//! with everything that follows on it, or a call of the server API.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use koeba_access_token::{RelayClaims, TokenKey, mint_relay, verify_relay};
use koeba_room::RosterEntry;
use socket2::{SockRef, TcpKeepalive};
use time::OffsetDateTime;
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;

use crate::leases::{Found, Leases, Lost, Place, Standing};
use crate::reports::RoomKey;

/// The header in which whoever passes a request on says from where it came.
pub(crate) const RELAYED: &str = "koeba-relayed";
/// How long the other node may take to take a connection.
const CONNECT_WITHIN: Duration = Duration::from_millis(400);
/// How long the way to a room is looked for: clients wait five seconds.
const PATIENCE: Duration = Duration::from_secs(4);
/// How soon a node that did not answer is tried again.
const AGAIN_AFTER: Duration = Duration::from_millis(150);
/// How long the other node may take to answer a request.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// A node that is gone without a word is noticed after three unanswered signs of life.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);
const TOKEN_LIFETIME: time::Duration = time::Duration::seconds(30);

/// From where a request came, and whether somebody else has passed it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) client: IpAddr,
    /// The node that it was passed on to, because that holds the room.
    pub(crate) holder: Option<String>,
}

impl Origin {
    /// Believes who passed the request on if they show a token for that.
    pub(crate) fn of(key: &TokenKey, address: SocketAddr, headers: &HeaderMap) -> Self {
        let token = headers.get(RELAYED).and_then(|value| value.to_str().ok());
        let claims =
            token.and_then(|token| verify_relay(key, token, OffsetDateTime::now_utc()).ok());
        match claims {
            Some(RelayClaims { client, holder }) => Self {
                client: client.to_canonical(),
                holder,
            },
            None => Self {
                client: address.ip().to_canonical(),
                holder: None,
            },
        }
    }
}

/// Where a request has to go.
pub(crate) enum Way {
    /// Nowhere else: the room is here, and these are about to come.
    Here(Vec<RosterEntry>),
    /// To another node, over this connection.
    There(Place, SendRequest<Body>),
    /// The room is not where the request was passed on to, or nowhere at the moment.
    Away,
}

/// Finds the way to a room, and takes the room over from a node that is lost.
pub(crate) async fn find(leases: &Leases, room: &RoomKey, origin: &Origin) -> Way {
    let passed_on = origin.holder.is_some();
    if origin
        .holder
        .as_ref()
        .is_some_and(|holder| *holder != leases.node_id)
    {
        return Way::Away;
    }
    let deadline = Instant::now() + PATIENCE;
    let mut lost = None;
    loop {
        match leases.standing(room, lost.as_ref()).await {
            Standing::Here(expected) => return Way::Here(expected),
            // Nothing goes around in circles: whoever passed it on looks again.
            Standing::There(_) if passed_on => return Way::Away,
            Standing::There(place) => match reach(&place).await {
                Ok(way) => return Way::There(place, way),
                Err(found) => lost = Some(found),
            },
            Standing::Nowhere => return Way::Away,
        }
        if Instant::now() >= deadline {
            return Way::Away;
        }
        if lost
            .as_ref()
            .is_some_and(|lost| lost.found == Found::Silent)
        {
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }
}

/// Opens a way to another node.
///
/// # Errors
/// How the node was found to be lost.
pub(crate) async fn reach(place: &Place) -> Result<SendRequest<Body>, Lost> {
    let lost = |found| Lost {
        node_id: place.node_id.clone(),
        found,
    };
    let connecting = TcpStream::connect(place.address);
    let stream = match tokio::time::timeout(CONNECT_WITHIN, connecting).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
            return Err(lost(Found::Refused));
        }
        Ok(Err(_)) | Err(_) => return Err(lost(Found::Silent)),
    };
    // Neither is more than a wish.
    let _ = stream.set_nodelay(true);
    let signs = TcpKeepalive::new()
        .with_time(SIGN_OF_LIFE)
        .with_interval(SIGN_OF_LIFE)
        .with_retries(3);
    let _ = SockRef::from(&stream).set_tcp_keepalive(&signs);
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|_| lost(Found::Silent))?;
    tokio::spawn(async move {
        // What goes wrong is seen by whoever waits for the answer.
        let _ = connection.with_upgrades().await;
    });
    Ok(sender)
}

/// Passes a request on over `way`; a connection that is upgraded goes on until either side ends it,
/// and keeps its `seat` until then.
pub(crate) async fn pass_on(
    leases: &Leases,
    key: &TokenKey,
    place: &Place,
    client: IpAddr,
    mut way: SendRequest<Body>,
    mut request: Request,
    seat: Option<OwnedSemaphorePermit>,
) -> Response {
    let claims = RelayClaims {
        client,
        holder: Some(place.node_id.clone()),
    };
    let now = OffsetDateTime::now_utc();
    let token = mint_relay(key, &leases.node_id, &claims, now, TOKEN_LIFETIME);
    let token = HeaderValue::from_str(&token).expect("a token is letters, digits and dots");
    request.headers_mut().insert(RELAYED, token);
    let from = hyper::upgrade::on(&mut request);
    let answered = tokio::time::timeout(ANSWER_WITHIN, way.send_request(request)).await;
    let Ok(Ok(mut answer)) = answered else {
        return away();
    };
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        let to = hyper::upgrade::on(&mut answer);
        tokio::spawn(async move {
            let _seat = seat;
            if let (Ok(from), Ok(to)) = tokio::join!(from, to) {
                let (mut from, mut to) = (TokioIo::new(from), TokioIo::new(to));
                // When one side ends, so does the other.
                let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
            }
        });
    }
    answer.map(Body::new).into_response()
}

/// What a client hears while its room is nowhere: it tries again by itself.
pub(crate) fn away() -> Response {
    let text = "no media node holds the room at the moment; try again";
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

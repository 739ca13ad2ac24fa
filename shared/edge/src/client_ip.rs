//! Where a request came from, whoever took it in.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::Extensions;
use http::request::Parts;

/// The address of the other end as the gateway saw it, or as the socket shows it; `None` where
/// neither is known, as in a test without a socket. Headers such as `X-Forwarded-For` do not
/// count: anybody can send them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientIp(pub Option<IpAddr>);

impl ClientIp {
    /// Where the request of these extensions came from.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        let from_gateway = extensions.get::<Self>().and_then(|known| known.0);
        let from_socket = || {
            extensions
                .get::<ConnectInfo<SocketAddr>>()
                .map(|ConnectInfo(address)| address.ip())
        };
        Self(from_gateway.or_else(from_socket))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientIp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

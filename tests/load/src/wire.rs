//! What signalling goes over: TCP, and TLS 1.3 on top of it where the address asks for that.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio_rustls::TlsConnector;
use url::Url;

use crate::run::LoadError;

/// A connection, whatever it is made of.
pub type Wire = Box<dyn Stream>;

/// What a connection can do.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Connects to where a `ws:` or `wss:` address leads; for `wss:` with TLS 1.3 and nothing older.
///
/// # Errors
/// When the address is none, nobody answers there, or not over TLS as it is demanded.
pub async fn connect(url: &str) -> Result<Wire, LoadError> {
    let (host, port, secure) = place(url)?;
    let stream = TcpStream::connect((host.as_str(), port)).await?;
    if !secure {
        return Ok(Box::new(stream));
    }
    let name = ServerName::try_from(host).map_err(|_| LoadError::Url(url.to_owned()))?;
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(std::io::Error::other)?
        .with_no_client_auth();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await?;
    Ok(Box::new(stream))
}

/// This machine's own address on the way to where an address leads: media is sent from it.
pub(crate) async fn local_address(url: &str) -> Result<IpAddr, LoadError> {
    let (host, port, _) = place(url)?;
    let mut found = lookup_host((host.as_str(), port)).await?;
    let to = found
        .find(SocketAddr::is_ipv4)
        .ok_or_else(|| LoadError::Url(url.to_owned()))?;
    // Nothing is sent: connecting asks the system for its route.
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
    socket.connect(to).await?;
    Ok(socket.local_addr()?.ip())
}

fn place(url: &str) -> Result<(String, u16, bool), LoadError> {
    let refused = || LoadError::Url(url.to_owned());
    let parsed = Url::parse(url).map_err(|_| refused())?;
    let secure = match parsed.scheme() {
        "ws" => false,
        "wss" => true,
        _ => return Err(refused()),
    };
    let host = parsed.host_str().ok_or_else(refused)?.to_owned();
    let port = parsed.port_or_known_default().ok_or_else(refused)?;
    Ok((host, port, secure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_where_and_how() {
        let told = place("wss://media.example.com").expect("an address");
        assert_eq!(told, ("media.example.com".to_owned(), 443, true));
        let told = place("ws://127.0.0.1:7880").expect("an address");
        assert_eq!(told, ("127.0.0.1".to_owned(), 7880, false));
        assert!(place("https://example.com").is_err());
    }
}

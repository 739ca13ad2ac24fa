//! Which TLS an address speaks, and how long its certificate is good.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, SupportedProtocolVersion};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use x509_parser::parse_x509_certificate;

/// How long an address may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came of asking an address twice. Nothing older than TLS 1.2 is asked for, since no library
/// that is kept up still speaks it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Handshakes {
    /// With TLS 1.3 and nothing else: for how many days the certificate, which this machine
    /// trusts, is still good.
    pub(crate) modern: Result<i64, Trust>,
    /// With TLS 1.2 and nothing else: whether it was taken.
    pub(crate) older: bool,
}

/// Why there is no connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Nobody answers.
    Unreachable,
    /// Somebody answers, and the handshake ends: in rustls's words.
    Refused(String),
}

/// Asks the address twice. `now` is in seconds since 1970.
pub(crate) async fn ask(host: &str, port: u16, now: i64) -> Handshakes {
    let modern = shake(host, port, &rustls::version::TLS13).await;
    let older = shake(host, port, &rustls::version::TLS12).await;
    Handshakes {
        modern: modern.map(|stream| days_left(&stream, now)),
        older: older.is_ok(),
    }
}

async fn shake(
    host: &str,
    port: u16,
    version: &'static SupportedProtocolVersion,
) -> Result<TlsStream<TcpStream>, Trust> {
    let refused = |error: io::Error| Trust::Refused(error.to_string());
    let config = config(version).map_err(|error| Trust::Refused(error.to_string()))?;
    let name =
        ServerName::try_from(host.to_owned()).map_err(|error| Trust::Refused(error.to_string()))?;
    let connecting = async {
        let stream = TcpStream::connect((host, port))
            .await
            .map_err(|_| Trust::Unreachable)?;
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect(name, stream).await.map_err(refused)
    };
    let connected = tokio::time::timeout(PATIENCE, connecting).await;
    connected.map_err(|_| Trust::Unreachable)?
}

fn config(version: &'static SupportedProtocolVersion) -> Result<ClientConfig, rustls::Error> {
    let provider: Arc<CryptoProvider> = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_protocol_versions(&[version])?;
    Ok(builder.with_platform_verifier()?.with_no_client_auth())
}

/// Days until the certificate that was shown ends; none if it cannot be read, which the verifier
/// would have refused.
fn days_left(stream: &TlsStream<TcpStream>, now: i64) -> i64 {
    let (_, connection) = stream.get_ref();
    let certificate = connection.peer_certificates().and_then(<[_]>::first);
    certificate.map_or(0, |der| days_until_end(der, now))
}

fn days_until_end(der: &[u8], now: i64) -> i64 {
    parse_x509_certificate(der).map_or(0, |(_, certificate)| {
        (certificate.validity().not_after.timestamp() - now).div_euclid(86_400)
    })
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};
    use rustls::ServerConfig;
    use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;

    #[test]
    fn days_are_counted_down_to_the_end_of_the_certificate() {
        let (certificate, _) = certificate();
        // The first of January 2030, at midnight.
        let end = 1_893_456_000;
        assert_eq!(days_until_end(certificate.der(), end - 30 * 86_400), 30);
        assert_eq!(days_until_end(certificate.der(), end + 1), -1);
        assert_eq!(days_until_end(b"nonsense", 0), 0);
    }

    #[tokio::test]
    async fn a_certificate_that_nobody_vouches_for_is_refused_and_an_empty_port_is_unreachable() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let acceptor = TlsAcceptor::from(Arc::new(server()));
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // The client goes away in the middle, which is what is looked for.
                let _ = acceptor.accept(stream).await;
            }
        });
        let seen = ask("localhost", port, 0).await;
        assert!(matches!(&seen.modern, Err(Trust::Refused(_))), "{seen:?}");
        assert!(!seen.older);
        server.abort();
        let _ = server.await;
        let seen = ask("localhost", port, 0).await;
        assert_eq!(seen.modern, Err(Trust::Unreachable));
    }

    fn certificate() -> (rcgen::Certificate, KeyPair) {
        let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        params.not_after = date_time_ymd(2030, 1, 1);
        let key = KeyPair::generate().expect("a key");
        (params.self_signed(&key).expect("a certificate"), key)
    }

    fn server() -> ServerConfig {
        let (certificate, key) = certificate();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a certificate and its key")
    }
}

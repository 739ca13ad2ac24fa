use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::config::{CryptoProvider, DtlsCert};
use str0m::crypto::dtls::DtlsVersion;
use str0m::net::TcpType;
use str0m::rtp::Extension;
use str0m::{Candidate, Rtc};

use crate::fast_path::observed;

/// The oldest DTLS version a client may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DtlsFloor {
    /// Only 1.3, the default.
    V1_3,
    /// 1.3, or 1.2 with a client that has nothing newer.
    V1_2,
}

/// How a peer is made.
#[derive(Clone, Debug)]
pub struct PeerConfig {
    /// Tells this peer from all others of the node, also from earlier ones.
    pub number: u64,
    /// The addresses at which clients reach the node's socket; the answer carries them.
    pub announced: Vec<SocketAddr>,
    /// The addresses at which clients open TCP connections for media, if they get nothing through
    /// over UDP; the answer carries them after the others.
    pub announced_tcp: Vec<SocketAddr>,
    /// The oldest DTLS version that is accepted.
    pub dtls_floor: DtlsFloor,
    /// How long nothing may be heard before the client counts as lost.
    pub silence: Duration,
}

impl PeerConfig {
    /// A peer that gives its client up after six and a half seconds of silence. Clients send a
    /// connectivity check every few seconds, and reports beside it.
    #[must_use]
    pub const fn new(number: u64, announced: Vec<SocketAddr>, dtls_floor: DtlsFloor) -> Self {
        Self {
            number,
            announced,
            announced_tcp: Vec::new(),
            dtls_floor,
            silence: Duration::from_millis(6_500),
        }
    }
}

/// Why a peer or what all peers share could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The certificate could not be made.
    #[error("no DTLS certificate could be made")]
    Certificate,
    /// An announced address is not one that clients could reach.
    #[error("{0} cannot be announced to clients")]
    Address(SocketAddr),
    /// There is no announced address.
    #[error("no address to announce to clients")]
    NoAddress,
}

/// What all peers of a node share: cryptography and the node's DTLS certificate.
#[derive(Clone, Debug)]
pub struct Engine {
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
}

impl Engine {
    /// Makes a fresh certificate.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn new() -> Result<Self, EngineError> {
        let crypto = Arc::new(observed(&str0m::crypto::from_feature_flags()));
        let certificate = crypto
            .dtls_provider
            .generate_certificate()
            .ok_or(EngineError::Certificate)?;
        Ok(Self {
            crypto,
            certificate,
        })
    }

    pub(crate) fn crypto(&self) -> Arc<CryptoProvider> {
        Arc::clone(&self.crypto)
    }

    pub(crate) fn rtc(&self, config: &PeerConfig, now: Instant) -> Result<Rtc, EngineError> {
        let dtls = match config.dtls_floor {
            DtlsFloor::V1_3 => DtlsVersion::Dtls13,
            DtlsFloor::V1_2 => DtlsVersion::Auto,
        };
        // There is always a video codec: without any the engine rejects the client's video
        // sections, and browsers then recycle them under the client's feet.
        let mut rtc = Rtc::builder()
            .set_crypto_provider(Arc::clone(&self.crypto))
            .set_dtls_cert(self.certificate.clone())
            .set_dtls_version(dtls)
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .set_stats_interval(Some(crate::measure::INTERVAL))
            .clear_codecs()
            .enable_vp8(true)
            .enable_opus(true, true)
            .clear_extension_map()
            .set_extension(1, Extension::AudioLevel)
            .set_extension(3, Extension::TransportSequenceNumber)
            .set_extension(4, Extension::RtpMid)
            // Which of its sizes a picture's packet belongs to.
            .set_extension(10, Extension::RtpStreamId)
            .set_extension(11, Extension::RepairedRtpStreamId)
            .set_extension(13, Extension::VideoOrientation)
            .build(now);
        if config.announced.is_empty() {
            return Err(EngineError::NoAddress);
        }
        for &address in &config.announced {
            let candidate =
                Candidate::host(address, "udp").map_err(|_| EngineError::Address(address))?;
            rtc.add_local_candidate(candidate);
        }
        for &address in &config.announced_tcp {
            // Without its type browsers take no notice of it.
            let candidate = Candidate::builder()
                .tcp()
                .host(address)
                .tcptype(TcpType::Passive)
                .build()
                .map_err(|_| EngineError::Address(address))?;
            rtc.add_local_candidate(candidate);
        }
        Ok(rtc)
    }
}

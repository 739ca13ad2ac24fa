//! DTLS as the engine's backend does it, with an ear at what it agrees on: the keys of SRTP
//! (RFC 5764, section 4.2).

use std::cell::RefCell;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use str0m::config::CryptoProvider;
use str0m::crypto::CryptoError;
use str0m::crypto::dtls::{
    DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, KeyingMaterial,
    ProtocolVersion, SrtpProfile,
};

/// What two ends have agreed on.
pub(crate) struct Agreement {
    pub(super) material: KeyingMaterial,
    pub(super) profile: SrtpProfile,
    /// Whether this end was the client of the handshake.
    pub(super) active: bool,
}

impl Agreement {
    /// The name of the protection profile in IANA's registry.
    pub(crate) fn profile_name(&self) -> &'static str {
        match self.profile {
            SrtpProfile::AES128_CM_SHA1_80 => "SRTP_AES128_CM_HMAC_SHA1_80",
            SrtpProfile::AEAD_AES_128_GCM => "SRTP_AEAD_AES_128_GCM",
            SrtpProfile::AEAD_AES_256_GCM => "SRTP_AEAD_AES_256_GCM",
            _ => "unknown",
        }
    }
}

impl fmt::Debug for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the keys.
        f.write_str(self.profile_name())
    }
}

/// Where an agreement will be found.
pub(crate) type Agreed = Arc<OnceLock<Agreement>>;

thread_local! {
    /// That of the handshake that this thread began last: the engine makes it deep inside and has
    /// no place to pass it out.
    static LATEST: RefCell<Agreed> = RefCell::default();
}

/// The same cryptography, with every handshake observed.
pub(crate) fn observed(crypto: &CryptoProvider) -> CryptoProvider {
    static DTLS: OnceLock<ObservedDtls> = OnceLock::new();
    let dtls = DTLS.get_or_init(|| ObservedDtls(crypto.dtls_provider));
    CryptoProvider {
        dtls_provider: dtls,
        ..crypto.clone()
    }
}

/// What the handshake that this thread began last will agree on.
pub(crate) fn take_agreed() -> Agreed {
    LATEST.take()
}

#[derive(Debug)]
struct ObservedDtls(&'static dyn DtlsProvider);

impl DtlsProvider for ObservedDtls {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        self.0.generate_certificate()
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        dtls_version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let inner = self.0.new_dtls(cert, now, dtls_version, mtu)?;
        let agreed = Agreed::default();
        LATEST.replace(Arc::clone(&agreed));
        Ok(Box::new(ObservedHandshake { inner, agreed }))
    }

    fn is_test(&self) -> bool {
        self.0.is_test()
    }
}

#[derive(Debug)]
struct ObservedHandshake {
    inner: Box<dyn DtlsInstance>,
    agreed: Agreed,
}

impl DtlsInstance for ObservedHandshake {
    fn set_active(&mut self, active: bool) {
        self.inner.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.inner.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        let active = self.inner.is_active();
        let output = self.inner.poll_output(buf);
        if let DtlsOutput::KeyingMaterial(material, profile) = &output {
            // There is one handshake to a transport, and it agrees once.
            let _ = self.agreed.set(Agreement {
                material: KeyingMaterial::new(material),
                profile: *profile,
                active,
            });
        }
        output
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.inner.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.inner.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.inner.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.inner.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.inner.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.inner.close()
    }
}

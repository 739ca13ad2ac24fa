use std::net::SocketAddr;

use str0m::net::Protocol;

/// What datagrams travel in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// UDP.
    Udp,
    /// A TCP connection that the client opened (RFC 6544).
    Tcp,
}

impl Transport {
    pub(crate) const fn of(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Udp => Self::Udp,
            Protocol::Tcp | Protocol::SslTcp | Protocol::Tls => Self::Tcp,
        }
    }

    pub(crate) const fn protocol(self) -> Protocol {
        match self {
            Self::Udp => Protocol::Udp,
            Self::Tcp => Protocol::Tcp,
        }
    }

    /// The transport as people write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        }
    }
}

/// An address and what is spoken there (RFC 8445, section 4): the same address and port over UDP
/// and over TCP are two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransportAddress {
    /// What is spoken.
    pub transport: Transport,
    /// Where.
    pub address: SocketAddr,
}

impl TransportAddress {
    /// An address over UDP.
    #[must_use]
    pub const fn udp(address: SocketAddr) -> Self {
        Self {
            transport: Transport::Udp,
            address,
        }
    }

    /// An address over TCP.
    #[must_use]
    pub const fn tcp(address: SocketAddr) -> Self {
        Self {
            transport: Transport::Tcp,
            address,
        }
    }
}

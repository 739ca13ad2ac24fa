//! Who did something, from where and in which request: what the audit log is made from.

use std::fmt;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::{Moment, UserId};

/// Names one request in our logs: 128 random bits, written in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId([u8; 16]);

impl RequestId {
    /// Makes an identifier of 16 random bytes that the caller drew.
    #[must_use]
    pub const fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is written on everything that a request changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Who; nobody before somebody has signed in.
    pub actor: Option<UserId>,
    /// From where, see [`neighbourhood`].
    pub network: Option<IpNet>,
    /// In which request.
    pub request: RequestId,
    /// When.
    pub at: Moment,
}

/// The network around an address, which is all that is kept of it: 256 addresses of IPv4, a site
/// (/48) of IPv6. An IPv4 address in IPv6 clothes counts as what it is.
#[must_use]
pub fn neighbourhood(address: IpAddr) -> IpNet {
    match address.to_canonical() {
        IpAddr::V4(address) => IpNet::V4(Ipv4Net::new_assert(address, 24).trunc()),
        IpAddr::V6(address) => IpNet::V6(Ipv6Net::new_assert(address, 48).trunc()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_by_its_neighbourhood_only() {
        for (address, network) in [
            ("203.0.113.77", "203.0.113.0/24"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ] {
            let address = address.parse().expect("an address");
            assert_eq!(neighbourhood(address).to_string(), network);
        }
    }

    #[test]
    fn a_request_is_named_in_hexadecimal() {
        let id = RequestId::from_random([0xa0; 16]);
        assert_eq!(id.to_string(), "a0".repeat(16));
    }
}

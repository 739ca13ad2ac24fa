//! Which addresses clients are told to send media to.

use std::net::IpAddr;

/// The addresses that clients anywhere could reach, each once. Containers often have a link-local
/// one beside the real one, and a client that tries it waits in vain.
pub(crate) fn announced(addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let mut announced = Vec::new();
    for address in addresses {
        let address = address.to_canonical();
        if !is_reachable(address) {
            tracing::warn!(%address, "not announced: no client could reach it");
        } else if !announced.contains(&address) {
            announced.push(address);
        }
    }
    announced
}

fn is_reachable(address: IpAddr) -> bool {
    let link_local = match address {
        IpAddr::V4(address) => address.is_link_local() || address.is_broadcast(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    !link_local && !address.is_unspecified() && !address.is_multicast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_local_and_other_unreachable_addresses_are_not_announced() {
        let given = [
            "169.254.172.2",
            "192.0.2.7",
            "fe80::1",
            "2001:db8::7",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "255.255.255.255",
            "::ffff:192.0.2.7",
            "127.0.0.1",
        ];
        let given = given.map(|address| address.parse().expect("an address"));
        let left = announced(given.to_vec());
        let left: Vec<_> = left.iter().map(ToString::to_string).collect();
        assert_eq!(left, ["192.0.2.7", "2001:db8::7", "127.0.0.1"]);
    }
}

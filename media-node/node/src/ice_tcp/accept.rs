use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::carry::{self, Stream};
use super::{StreamEvent, StreamId};
use crate::config::Limits;
use crate::counters::Counters;

/// What the system may keep for a connection before it is sent: a quarter of a second of ten
/// voices. More would be heard late.
const UNSENT: u32 = 16 * 1024;
/// How long to wait when the system has no descriptor left.
const BREATH: Duration = Duration::from_millis(100);

/// Takes connections in, so many in total and from one address.
pub(crate) struct Acceptor {
    pub(crate) listener: TcpListener,
    pub(crate) limits: Limits,
    pub(crate) counters: Arc<Counters>,
    pub(crate) events: mpsc::Sender<StreamEvent>,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Acceptor {
    /// Runs until the node stops; connections end with it.
    pub(crate) async fn run(self) {
        let mut stop = self.stop.clone();
        let mut stopped = std::pin::pin!(async move {
            // The sender is dropped only together with the node.
            let _ = stop.wait_for(|stop| *stop).await;
        });
        let mut open = Open::new(&self.limits);
        let mut tasks = JoinSet::new();
        let mut number = 0;
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, from)) => {
                        let from = SocketAddr::new(from.ip().to_canonical(), from.port());
                        if !open.admit(from.ip()) {
                            self.counters.tcp_connections_refused_total.one();
                            continue;
                        }
                        number += 1;
                        let stream = self.stream(StreamId(number), stream, from);
                        let patience = self.limits.tcp_patience;
                        tasks.spawn(async move {
                            carry::carry(stream, patience).await;
                            from.ip()
                        });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a media connection cannot be accepted");
                        tokio::time::sleep(BREATH).await;
                    }
                },
                Some(ended) = tasks.join_next() => {
                    let address = ended.expect("a media connection does not panic");
                    open.leave(address);
                }
                () = &mut stopped => return,
            }
            self.counters.tcp_connections.set(tasks.len());
        }
    }

    fn stream(&self, id: StreamId, stream: TcpStream, from: SocketAddr) -> Stream {
        // A system that knows neither only delays more.
        let _ = stream.set_nodelay(true);
        let _ = SockRef::from(&stream).set_tcp_notsent_lowat(UNSENT);
        Stream {
            id,
            stream,
            from,
            counters: Arc::clone(&self.counters),
            events: self.events.clone(),
        }
    }
}

/// How many connections there are.
struct Open {
    most: usize,
    most_from_one: usize,
    total: usize,
    from: HashMap<IpAddr, usize>,
}

impl Open {
    fn new(limits: &Limits) -> Self {
        Self {
            most: limits.tcp_connections,
            most_from_one: limits.tcp_connections_per_address,
            total: 0,
            from: HashMap::new(),
        }
    }

    fn admit(&mut self, address: IpAddr) -> bool {
        if self.total >= self.most {
            return false;
        }
        let from = self.from.entry(network(address)).or_default();
        if *from >= self.most_from_one {
            return false;
        }
        *from += 1;
        self.total += 1;
        true
    }

    fn leave(&mut self, address: IpAddr) {
        let network = network(address);
        self.total -= 1;
        let from = self.from.get_mut(&network).expect("it was admitted");
        *from -= 1;
        if *from == 0 {
            self.from.remove(&network);
        }
    }
}

/// Whoever has one IPv6 address has 2^64 of them (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let host_bits = u128::from(u64::MAX);
            Ipv6Addr::from_bits(address.to_bits() & !host_bits).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn one_address_takes_only_its_share_and_gives_it_back() {
        let mut open = Open::new(&Limits {
            tcp_connections: 3,
            tcp_connections_per_address: 2,
            ..Limits::default()
        });
        let (ann, ben) = (address("192.0.2.1"), address("192.0.2.2"));
        assert!(open.admit(ann) && open.admit(ann) && !open.admit(ann));
        assert!(open.admit(ben));
        assert!(!open.admit(ben), "no place is left at all");
        open.leave(ann);
        assert!(open.admit(ben));
        open.leave(ben);
        open.leave(ben);
        open.leave(ann);
        assert!(open.from.is_empty() && open.total == 0);
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let mut open = Open::new(&Limits {
            tcp_connections_per_address: 1,
            ..Limits::default()
        });
        assert!(open.admit(address("2001:db8::1")));
        assert!(!open.admit(address("2001:db8::2")));
        assert!(open.admit(address("2001:db8:0:1::1")));
    }
}

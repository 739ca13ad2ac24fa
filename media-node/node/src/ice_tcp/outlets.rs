use std::collections::HashMap;
use std::net::SocketAddr;

use tokio::sync::mpsc;

use super::StreamId;

/// Where the media thread puts what goes out over TCP.
#[derive(Default)]
pub(crate) struct Outlets(HashMap<SocketAddr, (StreamId, mpsc::Sender<Vec<u8>>)>);

impl Outlets {
    pub(crate) fn open(&mut self, id: StreamId, from: SocketAddr, outlet: mpsc::Sender<Vec<u8>>) {
        self.0.insert(from, (id, outlet));
    }

    /// Answers whether the address has no connection now: a newer one may have it already.
    pub(crate) fn close(&mut self, id: StreamId, from: SocketAddr) -> bool {
        let latest = self.0.get(&from).is_some_and(|(known, _)| *known == id);
        if latest {
            self.0.remove(&from);
        }
        latest
    }

    /// False when there is no such connection, or when it takes nothing at present.
    pub(crate) fn send(&self, to: SocketAddr, datagram: Vec<u8>) -> bool {
        let outlet = self.0.get(&to);
        outlet.is_some_and(|(_, outlet)| outlet.try_send(datagram).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_old_connection_does_not_end_a_newer_one_from_the_same_address() {
        let from = SocketAddr::from(([192, 0, 2, 1], 9));
        let (outlet, mut datagrams) = mpsc::channel(1);
        let mut outlets = Outlets::default();
        outlets.open(StreamId(1), from, outlet.clone());
        outlets.open(StreamId(2), from, outlet);
        assert!(!outlets.close(StreamId(1), from));
        assert!(outlets.send(from, vec![7]));
        assert_eq!(datagrams.try_recv(), Ok(vec![7]));
        assert!(outlets.close(StreamId(2), from));
        assert!(!outlets.send(from, vec![8]));
    }

    #[test]
    fn what_a_connection_does_not_take_is_dropped_and_never_kept() {
        let from = SocketAddr::from(([192, 0, 2, 1], 9));
        let (outlet, _datagrams) = mpsc::channel(2);
        let mut outlets = Outlets::default();
        outlets.open(StreamId(1), from, outlet);
        assert!(outlets.send(from, vec![1]));
        assert!(outlets.send(from, vec![2]));
        assert!(!outlets.send(from, vec![3]));
    }
}

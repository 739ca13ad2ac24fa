//! A client's media over TCP (RFC 4571).

use std::net::SocketAddr;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

pub(crate) struct Stream {
    pub(crate) to: SocketAddr,
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Stream {
    pub(crate) async fn open(to: SocketAddr) -> Self {
        let stream = TcpStream::connect(to).await.expect("the node listens");
        Self {
            to,
            stream,
            unread: Vec::new(),
        }
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.stream.local_addr().expect("it is connected")
    }

    /// The node may have closed, which [`Stream::is_closed`] then says.
    pub(crate) async fn send(&mut self, datagram: &[u8]) {
        let length = u16::try_from(datagram.len()).expect("it fits a frame");
        let _ = self.stream.write_all(&length.to_be_bytes()).await;
        let _ = self.stream.write_all(datagram).await;
    }

    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Every whole datagram that has come.
    pub(crate) fn receive(&mut self) -> Vec<Vec<u8>> {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = self.stream.try_read(&mut buffer) {
            self.unread.extend_from_slice(&buffer[..length]);
        }
        let mut datagrams = Vec::new();
        while let [high, low, rest @ ..] = self.unread.as_slice() {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let Some(datagram) = rest.get(..length) else {
                break;
            };
            datagrams.push(datagram.to_vec());
            self.unread.drain(..2 + length);
        }
        datagrams
    }

    /// Whether the node has closed it without a word.
    pub(crate) async fn is_closed_unanswered(&mut self) -> bool {
        let mut buffer = [0; 1_024];
        self.stream.readable().await.is_err()
            || match self.stream.try_read(&mut buffer) {
                Ok(0) => true,
                Ok(_) => panic!("a stranger gets no answer"),
                Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
            }
    }
}

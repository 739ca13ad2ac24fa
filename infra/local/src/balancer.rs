//! One address in front of several media nodes: each connection goes to the next of them that takes
//! it, and its first request says from where it came.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use koeba_access_token::{RelayClaims, TokenKey, mint_relay};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::media_nodes::Addresses;

/// Bytes of a request's head; a join request is a long line.
const HEAD: usize = 64 * 1024;
/// How long the head may take to arrive.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long a node may take to say that it is well.
const WELL_WITHIN: Duration = Duration::from_millis(300);
/// The name of whoever passes connections on.
const NAME: &str = "balancer";
const TOKEN_LIFETIME: time::Duration = time::Duration::seconds(30);

pub(crate) struct Balancer {
    pub(crate) listener: TcpListener,
    pub(crate) addresses: Addresses,
    pub(crate) key: TokenKey,
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Balancer {
    pub(crate) async fn run(mut self) {
        let next = std::sync::Arc::new(AtomicUsize::new(0));
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                _ = self.stopping.wait_for(|stop| *stop) => return,
            };
            let Ok((client, from)) = accepted else {
                continue;
            };
            let (addresses, key) = (self.addresses.clone(), self.key.clone());
            let next = next.clone();
            tokio::spawn(async move {
                let order = in_order(&addresses, next.fetch_add(1, Ordering::Relaxed));
                // Either side may end a connection at any time.
                let _ = carry(client, from.ip(), &order, &key).await;
            });
        }
    }
}

/// The nodes that are up, beginning with the next in turn.
fn in_order(addresses: &Addresses, first: usize) -> Vec<SocketAddr> {
    let addresses = addresses.read().expect("nothing panics while it holds it");
    let count = addresses.len().max(1);
    let turned = addresses
        .iter()
        .cycle()
        .skip(first % count)
        .take(addresses.len());
    turned.flatten().copied().collect()
}

async fn carry(
    mut client: TcpStream,
    from: IpAddr,
    nodes: &[SocketAddr],
    key: &TokenKey,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    let head = tokio::time::timeout(HEAD_WITHIN, read_head(&mut client)).await??;
    let Some(mut node) = reach(nodes).await else {
        return Ok(());
    };
    node.set_nodelay(true)?;
    let claims = RelayClaims {
        client: from,
        holder: None,
    };
    let now = OffsetDateTime::now_utc();
    let token = mint_relay(key, NAME, &claims, now, TOKEN_LIFETIME);
    node.write_all(&stamped(&head, &token)).await?;
    tokio::io::copy_bidirectional(&mut client, &mut node).await?;
    Ok(())
}

/// The first node that is well; if none is, the first that takes a connection.
async fn reach(nodes: &[SocketAddr]) -> Option<TcpStream> {
    for node in nodes {
        if is_well(*node).await
            && let Ok(stream) = TcpStream::connect(node).await
        {
            return Some(stream);
        }
    }
    for node in nodes {
        if let Ok(stream) = TcpStream::connect(node).await {
            return Some(stream);
        }
    }
    None
}

/// Whether a node says that it takes connections.
async fn is_well(node: SocketAddr) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(node).await?;
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n")
            .await?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await?;
        io::Result::Ok(answer == *b"HTTP/1.1 200")
    };
    let answer = tokio::time::timeout(WELL_WITHIN, asked).await;
    matches!(answer, Ok(Ok(true)))
}

/// Reads to the end of the request's head, and what came with it.
async fn read_head(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(4_096);
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        if head.len() > HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if client.read_buf(&mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(head)
}

/// The request with word of its origin behind its first line. What is no upgrade is the only request
/// of its connection: the next would come without that word.
fn stamped(head: &[u8], token: &str) -> Vec<u8> {
    let line = head.windows(2).position(|two| two == b"\r\n");
    let (line, rest) = head.split_at(line.map_or(head.len(), |at| at + 2));
    let text = String::from_utf8_lossy(rest).to_ascii_lowercase();
    let mut stamped = line.to_vec();
    stamped.extend_from_slice(format!("koeba-relayed: {token}\r\n").as_bytes());
    if !text.contains("\r\nupgrade:") && !text.starts_with("upgrade:") {
        stamped.extend_from_slice(b"connection: close\r\n");
    }
    stamped.extend_from_slice(rest);
    stamped
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, RwLock};

    #[test]
    fn a_request_says_from_where_it_came_and_is_the_only_one_unless_it_is_upgraded() {
        let plain = stamped(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", "T");
        let expected =
            b"GET / HTTP/1.1\r\nkoeba-relayed: T\r\nconnection: close\r\nhost: x\r\n\r\n";
        assert_eq!(plain, expected);
        let upgraded = stamped(
            b"GET / HTTP/1.1\r\nhost: x\r\nUpgrade: websocket\r\n\r\n",
            "T",
        );
        assert!(
            !upgraded
                .windows(17)
                .any(|part| part == b"connection: close")
        );
    }

    #[test]
    fn connections_go_around_and_pass_over_nodes_that_are_down() {
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let nodes = Arc::new(RwLock::new(vec![Some(at(1)), None, Some(at(3))]));
        assert_eq!(in_order(&nodes, 0), [at(1), at(3)]);
        assert_eq!(in_order(&nodes, 2), [at(3), at(1)]);
        assert_eq!(in_order(&Arc::default(), 5), []);
    }
}

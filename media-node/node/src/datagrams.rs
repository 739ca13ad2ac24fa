//! Sends many datagrams with few calls of the kernel: at the rates of a media node the calls are
//! most of what a packet costs.

use std::net::SocketAddr;

use tokio::net::UdpSocket;

/// A datagram and where it goes.
pub(crate) type Outgoing = (SocketAddr, Vec<u8>);

/// Sends what the socket takes at once, in order, and answers how many that were. One that cannot
/// be sent holds up no other; nothing waits for a full socket.
#[cfg(target_os = "linux")]
pub(crate) fn send_all(socket: &UdpSocket, datagrams: &[Outgoing]) -> usize {
    use std::io::{self, ErrorKind, IoSlice};

    use rustix::net::addr::SocketAddrArg as _;
    use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, sendmmsg};
    use tokio::io::Interest;

    let addresses: Vec<_> = datagrams.iter().map(|(to, _)| to.as_any()).collect();
    let contents = datagrams.iter().map(|(_, contents)| contents.as_slice());
    let contents: Vec<_> = contents.map(|bytes| [IoSlice::new(bytes)]).collect();
    let mut controls: Vec<_> = datagrams
        .iter()
        .map(|_| SendAncillaryBuffer::default())
        .collect();
    let parts = addresses.iter().zip(&contents).zip(&mut controls);
    let mut messages: Vec<_> = parts
        .map(|((to, contents), control)| MMsgHdr::new_with_addr(to, contents, control))
        .collect();

    let mut sent = 0;
    let mut rest = messages.as_mut_slice();
    while !rest.is_empty() {
        let call = || sendmmsg(socket, rest, SendFlags::DONTWAIT).map_err(io::Error::from);
        let done = match socket.try_io(Interest::WRITABLE, call) {
            Ok(count) => {
                sent += count;
                count.max(1)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            // An error is about the first that was not sent.
            Err(_) => 1,
        };
        rest = &mut rest[done..];
    }
    sent
}

/// The same where the kernel takes one at a time.
#[cfg(not(target_os = "linux"))]
pub(crate) fn send_all(socket: &UdpSocket, datagrams: &[Outgoing]) -> usize {
    let sent = datagrams
        .iter()
        .filter(|(to, contents)| socket.try_send_to(contents, *to).is_ok());
    sent.count()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[tokio::test]
    async fn everything_arrives_in_order_and_what_cannot_be_sent_holds_up_nothing() {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let socket = socket.expect("a port is free");
        let receiver = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let receiver = receiver.expect("a port is free");
        let to = receiver.local_addr().expect("it is bound");
        let nowhere = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 9));
        let mut datagrams: Vec<Outgoing> = (0..50).map(|n| (to, vec![n; 20])).collect();
        datagrams.insert(10, (nowhere, vec![255]));
        datagrams.push((nowhere, vec![255]));
        socket.writable().await.expect("it takes datagrams");
        assert_eq!(send_all(&socket, &datagrams), 50);
        for n in 0..50 {
            let mut buffer = [0; 32];
            let length = receiver.recv(&mut buffer).await.expect("it arrives");
            assert_eq!(buffer[..length], [n; 20]);
        }
    }
}

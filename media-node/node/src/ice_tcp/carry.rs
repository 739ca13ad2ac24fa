use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use koeba_peer::{Datagram, classify};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{StreamEvent, StreamId};
use crate::counters::Counters;
use crate::media::DATAGRAM;

/// How many datagrams may wait for a connection; a client hears them within a quarter of a second
/// or not at all.
const WAITING: usize = 64;
/// How many checks a connection may send before one of them is answered.
const UNPROVEN: usize = 32;
/// How long a connection may be silent, or take to take something in. Clients check every few
/// seconds.
const SILENCE: Duration = Duration::from_secs(30);

/// One connection.
pub(super) struct Stream {
    pub(super) id: StreamId,
    pub(super) stream: TcpStream,
    pub(super) from: SocketAddr,
    pub(super) counters: Arc<Counters>,
    pub(super) events: mpsc::Sender<StreamEvent>,
}

/// Why a connection is closed.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("a frame of {0} bytes")]
    TooLong(usize),
    #[error("something other than a connectivity check came first")]
    NoCheck,
    #[error("no check was answered in time")]
    Unproven,
    #[error("nothing came, or nothing was taken in, for too long")]
    Silent,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Carries datagrams until either side closes. A connection that the media thread has nothing to
/// send to within `patience` is nobody's.
pub(super) async fn carry(stream: Stream, patience: Duration) {
    let Stream {
        id,
        stream,
        from,
        counters,
        events,
    } = stream;
    let (outlet, outgoing) = mpsc::channel(WAITING);
    let opened = StreamEvent::Opened { id, from, outlet };
    if events.send(opened).await.is_err() {
        return;
    }
    counters.tcp_connections_total.one();
    let (reader, writer) = stream.into_split();
    let proven = AtomicBool::new(false);
    let ended = tokio::select! {
        ended = read(reader, from, &events, &proven) => ended,
        ended = write(writer, outgoing, &proven) => ended,
        ended = prove(patience, &proven) => ended,
    };
    if let Err(broken) = ended {
        tracing::info!(%broken, "a media connection is closed");
        match broken {
            Broken::TooLong(_) | Broken::NoCheck => counters.tcp_connections_malformed_total.one(),
            Broken::Unproven => counters.tcp_connections_unproven_total.one(),
            Broken::Silent | Broken::Io(_) => {}
        }
    }
    // The media thread is gone only when the node ends.
    let _ = events.send(StreamEvent::Closed { id, from }).await;
}

/// Takes frames in (RFC 4571, section 2: two bytes of length, then a datagram).
async fn read(
    stream: impl AsyncRead + Unpin,
    from: SocketAddr,
    events: &mpsc::Sender<StreamEvent>,
    proven: &AtomicBool,
) -> Result<(), Broken> {
    let mut stream = BufReader::new(stream);
    let mut unproven = 0;
    loop {
        let frame = timeout(SILENCE, frame(&mut stream));
        let Some(datagram) = frame.await.map_err(|_| Broken::Silent)?? else {
            return Ok(());
        };
        if datagram.is_empty() {
            continue;
        }
        if !proven.load(Ordering::Relaxed) {
            unproven += 1;
            let check = matches!(classify(&datagram), Datagram::Check { .. });
            if !check || unproven > UNPROVEN {
                return Err(Broken::NoCheck);
            }
        }
        // A full queue waits here, and the client at its socket.
        let event = StreamEvent::Datagram { from, datagram };
        if events.send(event).await.is_err() {
            return Ok(());
        }
    }
}

/// The next frame, if the stream does not end before it.
async fn frame(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<Vec<u8>>, Broken> {
    let length = match stream.read_u16().await {
        Ok(length) => usize::from(length),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if length > DATAGRAM {
        return Err(Broken::TooLong(length));
    }
    let mut datagram = vec![0; length];
    stream.read_exact(&mut datagram).await?;
    Ok(Some(datagram))
}

/// Sends what comes out of the media thread, as much at a time as there is.
async fn write(
    mut stream: impl AsyncWrite + Unpin,
    mut outgoing: mpsc::Receiver<Vec<u8>>,
    proven: &AtomicBool,
) -> Result<(), Broken> {
    let mut waiting = Vec::with_capacity(WAITING);
    let mut bytes = Vec::new();
    while outgoing.recv_many(&mut waiting, WAITING).await > 0 {
        proven.store(true, Ordering::Relaxed);
        bytes.clear();
        for datagram in waiting.drain(..) {
            let length = u16::try_from(datagram.len()).expect("a datagram fits a frame");
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(&datagram);
        }
        let written = timeout(SILENCE, stream.write_all(&bytes));
        written.await.map_err(|_| Broken::Silent)??;
    }
    Ok(())
}

async fn prove(patience: Duration, proven: &AtomicBool) -> Result<(), Broken> {
    tokio::time::sleep(patience).await;
    if proven.load(Ordering::Relaxed) {
        return std::future::pending().await;
    }
    Err(Broken::Unproven)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_are_read_whole_however_they_arrive_and_a_torn_one_is_an_error() {
        let mut bytes: &[u8] = &[0, 3, 1, 2, 3, 0, 0, 0, 1, 9];
        let mut frames = Vec::new();
        while let Some(datagram) = frame(&mut bytes).await.expect("whole frames") {
            frames.push(datagram);
        }
        assert_eq!(frames, [vec![1, 2, 3], vec![], vec![9]]);
        let mut torn: &[u8] = &[0, 3, 1];
        assert!(matches!(frame(&mut torn).await, Err(Broken::Io(_))));
        let mut long: &[u8] = &[0x08, 0x01];
        assert!(matches!(
            frame(&mut long).await,
            Err(Broken::TooLong(2_049))
        ));
    }

    #[tokio::test]
    async fn what_is_written_is_framed_in_order() {
        let (outlet, outgoing) = mpsc::channel(4);
        for datagram in [vec![1, 2, 3], vec![4]] {
            outlet.send(datagram).await.expect("there is room");
        }
        drop(outlet);
        let proven = AtomicBool::new(false);
        let mut bytes = Vec::new();
        let written = write(&mut bytes, outgoing, &proven).await;
        assert!(written.is_ok() && proven.load(Ordering::Relaxed));
        assert_eq!(bytes, [0, 3, 1, 2, 3, 0, 1, 4]);
    }
}

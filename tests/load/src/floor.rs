//! What the same traffic costs a program that copies datagrams and does nothing else.

use std::fs;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::client::next_beat;

const PACKET_TIME: Duration = Duration::from_millis(20);
/// Header, extensions and tag beside the payload of a packet, as they are on the wire.
const OVERHEAD: usize = 36;

/// The traffic to copy.
#[derive(Clone, Copy, Debug)]
pub struct FloorOptions {
    /// Participants, each of which gets what every other one sends.
    pub participants: usize,
    /// How many of them send.
    pub talkers: usize,
    /// Bytes of each packet of voice.
    pub payload_bytes: usize,
    /// How long it runs before it counts.
    pub warm_up: Duration,
    /// How long it counts.
    pub window: Duration,
}

/// What copying cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FloorReport {
    /// Datagrams sent in the window.
    pub forwarded: u64,
    /// Processor time of the copying thread in the window, in nanoseconds.
    pub cpu_ns: u64,
}

/// Measures it.
///
/// # Errors
/// When a socket fails, or the system does not tell a thread's processor time.
pub async fn floor(options: FloorOptions) -> io::Result<FloorReport> {
    let node = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = node.local_addr()?;
    let mut sockets = Vec::new();
    for _ in 0..options.participants {
        sockets.push(tokio::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?);
    }
    let clients: io::Result<Vec<_>> = sockets
        .iter()
        .map(tokio::net::UdpSocket::local_addr)
        .collect();
    let copier = Copier::start(node, clients?)?;
    let beat = Instant::now();
    let mut tasks = JoinSet::new();
    for (index, socket) in sockets.into_iter().enumerate() {
        let phase = (index < options.talkers).then(|| {
            let place = u32::try_from(index).unwrap_or(0);
            let places = u32::try_from(options.talkers).unwrap_or(1);
            PACKET_TIME * place / places
        });
        let bytes = options.payload_bytes + OVERHEAD;
        tasks.spawn(talk(
            socket,
            address,
            phase.map(|phase| beat + phase),
            bytes,
        ));
    }
    tokio::time::sleep(options.warm_up).await;
    let before = copier.reading()?;
    tokio::time::sleep(options.window).await;
    let after = copier.reading()?;
    tasks.abort_all();
    copier.stop(address)?;
    Ok(FloorReport {
        forwarded: after.forwarded - before.forwarded,
        cpu_ns: after.cpu_ns.saturating_sub(before.cpu_ns),
    })
}

async fn talk(
    socket: tokio::net::UdpSocket,
    node: SocketAddr,
    first: Option<Instant>,
    bytes: usize,
) -> io::Result<()> {
    let packet = vec![0x5a; bytes];
    let mut buffer = vec![0; bytes];
    let mut due = first.map(|first| next_beat(first, Instant::now()));
    loop {
        let wake = due.unwrap_or_else(|| Instant::now() + PACKET_TIME);
        tokio::select! {
            readable = socket.readable() => {
                readable?;
                while socket.try_recv_from(&mut buffer).is_ok() {}
            }
            () = tokio::time::sleep_until(wake.into()) => {}
        }
        while let Some(at) = due.filter(|at| *at <= Instant::now()) {
            socket.send_to(&packet, node).await?;
            due = Some(at + PACKET_TIME);
        }
    }
}

/// One thread: receives a datagram, sends it to everybody but its sender.
struct Copier {
    forwarded: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    schedstat: PathBuf,
    thread: thread::JoinHandle<io::Result<()>>,
}

struct Reading {
    forwarded: u64,
    cpu_ns: u64,
}

impl Copier {
    fn start(socket: UdpSocket, clients: Vec<SocketAddr>) -> io::Result<Self> {
        let forwarded = Arc::new(AtomicU64::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let (itself, started) = mpsc::channel();
        let (count, stopped) = (Arc::clone(&forwarded), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            // "<process>/task/<thread>"
            let link = fs::read_link("/proc/thread-self")?;
            // Nobody waits for it when the start failed.
            let _ = itself.send(link);
            copy(&socket, &clients, &count, &stopped)
        });
        let link = started.recv().map_err(io::Error::other)?;
        Ok(Self {
            forwarded,
            stop,
            schedstat: Path::new("/proc").join(link).join("schedstat"),
            thread,
        })
    }

    fn reading(&self) -> io::Result<Reading> {
        let text = fs::read_to_string(&self.schedstat)?;
        let cpu_ns = text
            .split_whitespace()
            .next()
            .and_then(|ns| ns.parse().ok());
        Ok(Reading {
            forwarded: self.forwarded.load(Ordering::Relaxed),
            cpu_ns: cpu_ns.ok_or(ErrorKind::InvalidData)?,
        })
    }

    fn stop(self, address: SocketAddr) -> io::Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        let waker = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        waker.send_to(&[0], address)?;
        self.thread
            .join()
            .map_err(|_| io::Error::other("the copying thread panicked"))?
    }
}

fn copy(
    socket: &UdpSocket,
    clients: &[SocketAddr],
    forwarded: &AtomicU64,
    stop: &AtomicBool,
) -> io::Result<()> {
    let mut buffer = [0; 2_000];
    while !stop.load(Ordering::Relaxed) {
        let (length, from) = socket.recv_from(&mut buffer)?;
        if !clients.contains(&from) {
            continue;
        }
        let others = clients.iter().filter(|client| **client != from);
        for client in others {
            socket.send_to(&buffer[..length], client)?;
            forwarded.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(())
}

//! The media thread: one loop that owns the UDP socket, the ends of the TCP connections, every room
//! and every peer.
//!
//! It takes in a batch, lets everybody who got something flush once, and sends what came out: the
//! cost of waking up is shared by all packets of a batch.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use koeba_peer::{Transmit, Transport, TransportAddress};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use crate::command::Command;
use crate::counters::Counters;
use crate::datagrams::send_all;
use crate::ice_tcp::{Outlets, StreamEvent};
use crate::reports::Ruling;
use crate::world::World;

/// How many datagrams are taken in before anything is sent.
const BATCH: usize = 64;
/// How many messages of clients are taken in at a time.
const COMMANDS: usize = 32;
/// The largest datagram that means anything to us; a larger one is cut and fails to parse.
pub(crate) const DATAGRAM: usize = 2_048;
/// How long to sleep when nothing is due.
const IDLE: Duration = Duration::from_secs(60);

/// Everything that reaches the media thread.
pub(crate) struct Inlets {
    pub(crate) socket: UdpSocket,
    /// Whether the socket is one of IPv6.
    pub(crate) speaks_ipv6: bool,
    /// From the TCP connections for media.
    pub(crate) streams: mpsc::Receiver<StreamEvent>,
    pub(crate) outlets: Outlets,
    pub(crate) commands: mpsc::Receiver<Command>,
    /// What the control plane says has to end.
    pub(crate) rulings: mpsc::UnboundedReceiver<Ruling>,
    pub(crate) counters: Arc<Counters>,
}

impl Inlets {
    /// A socket of IPv6 reaches IPv4 under mapped addresses (RFC 4291, section 2.5.5.2).
    fn wire_address(&self, address: SocketAddr) -> SocketAddr {
        match address.ip() {
            IpAddr::V4(ip) if self.speaks_ipv6 => {
                SocketAddr::new(ip.to_ipv6_mapped().into(), address.port())
            }
            _ => address,
        }
    }
}

/// Runs until [`Command::Stop`].
pub(crate) async fn run(mut world: World, mut inlets: Inlets) {
    let mut buffer = [0; DATAGRAM];
    loop {
        let due = world
            .next_deadline()
            .unwrap_or_else(|| Instant::now() + IDLE);
        tokio::select! {
            readable = inlets.socket.readable() => {
                if let Err(error) = readable {
                    tracing::error!(%error, "the media socket failed");
                    return;
                }
            }
            Some(event) = inlets.streams.recv() => take_stream(&mut world, &mut inlets, event),
            command = inlets.commands.recv() => {
                let Some(command) = command else { return };
                if take_command(&mut world, command) {
                    world.stop(Instant::now());
                    send(&mut world, &inlets);
                    return;
                }
            }
            Some(ruling) = inlets.rulings.recv() => match ruling {
                Ruling::Closed(room) => world.close_room(Instant::now(), &room),
                Ruling::Lost(room) => world.let_go(Instant::now(), &room),
                Ruling::Removed(room, sid) => world.remove(Instant::now(), &room, &sid),
            },
            () = tokio::time::sleep_until(due.into()) => {}
        }
        receive(&mut world, &inlets, &mut buffer);
        for _ in 0..BATCH {
            let Ok(event) = inlets.streams.try_recv() else {
                break;
            };
            take_stream(&mut world, &mut inlets, event);
        }
        for _ in 0..COMMANDS {
            let Ok(command) = inlets.commands.try_recv() else {
                break;
            };
            if take_command(&mut world, command) {
                world.stop(Instant::now());
                send(&mut world, &inlets);
                return;
            }
        }
        world.handle_deadlines(Instant::now());
        world.flush(Instant::now());
        send(&mut world, &inlets);
    }
}

/// Answers whether the node is to stop.
fn take_command(world: &mut World, command: Command) -> bool {
    let now = Instant::now();
    match command {
        Command::Connected {
            connection,
            admitted,
            outbound,
        } => {
            world.connect(now, connection, *admitted, outbound);
        }
        Command::Message {
            connection,
            request,
        } => world.message(now, connection, *request),
        Command::Lost { connection } => world.disconnect(now, connection),
        Command::Call {
            workspace,
            call,
            reply,
        } => {
            // Whoever asked may have gone; what was asked is done nevertheless.
            let _ = reply.send(world.serve(now, &workspace, *call));
        }
        // Whoever asked may have given up waiting.
        Command::Rooms(reply) => drop(reply.send(world.rooms.keys().cloned().collect())),
        Command::HandOver => world.hand_over(now),
        Command::Remaining(reply) => drop(reply.send(world.remaining(now))),
        Command::Stop => return true,
    }
    false
}

fn take_stream(world: &mut World, inlets: &mut Inlets, event: StreamEvent) {
    match event {
        StreamEvent::Opened { id, from, outlet } => inlets.outlets.open(id, from, outlet),
        StreamEvent::Datagram { from, datagram } => {
            inlets.counters.datagrams_received_total.one();
            world.datagram(Instant::now(), TransportAddress::tcp(from), &datagram);
        }
        StreamEvent::Closed { id, from } => {
            if inlets.outlets.close(id, from) {
                world.forget_address(TransportAddress::tcp(from));
            }
        }
    }
}

fn receive(world: &mut World, inlets: &Inlets, buffer: &mut [u8]) {
    for _ in 0..BATCH {
        match inlets.socket.try_recv_from(buffer) {
            Ok((length, from)) => {
                inlets.counters.datagrams_received_total.one();
                let from = SocketAddr::new(from.ip().to_canonical(), from.port());
                let from = TransportAddress::udp(from);
                world.datagram(Instant::now(), from, &buffer[..length]);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            // An ICMP answer to something that was sent before; whose it was is not known.
            Err(_) => {}
        }
    }
}

fn send(world: &mut World, inlets: &Inlets) {
    let (mut datagrams, mut sent, mut unsent) = (Vec::new(), 0, 0);
    for Transmit {
        destination,
        contents,
    } in world.take_transmits()
    {
        match destination.transport {
            Transport::Udp => {
                datagrams.push((inlets.wire_address(destination.address), contents));
            }
            // Voice that is late is worth nothing, so nothing waits for a full connection.
            Transport::Tcp if inlets.outlets.send(destination.address, contents) => sent += 1,
            Transport::Tcp => unsent += 1,
        }
    }
    let taken = send_all(&inlets.socket, &datagrams);
    let count = |datagrams: usize| u64::try_from(datagrams).unwrap_or(u64::MAX);
    let counters = &inlets.counters;
    counters.datagrams_sent_total.add(sent + count(taken));
    let full = count(datagrams.len() - taken);
    counters.datagrams_unsent_total.add(unsent + full);
}

//! Starting and stopping a node.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{Semaphore, mpsc, watch};

use crate::announced::announced;
use crate::command::Command;
use crate::config::NodeConfig;
use crate::counters::Counters;
use crate::emf;
use crate::gateway::Gateway;
use crate::ice_tcp::{Acceptor, Outlets};
use crate::leases::Leases;
use crate::media::{self, Inlets};
use crate::reports::{News, Reporter};
use crate::routes;
use crate::world::{World, WorldConfig};

/// Room for a burst of packets while the loop is busy.
const SOCKET_BUFFER: usize = 4 * 1024 * 1024;
/// Messages of all clients that may wait for the media thread.
const COMMANDS: usize = 1_024;
/// Datagrams from all TCP connections that may wait for the media thread.
const STREAM_EVENTS: usize = 1_024;
/// How long goodbyes may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address} ({what}): {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What for.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// The media thread cannot be started.
    #[error("the media thread cannot be started: {0}")]
    Thread(#[from] io::Error),
    /// The WebRTC engine cannot be started.
    #[error("the WebRTC engine cannot be started: {0}")]
    Engine(#[from] koeba_peer::EngineError),
    /// No address was given that clients could send media to.
    #[error("no address to announce; give at least one that clients can reach")]
    NothingToAnnounce,
}

/// A running node.
pub struct NodeHandle {
    node_id: String,
    signal_addr: SocketAddr,
    media_addr: SocketAddr,
    media_tcp_addr: Option<SocketAddr>,
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) leases: Option<Arc<Leases>>,
    pub(crate) news: mpsc::UnboundedSender<News>,
    stop: watch::Sender<bool>,
    media: JoinHandle<()>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl NodeHandle {
    /// Its name towards the control plane and other nodes.
    #[must_use]
    pub fn node_id(&self) -> &str {
        &self.node_id
    }

    /// Where signalling is listened for.
    #[must_use]
    pub const fn signal_addr(&self) -> SocketAddr {
        self.signal_addr
    }

    /// Where media is received.
    #[must_use]
    pub const fn media_addr(&self) -> SocketAddr {
        self.media_addr
    }

    /// Where media is received over TCP, if it is.
    #[must_use]
    pub const fn media_tcp_addr(&self) -> Option<SocketAddr> {
        self.media_tcp_addr
    }

    /// Says goodbye to everybody, reports that the rooms are empty, and ends.
    pub async fn shutdown(self) {
        // A media thread that has ended has nobody to say goodbye to.
        let _ = self.commands.send(Command::Stop).await;
        let media = tokio::task::spawn_blocking(move || self.media.join());
        match tokio::time::timeout(PATIENCE, media).await {
            Ok(Ok(Ok(()))) => {}
            _ => tracing::error!("the media thread did not end in good order"),
        }
        self.stop.send_replace(true);
        for task in self.tasks {
            let abort = task.abort_handle();
            if tokio::time::timeout(PATIENCE, task).await.is_err() {
                abort.abort();
            }
        }
    }
}

/// Starts a node on the current tokio runtime, with a thread of its own for media.
///
/// # Errors
/// [`StartError`] says which address or part does not work.
pub async fn start(config: NodeConfig) -> Result<NodeHandle, StartError> {
    let listener = listen(config.signal_addr, "signalling, TCP").await?;
    let signal_addr = listener.local_addr()?;
    let socket = media_socket(config.media_addr, signal_addr.port())?;
    let media_addr = socket.local_addr()?;
    let media_tcp = match config.media_tcp_addr {
        Some(address) => Some(listen(address, "media, TCP").await?),
        None => None,
    };
    let media_tcp_addr = match &media_tcp {
        Some(listener) => Some(listener.local_addr()?),
        None => None,
    };
    let announce = announced(config.announce);
    if announce.is_empty() {
        return Err(StartError::NothingToAnnounce);
    }
    let at_port = |port| {
        let addresses = announce.iter();
        addresses.map(move |ip| SocketAddr::new(*ip, port))
    };

    let counters = Arc::new(Counters::default());
    let (commands, inbox) = mpsc::channel(COMMANDS);
    let (news, told) = mpsc::unbounded_channel();
    let (ruled, rulings) = mpsc::unbounded_channel();
    let (stop, stopping) = watch::channel(false);
    let name = config.node_id.clone();
    let among_others = config.peer_addr.zip(config.control.as_ref());
    let leases = among_others.map(|(address, control)| {
        let address = SocketAddr::new(
            address.ip(),
            match address.port() {
                0 => signal_addr.port(),
                port => port,
            },
        );
        let (name, url) = (config.node_id.clone(), control.url.clone());
        Arc::new(Leases::new(name, address, url, config.key.clone()))
    });
    let world = World::new(WorldConfig {
        announced: at_port(media_addr.port()).collect(),
        announced_tcp: media_tcp_addr
            .into_iter()
            .flat_map(|address| at_port(address.port()))
            .collect(),
        key: config.key.clone(),
        node_id: config.node_id.clone(),
        limits: config.limits,
        counters: Arc::clone(&counters),
        news: config.control.is_some().then(|| news.clone()),
    })?;
    let (events, streams) = mpsc::channel(STREAM_EVENTS);
    let told_to = Arc::clone(&counters);
    let inlets = move |socket| Inlets {
        socket,
        speaks_ipv6: media_addr.is_ipv6(),
        streams,
        outlets: Outlets::default(),
        commands: inbox,
        rulings,
        counters: told_to,
    };
    let media = media_thread(world, socket, inlets)?;

    let mut tasks = Vec::new();
    if let Some(control) = config.control {
        let reporter = Reporter {
            node_id: config.node_id,
            key: config.key.clone(),
            control,
            counters: Arc::clone(&counters),
            news: told,
            ruled,
            stop: stopping.clone(),
            leases: leases.clone(),
        };
        tasks.push(tokio::spawn(reporter.run()));
    }
    if config.emf {
        tasks.push(tokio::spawn(emf::tell(
            Arc::clone(&counters),
            stopping.clone(),
        )));
    }
    if let Some(listener) = media_tcp {
        let acceptor = Acceptor {
            listener,
            limits: config.limits,
            counters: Arc::clone(&counters),
            events,
            stop: stopping.clone(),
        };
        tasks.push(tokio::spawn(acceptor.run()));
    }
    let router = routes::router(Gateway {
        key: config.key,
        limits: config.limits,
        counters,
        places: Arc::new(Semaphore::new(config.limits.connections)),
        api_places: Arc::new(Semaphore::new(config.limits.api_calls)),
        commands: commands.clone(),
        leases: leases.clone(),
    });
    tasks.push(tokio::spawn(serve(listener, router, stopping)));
    Ok(NodeHandle {
        node_id: name,
        signal_addr,
        media_addr,
        media_tcp_addr,
        commands,
        leases,
        news,
        stop,
        media,
        tasks,
    })
}

async fn listen(address: SocketAddr, what: &'static str) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|source| StartError::Listen {
        address,
        what,
        source,
    })
}

async fn serve(listener: TcpListener, router: axum::Router, mut stopping: watch::Receiver<bool>) {
    let stopped = async move {
        // The sender is dropped only together with the node.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    if let Err(error) = axum::serve(listener, service)
        .with_graceful_shutdown(stopped)
        .await
    {
        tracing::error!(%error, "signalling stopped");
    }
}

/// Binds the one UDP port. An open choice falls on the signalling port's number where it can, so
/// that one number is enough for a firewall.
fn media_socket(address: SocketAddr, signal_port: u16) -> Result<std::net::UdpSocket, StartError> {
    let bind = |address: SocketAddr| {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::DGRAM,
            Some(Protocol::UDP),
        )?;
        // The kernel may give less than it is asked for.
        let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
        let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
        if address.is_ipv6() {
            // One socket for both, whatever the system's default.
            socket.set_only_v6(false)?;
        }
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        Ok::<_, io::Error>(std::net::UdpSocket::from(socket))
    };
    let same = SocketAddr::new(address.ip(), signal_port);
    if address.port() == 0
        && let Ok(socket) = bind(same)
    {
        return Ok(socket);
    }
    bind(address).map_err(|source| StartError::Listen {
        address,
        what: "media, UDP",
        source,
    })
}

fn media_thread(
    world: World,
    socket: std::net::UdpSocket,
    inlets: impl FnOnce(UdpSocket) -> Inlets + Send + 'static,
) -> Result<JoinHandle<()>, io::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("media".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                match UdpSocket::from_std(socket) {
                    Ok(socket) => media::run(world, inlets(socket)).await,
                    Err(error) => tracing::error!(%error, "the media socket cannot be used"),
                }
            });
        })
}

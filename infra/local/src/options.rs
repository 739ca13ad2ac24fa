//! What the runner can be told on its command line.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use koeba_node::DEFAULT_LOUDEST;

/// Where to listen, where to keep data, and what to fill in.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Address for pages and API; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub http_addr: SocketAddr,

    /// Address for signalling (TCP) and media (UDP, and TCP at the next port); port 0 takes free ones
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7880")]
    pub media_addr: SocketAddr,

    /// Address that browsers are told to send media to; by default that of --media-addr
    #[arg(long, value_name = "IP")]
    pub announce_ip: Option<IpAddr>,

    /// Run this many media nodes, each as a process of its own, behind --media-addr; the ready line
    /// lists them. Without it the node runs in this process
    #[arg(
        long,
        value_name = "COUNT",
        value_parser = clap::value_parser!(u8).range(1..=16)
    )]
    pub media_nodes: Option<u8>,

    /// How many voices of a room are forwarded at a time, the loudest; `off` forwards all
    #[arg(
        long,
        value_name = "VOICES",
        default_value_t = DEFAULT_LOUDEST,
        value_parser = koeba_node::read_loudest
    )]
    pub loudest: usize,

    /// Folder that keeps everything between runs
    #[arg(
        long,
        value_name = "DIR",
        default_value = ".koeba",
        conflicts_with = "in_memory"
    )]
    pub data_dir: PathBuf,

    /// Keep nothing: everything is gone when the runner stops
    #[arg(long)]
    pub in_memory: bool,

    /// Fill in the workspace `demo`: three people and two rooms
    #[arg(long)]
    pub demo: bool,

    /// Folder of the built web client
    #[arg(long, value_name = "DIR", default_value = "web/dist")]
    pub web_dir: PathBuf,
}

impl Options {
    /// Where media is received over TCP: the port after that of signalling.
    pub(crate) fn media_tcp_addr(&self) -> SocketAddr {
        let port = match self.media_addr.port() {
            0 => 0,
            port => port.wrapping_add(1),
        };
        SocketAddr::new(self.media_addr.ip(), port)
    }

    /// A throw-away run on free loopback ports, for tests. Pages are served if `web/dist` is
    /// there.
    #[must_use]
    pub fn throw_away() -> Self {
        Self {
            http_addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            media_addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            announce_ip: None,
            media_nodes: None,
            loudest: DEFAULT_LOUDEST,
            data_dir: PathBuf::new(),
            in_memory: true,
            demo: false,
            web_dir: PathBuf::from("web/dist"),
        }
    }
}

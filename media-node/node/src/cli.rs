//! The node's command line, for the node's own binary and for whoever starts nodes on one machine.

use std::io::Read as _;
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;

use clap::Parser;
use koeba_access_token::TokenKey;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::{ControlPlane, DEFAULT_LOUDEST, Limits, NodeConfig};

/// Forwards voice between LiveKit clients
#[derive(Parser)]
#[command(name = "koeba-node", version)]
pub struct Cli {
    /// This node's name towards the control plane
    #[arg(long, env = "KOEBA_NODE_ID", default_value = "node")]
    node_id: String,

    /// Address for signalling (TCP)
    #[arg(long, env = "KOEBA_SIGNAL_ADDR", default_value = "0.0.0.0:7880")]
    signal_addr: SocketAddr,

    /// Address for media (UDP)
    #[arg(long, env = "KOEBA_MEDIA_ADDR", default_value = "0.0.0.0:7880")]
    media_addr: SocketAddr,

    /// Address for media over TCP, where clients come who get nothing through over UDP
    #[arg(long, env = "KOEBA_MEDIA_TCP_ADDR", default_value = "0.0.0.0:7881")]
    media_tcp_addr: SocketAddr,

    /// Where other nodes reach this one's signalling; without it this is the only node. Port 0 stands
    /// for that of --signal-addr
    #[arg(long, env = "KOEBA_PEER_ADDR")]
    peer_addr: Option<SocketAddr>,

    /// Addresses that clients are told to send media to
    #[arg(
        long,
        env = "KOEBA_ANNOUNCE_IP",
        value_delimiter = ',',
        required = true
    )]
    announce_ip: Vec<IpAddr>,

    /// Name of the key that join tokens are signed with
    #[arg(long, env = "KOEBA_TOKEN_KEY_ID")]
    token_key_id: String,

    /// Secret of that key; give it in the environment, where other users cannot read it
    #[arg(long, env = "KOEBA_TOKEN_SECRET", hide_env_values = true)]
    token_secret: String,

    /// How many voices of a room are forwarded at a time, the loudest; `off` forwards all
    #[arg(
        long,
        env = "KOEBA_LOUDEST",
        value_name = "VOICES",
        default_value_t = DEFAULT_LOUDEST,
        value_parser = crate::read_loudest
    )]
    loudest: usize,

    /// Write what is counted to the standard output every minute, as AWS reads metrics
    #[arg(long, env = "KOEBA_EMF")]
    emf: bool,

    /// End as soon as the standard input does, which is whoever started it
    #[arg(long)]
    with_stdin: bool,

    /// The control plane's origin; without it nothing is reported
    #[arg(long, env = "KOEBA_CONTROL_URL")]
    control_url: Option<String>,
}

/// Runs a node until it is told to end: at once by SIGINT, in good order by SIGTERM. The first thing
/// it writes to the standard output is a line of JSON that tells its addresses.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(log_filter(std::env::var("KOEBA_LOG").ok().as_deref()))
        .init();
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Box::from)
        .and_then(|runtime| runtime.block_on(run_until_told(cli)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("koeba-node: {error}");
            ExitCode::from(2)
        }
    }
}

/// Our own lines at the level that is asked for, those of libraries only when they warn: below
/// that they repeat session descriptions, with the keys in them.
fn log_filter(level: Option<&str>) -> EnvFilter {
    let known = ["off", "error", "warn", "info", "debug", "trace"];
    let level = level
        .filter(|level| known.contains(level))
        .unwrap_or("info");
    EnvFilter::new(format!("warn,koeba={level}"))
}

async fn run_until_told(cli: Cli) -> Result<(), Box<dyn std::error::Error>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let node_id = match cli.peer_addr {
        Some(_) => crate::new_name(&cli.node_id),
        None => cli.node_id,
    };
    let node = crate::start(NodeConfig {
        node_id,
        peer_addr: cli.peer_addr,
        signal_addr: cli.signal_addr,
        media_addr: cli.media_addr,
        media_tcp_addr: Some(cli.media_tcp_addr),
        announce: cli.announce_ip,
        key: TokenKey::new(cli.token_key_id, &cli.token_secret),
        control: cli.control_url.map(ControlPlane::new),
        emf: cli.emf,
        limits: Limits {
            loudest: cli.loudest,
            ..Limits::default()
        },
    })
    .await?;
    let (signal_addr, media_addr) = (node.signal_addr(), node.media_addr());
    tracing::info!(node_id = node.node_id(), %signal_addr, %media_addr, "ready");
    tokio::select! {
        _ = interrupt.recv() => node.shutdown().await,
        () = parent_is_gone(cli.with_stdin) => node.shutdown().await,
        _ = terminate.recv() => node.drain(crate::DRAIN).await,
    }
    Ok(())
}

/// Ends when the standard input does, if that is to be heeded.
async fn parent_is_gone(heeded: bool) {
    if !heeded {
        return std::future::pending().await;
    }
    let (ended, end) = tokio::sync::oneshot::channel();
    // A thread of its own: one of the runtime's would be waited for when the node ends.
    std::thread::spawn(move || {
        // An input that cannot be read is as good as ended.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = ended.send(());
    });
    let _ = end.await;
}

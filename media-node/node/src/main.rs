//! The `koeba-node` command: one media node.

use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;

use clap::Parser;
use koeba_access_token::TokenKey;
use koeba_node::{ControlPlane, DEFAULT_LOUDEST, Limits, NodeConfig};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Forwards voice between LiveKit clients
#[derive(Parser)]
#[command(name = "koeba-node", version)]
struct Cli {
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
        value_parser = koeba_node::read_loudest
    )]
    loudest: usize,

    /// Write what is counted to the standard output every minute, as AWS reads metrics
    #[arg(long, env = "KOEBA_EMF")]
    emf: bool,

    /// The control plane's origin; without it nothing is reported
    #[arg(long, env = "KOEBA_CONTROL_URL")]
    control_url: Option<String>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(log_filter(std::env::var("KOEBA_LOG").ok().as_deref()))
        .init();
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Box::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
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

async fn run(cli: Cli) -> Result<(), Box<dyn std::error::Error>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let node = koeba_node::start(NodeConfig {
        node_id: cli.node_id,
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
    tracing::info!(%signal_addr, %media_addr, "ready");
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    node.shutdown().await;
    Ok(())
}

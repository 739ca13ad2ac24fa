//! Media nodes as processes of their own, behind one address: what a cluster does for them on AWS.
//! One that dies is started again under a new name.

use std::net::{IpAddr, SocketAddr};
use std::process::Stdio;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::StartError;

/// How long a node may take to say that it is ready.
const READY_WITHIN: Duration = Duration::from_secs(10);
/// How soon a node that died is started again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// A media node that runs as a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeProcess {
    /// Its name; another one whenever it starts.
    pub id: String,
    /// Its process.
    pub pid: u32,
    /// Where it takes signalling itself, and tells what it counts (`/metrics`).
    pub signal: SocketAddr,
}

/// What every node is started with.
#[derive(Clone)]
pub(crate) struct NodeSettings {
    /// Where media is received and signalling balanced: nodes take free ports of it.
    pub(crate) media_ip: IpAddr,
    /// The address that clients are told.
    pub(crate) announce: IpAddr,
    /// Where the control plane is.
    pub(crate) origin: String,
    pub(crate) token_key_id: String,
    pub(crate) token_secret: String,
    pub(crate) loudest: usize,
}

/// Where each node takes signalling; none while it is down.
pub(crate) type Addresses = Arc<RwLock<Vec<Option<SocketAddr>>>>;

/// Nodes and whoever starts them again.
pub(crate) struct MediaNodes {
    pub(crate) addresses: Addresses,
    pub(crate) processes: Vec<NodeProcess>,
    keepers: Vec<JoinHandle<()>>,
}

impl MediaNodes {
    /// Starts `count` nodes, which run until `stopping`.
    pub(crate) async fn start(
        count: u8,
        settings: &NodeSettings,
        stopping: &watch::Receiver<bool>,
    ) -> Result<Self, StartError> {
        let mut running = Vec::new();
        for number in 0..count {
            running.push(Running::start(settings, number).await?);
        }
        let addresses = running.iter().map(|node| Some(node.signal_addr)).collect();
        let addresses = Arc::new(RwLock::new(addresses));
        let processes = running.iter().map(|node| node.process.clone()).collect();
        let keepers = running.into_iter().zip(0..count).map(|(node, number)| {
            let keeper = Keeper {
                settings: settings.clone(),
                number,
                addresses: Arc::clone(&addresses),
                stopping: stopping.clone(),
            };
            tokio::spawn(keeper.keep(node))
        });
        Ok(Self {
            keepers: keepers.collect(),
            addresses,
            processes,
        })
    }

    /// Waits until all have ended, which they do when told to stop.
    pub(crate) async fn ended(self) {
        for keeper in self.keepers {
            // One that panicked has no node any more.
            let _ = keeper.await;
        }
    }
}

struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    process: NodeProcess,
    signal_addr: SocketAddr,
}

#[derive(Deserialize)]
struct Said {
    message: String,
    node_id: Option<String>,
    signal_addr: Option<SocketAddr>,
}

impl Running {
    async fn start(settings: &NodeSettings, number: u8) -> Result<Self, StartError> {
        let failed = |why: String| StartError::Node(why);
        let itself = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
        let free = SocketAddr::new(settings.media_ip, 0).to_string();
        let mut child = Command::new(itself)
            .arg("media-node")
            .arg("--with-stdin")
            .args(["--node-id", &format!("node-{}", number + 1)])
            // Signalling comes through the balancer only.
            .args(["--signal-addr", "127.0.0.1:0"])
            .args(["--peer-addr", "127.0.0.1:0"])
            .args(["--media-addr", &free])
            .args(["--media-tcp-addr", &free])
            .args(["--announce-ip", &settings.announce.to_string()])
            .args(["--token-key-id", &settings.token_key_id])
            .args(["--loudest", &loudest(settings.loudest)])
            .args(["--control-url", &settings.origin])
            .env("KOEBA_TOKEN_SECRET", &settings.token_secret)
            .env_remove("KOEBA_EMF")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let stdout = child.stdout.take().expect("it was asked for");
        let pid = child.id().expect("nobody has waited for it");
        let mut lines = BufReader::new(stdout).lines();
        let ready = tokio::time::timeout(READY_WITHIN, async {
            while let Ok(Some(line)) = lines.next_line().await {
                let said = serde_json::from_str::<Said>(&line).ok();
                if let Some(said) = said.filter(|said| said.message == "ready") {
                    return said.node_id.zip(said.signal_addr);
                }
            }
            None
        });
        let Ok(Some((id, signal_addr))) = ready.await else {
            return Err(failed("it did not say that it is ready".to_owned()));
        };
        Ok(Self {
            child,
            lines,
            process: NodeProcess {
                id,
                pid,
                signal: signal_addr,
            },
            signal_addr,
        })
    }
}

struct Keeper {
    settings: NodeSettings,
    number: u8,
    addresses: Addresses,
    stopping: watch::Receiver<bool>,
}

impl Keeper {
    /// Keeps a node running until it is to stop.
    async fn keep(mut self, mut node: Running) {
        loop {
            self.stand_at(Some(node.signal_addr));
            // Its log is read, or its pipe would fill up; what matters comes out on ours.
            let ended = loop {
                tokio::select! {
                    line = node.lines.next_line() => match line {
                        Ok(Some(line)) => {
                            if line.contains("\"level\":\"WARN\"") || line.contains("\"level\":\"ERROR\"") {
                                tracing::warn!(node = node.process.id, "{line}");
                            }
                        }
                        Ok(None) | Err(_) => break false,
                    },
                    _ = self.stopping.wait_for(|stop| *stop) => break true,
                }
            };
            if ended {
                // Its input ends with this: it says goodbye and ends.
                drop(node.child.stdin.take());
                let _ = tokio::time::timeout(READY_WITHIN, node.child.wait()).await;
                return;
            }
            self.stand_at(None);
            tracing::warn!(
                node = node.process.id,
                "a media node has ended; another is started"
            );
            // Reaped, so that nothing is left of it.
            let _ = node.child.wait().await;
            node = loop {
                tokio::select! {
                    () = tokio::time::sleep(AGAIN_AFTER) => {}
                    _ = self.stopping.wait_for(|stop| *stop) => return,
                }
                match Running::start(&self.settings, self.number).await {
                    Ok(node) => break node,
                    Err(error) => tracing::error!(%error, "a media node does not start"),
                }
            };
        }
    }

    fn stand_at(&self, address: Option<SocketAddr>) {
        let mut addresses = self
            .addresses
            .write()
            .expect("nothing panics while it holds it");
        addresses[usize::from(self.number)] = address;
    }
}

fn loudest(voices: usize) -> String {
    match voices {
        0 => "off".to_owned(),
        voices => voices.to_string(),
    }
}

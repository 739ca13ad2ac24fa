//! Puts the parts together, in the order in which they need each other.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use koeba_access_token::TokenKey;
use koeba_edge::{
    Context, Entropy, PasswordSettings, Sealed, Secret, Settings, SigningKey, TokenKeySettings,
};
use koeba_emulator::{Emulator, EmulatorConfig, Role, Storage, TENANT_ROLE_ARN, inbox_router};
use koeba_node::{ControlPlane, Limits, NodeConfig, NodeHandle};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use crate::balancer::Balancer;
use crate::data_dir::{DataDir, Secrets};
use crate::live_gateway::LiveGateway;
use crate::media_nodes::{MediaNodes, NodeProcess, NodeSettings};
use crate::token_route::TokenRoute;
use crate::{Options, Ready, StartError, demo, finding_route, pump, token_route, web};

/// The table's name on this machine.
pub(crate) const TABLE: &str = "koeba";
/// The bucket that anchors audit logs, on this machine.
const ARCHIVE: &str = "koeba-archive";
/// The token key's name on this machine.
const TOKEN_KEY_ID: &str = "koeba-local";
/// How long requests that are under way may take to end.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often the calendar of reminders is looked at.
const CALENDAR: Duration = Duration::from_secs(60);

/// The media node of this process, or those that are processes of their own.
enum Nodes {
    Here(NodeHandle),
    Apart {
        nodes: MediaNodes,
        balancer: JoinHandle<()>,
        stop: watch::Sender<bool>,
    },
}

impl Nodes {
    async fn stop(self) {
        match self {
            Self::Here(node) => node.shutdown().await,
            Self::Apart {
                nodes,
                balancer,
                stop,
            } => {
                stop.send_replace(true);
                nodes.ended().await;
                balancer.abort();
            }
        }
    }

    fn processes(&self) -> Vec<NodeProcess> {
        match self {
            Self::Here(_) => Vec::new(),
            Self::Apart { nodes, .. } => nodes.processes.clone(),
        }
    }
}

/// A running Koeba.
pub struct Running {
    ready: Ready,
    emulator: Emulator,
    node: Option<Nodes>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    pump: JoinHandle<()>,
    reminding: JoinHandle<()>,
    _data: Option<DataDir>,
}

impl Running {
    /// Its addresses.
    #[must_use]
    pub const fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The embedded AWS services, for tests that look behind the API.
    #[must_use]
    pub const fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// Stops the media node alone, as one that is lost: everything else goes on.
    pub async fn stop_node(&mut self) {
        if let Some(node) = self.node.take() {
            node.stop().await;
        }
    }

    /// Stops in good order: people are told, requests end, the data is closed.
    pub async fn stop(mut self) {
        self.stop_node().await;
        self.stop.send_replace(true);
        for task in [self.server, self.pump, self.reminding] {
            let abort = task.abort_handle();
            if tokio::time::timeout(PATIENCE, task).await.is_err() {
                abort.abort();
            }
        }
        self.emulator.shutdown().await;
    }
}

/// Starts everything; answers once every address answers.
///
/// # Errors
/// [`StartError`], each a sentence for the person who started it.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let data = if options.in_memory {
        None
    } else {
        Some(DataDir::open(&options.data_dir)?)
    };
    let secrets = match &data {
        Some(data) => data.secrets()?,
        None => Secrets::draw(),
    };
    if !options.web_dir.join("index.html").is_file() {
        return Err(StartError::WebMissing {
            path: options.web_dir.clone(),
        });
    }
    let listener = listen(options.http_addr).await?;
    let origin = page_origin(bound(&listener, options.http_addr)?);
    let emulator = start_emulator(data.as_ref()).await?;
    let key = TokenKey::new(TOKEN_KEY_ID, &secrets.token_secret);
    let (node, signal_addr) = start_nodes(&options, &origin, &secrets, key.clone()).await?;
    let media_url = format!("ws://{}", reachable(signal_addr));

    let settings = settings(&origin, &media_url, &secrets);
    let context = |role| Context::new(&emulator.sdk_config(role), settings.clone());
    let api = koeba_edge::merge(
        [
            koeba_accounts::router(context(Role::Accounts)),
            koeba_workspaces::router(context(Role::Workspaces)),
            koeba_rooms::router(context(Role::Rooms)),
        ],
        &context(Role::Accounts),
    );
    let events = koeba_events::Delivery::new(
        &emulator.sdk_config(Role::Events),
        koeba_events::DeliverySettings {
            table: TABLE.to_owned(),
            tenant_role_arn: TENANT_ROLE_ARN.to_owned(),
            app_origin: origin.clone(),
            from_address: "no-reply@koeba.local".to_owned(),
            archive_bucket: ARCHIVE.to_owned(),
            live_endpoint: emulator.connections_endpoint(),
        },
    );
    let events = Arc::new(events);
    let operator = emulator.sdk_config(Role::Operator);
    let local = inbox_router(emulator.mailbox())
        .merge(token_route::routes(TokenRoute {
            dynamodb: aws_sdk_dynamodb::Client::new(&operator),
            table: TABLE.to_owned(),
            media_url: media_url.clone(),
            key,
        }))
        .merge(finding_route::routes(events.clone()));
    let (stop, stopping) = watch::channel(false);
    let sites = Sites {
        api,
        live: LiveGateway {
            function: koeba_live::router(context(Role::Live)),
            connections: emulator.connections(),
            entropy: Entropy::system(),
            stopping: stopping.clone(),
        },
        local,
        web: web::routes(&options.web_dir, &media_url),
    };

    let server = tokio::spawn(serve(listener, sites.router(), stopping.clone()));
    let reminding = tokio::spawn(remind(events.clone(), stopping.clone()));
    let pump = tokio::spawn(pump::run(
        aws_sdk_dynamodbstreams::Client::new(&operator),
        TABLE.to_owned(),
        EventsFunction(events),
        stopping,
    ));
    let ready = Ready {
        ready: true,
        api: format!("{origin}/api"),
        media: media_url,
        mail: format!("{origin}/_local/mail"),
        nodes: node.processes(),
        data: data
            .as_ref()
            .map(|data| data.path().display().to_string())
            .unwrap_or_default(),
        app: origin,
    };
    let running = Running {
        ready,
        emulator,
        node: Some(node),
        stop,
        server,
        pump,
        reminding,
        _data: data,
    };
    if options.demo
        && let Err(error) = demo::seed(&running.ready.app).await
    {
        running.stop().await;
        return Err(StartError::Demo(error.to_string()));
    }
    Ok(running)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Address {
            address,
            option: "--http-addr",
            source,
        })
}

/// The address that a browser on this machine opens.
fn bound(listener: &TcpListener, asked: SocketAddr) -> Result<SocketAddr, StartError> {
    listener
        .local_addr()
        .map(reachable)
        .map_err(|source| StartError::Address {
            address: asked,
            option: "--http-addr",
            source,
        })
}

/// Where pages are opened. A passkey belongs to a name, never to an address, so this machine goes
/// by its own.
fn page_origin(address: SocketAddr) -> String {
    if address.ip().is_loopback() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

/// "Every address" is none that can be opened; loopback is.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port())
    } else {
        address
    }
}

pub(crate) async fn start_emulator(data: Option<&DataDir>) -> Result<Emulator, StartError> {
    let storage = data.map_or(Storage::Memory, |data| {
        Storage::Directory(data.path().to_owned())
    });
    let failed = |error: koeba_emulator::EmulatorError| StartError::Emulator(error.to_string());
    let emulator = Emulator::start(EmulatorConfig::new(storage).map_err(failed)?.sweeping())
        .await
        .map_err(failed)?;
    emulator.create_table(TABLE).map_err(failed)?;
    emulator.create_bucket(ARCHIVE).map_err(failed)?;
    Ok(emulator)
}

/// Starts the nodes that are asked for; answers where signalling is listened for as well.
async fn start_nodes(
    options: &Options,
    origin: &str,
    secrets: &Secrets,
    key: TokenKey,
) -> Result<(Nodes, SocketAddr), StartError> {
    let Some(count) = options.media_nodes else {
        let node = start_node(options, origin, key).await?;
        let signal_addr = node.signal_addr();
        return Ok((Nodes::Here(node), signal_addr));
    };
    let failed = |source| StartError::Address {
        address: options.media_addr,
        option: "--media-addr",
        source,
    };
    let listener = TcpListener::bind(options.media_addr).await;
    let listener = listener.map_err(failed)?;
    let signal_addr = listener.local_addr().map_err(failed)?;
    let settings = NodeSettings {
        media_ip: options.media_addr.ip(),
        announce: announced(options),
        origin: origin.to_owned(),
        token_key_id: TOKEN_KEY_ID.to_owned(),
        token_secret: secrets.token_secret.clone(),
        loudest: options.loudest,
    };
    let (stop, stopping) = watch::channel(false);
    let nodes = MediaNodes::start(count, &settings, &stopping).await?;
    let balancer = Balancer {
        listener,
        addresses: nodes.addresses.clone(),
        key,
        stopping,
    };
    let nodes = Nodes::Apart {
        nodes,
        balancer: tokio::spawn(balancer.run()),
        stop,
    };
    Ok((nodes, signal_addr))
}

fn announced(options: &Options) -> IpAddr {
    options
        .announce_ip
        .unwrap_or_else(|| reachable(options.media_addr).ip())
}

async fn start_node(
    options: &Options,
    origin: &str,
    key: TokenKey,
) -> Result<NodeHandle, StartError> {
    koeba_node::start(NodeConfig {
        node_id: "local".to_owned(),
        peer_addr: None,
        signal_addr: options.media_addr,
        media_addr: options.media_addr,
        media_tcp_addr: Some(options.media_tcp_addr()),
        announce: vec![announced(options)],
        key,
        control: Some(ControlPlane::new(origin)),
        emf: false,
        limits: Limits {
            loudest: options.loudest,
            ..Limits::default()
        },
    })
    .await
    .map_err(|error| StartError::Node(error.to_string()))
}

fn settings(origin: &str, media_url: &str, secrets: &Secrets) -> Settings {
    Settings {
        app_origin: origin.to_owned(),
        media_url: media_url.to_owned(),
        table: TABLE.to_owned(),
        tenant_role_arn: TENANT_ROLE_ARN.to_owned(),
        cursor_key: secrets.cursor_key,
        account_key: Sealed::new(&secrets.account_key),
        signing_key: SigningKey::from_seed(&secrets.signing_key),
        token_key: TokenKeySettings {
            id: TOKEN_KEY_ID.to_owned(),
            secret: Secret::new(secrets.token_secret.clone()),
        },
        passwords: PasswordSettings::FLOOR,
    }
}

/// The four sites behind the one address.
#[derive(Clone)]
struct Sites {
    api: Router,
    live: LiveGateway,
    local: Router,
    web: Router,
}

impl Sites {
    fn router(self) -> Router {
        Router::new().fallback(dispatch).with_state(self)
    }
}

/// Sends a request where CloudFront would: by the beginning of its path.
async fn dispatch(State(sites): State<Sites>, request: Request) -> Response {
    let path = request.uri().path();
    if path == "/live" {
        return sites.live.answer(request).await;
    }
    let site = if path == "/api" || path.starts_with("/api/") {
        sites.api
    } else if path.starts_with("/_local/") {
        sites.local
    } else {
        sites.web
    };
    match site.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn serve(listener: TcpListener, router: Router, mut stopping: watch::Receiver<bool>) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let stopped = async move {
        // The sender is dropped only together with the server.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    if let Err(error) = axum::serve(listener, service)
        .with_graceful_shutdown(stopped)
        .await
    {
        tracing::error!(%error, "the server stopped");
    }
}

/// The events function, called in process as the event source mapping would call it.
struct EventsFunction(Arc<koeba_events::Delivery>);

/// Calls the events function for what its calendar owes, as a schedule would.
async fn remind(events: Arc<koeba_events::Delivery>, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        if let Err(error) = events.remind().await {
            tracing::warn!(%error, "reminders will be looked for again");
        }
        // Ends early when the runner stops, which is looked at next.
        let _ = tokio::time::timeout(CALENDAR, stopping.changed()).await;
    }
}

impl pump::Consumer for EventsFunction {
    async fn take(&self, event: Value) -> bool {
        match serde_json::from_value(event) {
            Ok(event) => self.0.handle(event).await.batch_item_failures.is_empty(),
            Err(error) => {
                tracing::error!(%error, "a stream record does not read as an event");
                true
            }
        }
    }
}

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use koeba_access_token::{JoinClaims, TokenKey, mint_join};
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};
use tokio_tungstenite::tungstenite;

use crate::board::Board;
use crate::client::Part;
use crate::report::Report;

/// Between two clients' arrivals: people do not click in the same millisecond.
const ARRIVAL_INTERVAL: Duration = Duration::from_millis(10);
/// What is still under way when the window closes arrives within this time or never.
const STRAGGLERS: Duration = Duration::from_millis(1_000);
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// What to load a node with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The node's signalling address, for example `ws://127.0.0.1:7880`.
    pub url: String,
    /// Name of the key that tokens are minted with.
    pub key_id: String,
    /// Secret of that key.
    pub secret: String,
    /// Rooms.
    pub rooms: usize,
    /// Participants in each room.
    pub participants: usize,
    /// How many of them talk; all of them if not said.
    pub talking: Option<usize>,
    /// How many of those who talk are loud; all of them if not said. The others are unmuted and
    /// send the noise of a room, of which nothing is expected to arrive.
    pub loud: Option<usize>,
    /// Bytes of each packet of voice.
    pub payload_bytes: usize,
    /// How long everybody talks before packets count.
    pub warm_up: Duration,
    /// How long packets count.
    pub window: Duration,
    /// How long it may take until everybody hears everybody.
    pub ready_within: Duration,
}

impl Options {
    /// One room of two who talk with 80 bytes every 20 ms, for five seconds.
    #[must_use]
    pub fn new(
        url: impl Into<String>,
        key_id: impl Into<String>,
        secret: impl Into<String>,
    ) -> Self {
        Self {
            url: url.into(),
            key_id: key_id.into(),
            secret: secret.into(),
            rooms: 1,
            participants: 2,
            talking: None,
            loud: None,
            payload_bytes: 80,
            warm_up: Duration::from_secs(1),
            window: Duration::from_secs(5),
            ready_within: Duration::from_secs(60),
        }
    }

    /// How many talk in each room.
    #[must_use]
    pub fn talkers(&self) -> usize {
        self.talking
            .map_or(self.participants, |talking| talking.min(self.participants))
    }
}

/// A moment that somebody who watches the node wants to know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Everybody hears everybody.
    Ready,
    /// From here on packets count.
    WindowBegins,
    /// Packets no longer count.
    WindowEnds,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A socket failed.
    #[error("a socket failed: {0}")]
    Socket(#[from] std::io::Error),
    /// The address for signalling is none.
    #[error("{0} is no address for signalling: it begins with ws:// or wss://")]
    Url(String),
    /// The address is not usable.
    #[error("{0} cannot be used by a client")]
    Address(SocketAddr),
    /// The connection for signalling failed.
    #[error("signalling failed: {0}")]
    WebSocket(Box<tungstenite::Error>),
    /// The node sent something that is no signalling message.
    #[error("the node sent a malformed message")]
    Signalling,
    /// The node answered a connection with something else than a join.
    #[error("the node did not let a client in")]
    NotLetIn,
    /// The node told a client to leave.
    #[error("the node told a client to leave (reason {0})")]
    ToldToLeave(i32),
    /// The node refused a client's track.
    #[error("the node refused a track: {0}")]
    Refused(String),
    /// The node closed a connection.
    #[error("the node closed a connection")]
    Closed,
    /// A client's transport failed.
    #[error("a client lost its transport")]
    Lost,
    /// A client had nothing to offer.
    #[error("a client could not make an offer")]
    Offer,
    /// A client could not take the node's answer.
    #[error("a client could not take the node's answer")]
    Answer,
    /// Not everybody heard everybody in time.
    #[error("only {ready} of {clients} clients heard everybody in time")]
    NotReady {
        /// How many did.
        ready: usize,
        /// Of how many.
        clients: usize,
    },
}

/// Fills rooms, lets them talk and reports what got through. `watch` is called at each
/// [`Moment`]; it delays everything, so it should be quick.
///
/// # Errors
/// [`LoadError`] says what broke. A single client that breaks ends the run.
pub async fn load(options: &Options, mut watch: impl FnMut(Moment)) -> Result<Report, LoadError> {
    let local = LocalSet::new();
    local.run_until(run(options, &mut watch)).await
}

async fn run(options: &Options, watch: &mut impl FnMut(Moment)) -> Result<Report, LoadError> {
    let board = Rc::new(Board::new());
    let begun = Instant::now();
    let (stopper, stop) = watch::channel(false);
    let key = TokenKey::new(options.key_id.clone(), &options.secret);
    let mut clients = JoinSet::new();
    for index in 0..options.participants {
        for room in 0..options.rooms {
            let part = part(options, &key, (room, index), &board, begun, stop.clone());
            clients.spawn_local(part.play());
            pause(&mut clients, ARRIVAL_INTERVAL).await?;
        }
    }
    let count = options.participants * options.rooms;
    let deadline = Instant::now() + options.ready_within;
    while board.ready() < count {
        if Instant::now() > deadline {
            let (ready, clients) = (board.ready(), count);
            return Err(LoadError::NotReady { ready, clients });
        }
        pause(&mut clients, LOOK_INTERVAL).await?;
    }
    let ready_ms = begun.elapsed().as_secs_f64() * 1e3;
    watch(Moment::Ready);
    pause(&mut clients, options.warm_up).await?;
    watch(Moment::WindowBegins);
    board.open_window();
    let opened = Instant::now();
    pause(&mut clients, options.window).await?;
    board.close_window();
    let seconds = opened.elapsed().as_secs_f64();
    watch(Moment::WindowEnds);
    pause(&mut clients, STRAGGLERS).await?;
    let seen = board.take();
    // Clients that are gone already need not be told.
    let _ = stopper.send(true);
    while let Some(ended) = clients.join_next().await {
        // It only has to be gone: the node may close first.
        drop(ended);
    }
    Ok(Report::new(options, seconds, ready_ms, seen))
}

/// Lets time pass, unless a client breaks meanwhile.
pub(crate) async fn pause(
    clients: &mut JoinSet<Result<(), LoadError>>,
    time: Duration,
) -> Result<(), LoadError> {
    tokio::select! {
        () = tokio::time::sleep(time) => Ok(()),
        Some(ended) = clients.join_next() => match ended {
            Ok(Err(error)) => Err(error),
            // Clients end by themselves only when they break.
            Ok(Ok(())) | Err(_) => Err(LoadError::Closed),
        }
    }
}

fn part(
    options: &Options,
    key: &TokenKey,
    (room, index): (usize, usize),
    board: &Rc<Board>,
    beat: Instant,
    stop: watch::Receiver<bool>,
) -> Part {
    let talkers = options.talkers();
    let speaks = index < talkers;
    let now = OffsetDateTime::now_utc();
    let claims = JoinClaims::new(
        "ws_load",
        format!("load-{room}"),
        format!("load-{room}-{index}"),
        now + time::Duration::minutes(10),
    );
    // Everybody who talks has a place of its own in each 20 ms.
    let places = u32::try_from((talkers * options.rooms).max(1)).unwrap_or(u32::MAX);
    let place = u32::try_from(index * options.rooms + room).unwrap_or(0);
    Part {
        url: options.url.clone(),
        token: mint_join(key, &claims, now),
        loud: options.loud.is_none_or(|loud| index < loud),
        phase: speaks.then(|| Duration::from_millis(20) * place / places),
        voices: talkers - usize::from(speaks),
        listeners: u64::try_from(options.participants - 1).unwrap_or(0),
        payload_bytes: options.payload_bytes,
        board: Rc::clone(board),
        beat,
        stop,
    }
}

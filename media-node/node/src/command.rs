//! What signalling connections and the media thread say to each other.

use koeba_protocol::SignalRequest;
use tokio::sync::{mpsc, oneshot};

use crate::admission::Admitted;
use crate::reports::RoomKey;
use crate::server_api::{Call, Reply, TwirpError};

/// Names a signalling connection for as long as the node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// From a signalling connection to the media thread.
pub(crate) enum Command {
    /// A client whose token was verified has connected.
    Connected {
        connection: ConnectionId,
        admitted: Box<Admitted>,
        outbound: mpsc::Sender<Outbound>,
    },
    /// It sent a message.
    Message {
        connection: ConnectionId,
        request: Box<SignalRequest>,
    },
    /// It is gone.
    Lost { connection: ConnectionId },
    /// A workspace's server asks for something.
    Call {
        workspace: String,
        call: Box<Call>,
        reply: oneshot::Sender<Result<Reply, TwirpError>>,
    },
    /// Which rooms are open?
    Rooms(oneshot::Sender<Vec<RoomKey>>),
    /// Other nodes hold the rooms from now on: everybody shall go there.
    HandOver,
    /// How many have not gone yet?
    Remaining(oneshot::Sender<usize>),
    /// The node ends: say goodbye to everybody.
    Stop,
}

/// From the media thread to a signalling connection.
#[derive(Debug)]
pub(crate) enum Outbound {
    /// One encoded message.
    Frame(bytes::Bytes),
    /// Close after what was sent before.
    Close,
}

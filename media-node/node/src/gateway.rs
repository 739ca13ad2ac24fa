//! What the HTTP side needs of the rest of the node.

use std::sync::Arc;

use koeba_access_token::TokenKey;
use tokio::sync::{Semaphore, mpsc};

use crate::command::Command;
use crate::config::Limits;
use crate::counters::Counters;
use crate::leases::Leases;

/// What the HTTP side needs of the rest of the node.
#[derive(Clone)]
pub(crate) struct Gateway {
    pub(crate) key: TokenKey,
    pub(crate) limits: Limits,
    pub(crate) counters: Arc<Counters>,
    /// Which rooms are here, if there are other nodes.
    pub(crate) leases: Option<Arc<Leases>>,
    /// One for each signalling connection that may be open.
    pub(crate) places: Arc<Semaphore>,
    /// One for each call of the server API that may be under way.
    pub(crate) api_places: Arc<Semaphore>,
    /// To the media thread. Bounded: a flood of messages waits at its sockets.
    pub(crate) commands: mpsc::Sender<Command>,
}

//! One participant's place at this node: its peer, and its signalling connection while it has one.

use std::time::Duration;

use bytes::Bytes;
use koeba_access_token::JoinClaims;
use koeba_peer::{Peer, TransportAddress};
use koeba_room::ParticipantSid;
use tokio::sync::mpsc;

use crate::command::{ConnectionId, Outbound};
use crate::connection_record::ConnectionRecord;
use crate::reports::RoomKey;

/// How often a participant gets a fresh token, so that it can always come back.
pub(crate) const REFRESH_EVERY: Duration = Duration::from_secs(300);

/// One participant's place.
pub(crate) struct Seat {
    pub(crate) room: RoomKey,
    /// What its latest token claims.
    pub(crate) claims: JoinClaims,
    pub(crate) peer: Peer,
    pub(crate) record: ConnectionRecord,
    /// Its signalling connection, while there is one.
    pub(crate) line: Option<Line>,
    /// An offer is on its way: it was asked for, or comes by itself.
    pub(crate) asked_to_offer: bool,
    /// Subscriptions changed since the last offer was answered.
    pub(crate) wants_offer: bool,
    /// The peer was written to and has to be flushed.
    pub(crate) dirty: bool,
    /// Under which name connectivity checks find the peer.
    pub(crate) ufrag: String,
    /// Under which addresses its datagrams arrive, oldest first.
    pub(crate) addresses: Vec<TransportAddress>,
}

/// A signalling connection, towards the client.
pub(crate) struct Line {
    pub(crate) connection: ConnectionId,
    pub(crate) outbound: mpsc::Sender<Outbound>,
}

impl Line {
    /// Sends a message. False when the client reads too slowly or is gone.
    pub(crate) fn send(&self, frame: Bytes) -> bool {
        self.outbound.try_send(Outbound::Frame(frame)).is_ok()
    }

    /// Closes after what was sent.
    pub(crate) fn close(&self) {
        // A full or closed line is dropped with us, which closes it as well.
        let _ = self.outbound.try_send(Outbound::Close);
    }
}

impl Seat {
    /// Its peer was written to: lets `dirty`, the list of whom to flush, name it once.
    pub(crate) fn mark(&mut self, sid: ParticipantSid, dirty: &mut Vec<ParticipantSid>) {
        if !self.dirty {
            self.dirty = true;
            dirty.push(sid);
        }
    }

    /// Sends a message, if there is a connection. One that takes none is given up: its client
    /// comes back and is told everything anew, and nobody else waits for it.
    pub(crate) fn send(&mut self, frame: Bytes) {
        if self.line.as_ref().is_some_and(|line| !line.send(frame)) {
            self.line = None;
        }
    }
}

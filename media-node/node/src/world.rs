//! Every room and every peer of a node, and the tables that say whose a datagram is.
//!
//! The media thread calls it with what arrived and with the time; datagrams to send come out of
//! [`World::take_transmits`], messages go out through each participant's own line.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use koeba_access_token::TokenKey;
use koeba_peer::{Engine, EngineError, Gate, Transmit, TransportAddress};
use koeba_room::{
    Close, Input, LeaveAction, LeaveReason, Output, ParticipantSid, Room, RoomConfig, TrackSid,
};
use tokio::sync::mpsc;

use crate::command::ConnectionId;
use crate::config::Limits;
use crate::counters::Counters;
use crate::deadlines::Deadlines;
use crate::reports::{News, RoomKey, RosterLine};
use crate::seat::Seat;

/// What a world is made with.
pub(crate) struct WorldConfig {
    pub(crate) announced: Vec<SocketAddr>,
    /// The same over TCP.
    pub(crate) announced_tcp: Vec<SocketAddr>,
    pub(crate) key: TokenKey,
    pub(crate) node_id: String,
    pub(crate) limits: Limits,
    pub(crate) counters: Arc<Counters>,
    /// To the control plane, if there is one.
    pub(crate) news: Option<mpsc::UnboundedSender<News>>,
}

/// Whose deadline it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Due {
    Peer(ParticipantSid),
    Token(ParticipantSid),
    Room(u64),
}

/// Everything the media thread owns.
pub(crate) struct World {
    pub(crate) config: WorldConfig,
    pub(crate) engine: Engine,
    pub(crate) rooms: HashMap<RoomKey, OpenRoom>,
    pub(crate) seats: HashMap<ParticipantSid, Seat>,
    pub(crate) connections: HashMap<ConnectionId, ParticipantSid>,
    pub(crate) addresses: HashMap<TransportAddress, ParticipantSid>,
    pub(crate) ufrags: HashMap<String, ParticipantSid>,
    pub(crate) deadlines: Deadlines<Due>,
    /// Peers that were written to since the last flush.
    pub(crate) dirty: Vec<ParticipantSid>,
    pub(crate) transmits: Vec<Transmit>,
    numbers: u64,
}

/// What is chosen of a room when it is opened; what is left out is as the node's limits say.
#[derive(Default)]
pub(crate) struct RoomOptions {
    pub(crate) metadata: String,
    pub(crate) empty_timeout: Option<Duration>,
    pub(crate) departure_timeout: Option<Duration>,
    /// Never more than the node's own limit.
    pub(crate) max_participants: Option<usize>,
}

/// A room and its number in the table of deadlines.
pub(crate) struct OpenRoom {
    pub(crate) number: u64,
    pub(crate) room: Room,
    /// Of tracks that were withheld at some time.
    pub(crate) gates: HashMap<TrackSid, Gate>,
}

impl World {
    pub(crate) fn new(config: WorldConfig) -> Result<Self, EngineError> {
        Ok(Self {
            engine: Engine::new()?,
            config,
            rooms: HashMap::new(),
            seats: HashMap::new(),
            connections: HashMap::new(),
            addresses: HashMap::new(),
            ufrags: HashMap::new(),
            deadlines: Deadlines::new(),
            dirty: Vec::new(),
            transmits: Vec::new(),
            numbers: 0,
        })
    }

    /// A number that was not given before.
    pub(crate) const fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// When [`World::handle_deadlines`] is due.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.next()
    }

    /// The datagrams to send, in order.
    pub(crate) fn take_transmits(&mut self) -> Vec<Transmit> {
        std::mem::take(&mut self.transmits)
    }

    /// Does everything that is due.
    pub(crate) fn handle_deadlines(&mut self, now: Instant) {
        while let Some(due) = self.deadlines.take_due(now) {
            match due {
                Due::Peer(sid) => {
                    if let Some(seat) = self.seats.get_mut(&sid) {
                        seat.peer.handle_timeout(now);
                        self.drain(now, sid);
                    }
                }
                Due::Token(sid) => self.refresh_token(now, sid),
                Due::Room(number) => {
                    let due = self.rooms.iter().find(|(_, open)| open.number == number);
                    if let Some((key, _)) = due {
                        let key = key.clone();
                        self.tell_room(now, &key, Input::Timeout);
                    }
                }
            }
        }
    }

    /// The room of a key, opened if there is none and there is place for one.
    pub(crate) fn open_room(&mut self, now: Instant, key: &RoomKey, options: RoomOptions) -> bool {
        if self.rooms.contains_key(key) {
            return true;
        }
        if self.rooms.len() >= self.config.limits.rooms {
            return false;
        }
        let limits = &self.config.limits;
        let config = RoomConfig {
            metadata: options.metadata,
            empty_timeout: options.empty_timeout.unwrap_or(limits.empty_timeout),
            departure_timeout: options
                .departure_timeout
                .unwrap_or(limits.departure_timeout),
            absence_timeout: limits.absence_timeout,
            max_participants: options
                .max_participants
                .map_or(limits.participants, |most| most.min(limits.participants)),
            data: limits.data,
            video: true,
            loudest: limits.loudest,
            ..RoomConfig::new(&key.room, random_bits(), now, wall_clock_ms())
        };
        let number = self.number();
        self.rooms.insert(
            key.clone(),
            OpenRoom {
                number,
                room: Room::new(config),
                gates: HashMap::new(),
            },
        );
        self.config.counters.rooms.set(self.rooms.len());
        true
    }

    /// Tells a room what happened and does everything that follows.
    pub(crate) fn tell_room(&mut self, now: Instant, key: &RoomKey, input: Input) {
        let Some(open) = self.rooms.get_mut(key) else {
            return;
        };
        open.room.handle(now, input);
        self.act_on_room(now, key);
    }

    /// Does everything that a room says is to be done.
    pub(crate) fn act_on_room(&mut self, now: Instant, key: &RoomKey) {
        let mut roster_changed = false;
        let mut over = false;
        while let Some(output) = self
            .rooms
            .get_mut(key)
            .and_then(|open| open.room.poll_output())
        {
            match output {
                Output::Send { to, message } => self.send(&to, &message),
                Output::Subscribed(subscription) => {
                    if let Some(seat) = self.seats.get_mut(&subscription.subscriber) {
                        seat.wants_offer |= seat.peer.subscribe(
                            subscription.publisher,
                            subscription.track,
                            subscription.kind,
                        );
                    }
                    self.ask_to_offer(subscription.subscriber);
                }
                Output::Unsubscribed { subscriber, track } => {
                    if let Some(seat) = self.seats.get_mut(&subscriber) {
                        seat.peer.unsubscribe(track);
                        seat.wants_offer = true;
                    }
                    self.ask_to_offer(subscriber);
                }
                Output::LayerChosen {
                    subscriber,
                    track,
                    layer,
                } => {
                    if let Some(seat) = self.seats.get_mut(&subscriber) {
                        seat.peer.choose_layer(track, layer);
                    }
                }
                Output::CloseSignal { participant } => self.close_line(participant),
                Output::Departed {
                    participant,
                    reason,
                } => {
                    tracing::info!(sid = %participant, ?reason, "a participant has left");
                    self.clear_seat(now, participant, reason);
                }
                Output::Data {
                    to,
                    from,
                    identity,
                    data,
                } => self.pass_on(&to, from, &identity, &data),
                Output::RestoringEnded => self.end_restoring(key),
                Output::RosterChanged => roster_changed = true,
                Output::Closed => over = true,
            }
        }
        let Some(open) = self.rooms.get(key) else {
            return;
        };
        self.deadlines
            .set(Due::Room(open.number), open.room.poll_timeout());
        if roster_changed {
            self.report(key);
        }
        if over && let Some(open) = self.rooms.remove(key) {
            self.deadlines.set(Due::Room(open.number), None);
            self.config.counters.rooms.set(self.rooms.len());
        }
    }

    fn report(&self, key: &RoomKey) {
        let (Some(news), Some(open)) = (&self.config.news, self.rooms.get(key)) else {
            return;
        };
        let lines = open
            .room
            .roster()
            .into_iter()
            .map(|entry| RosterLine {
                sid: entry.sid.to_string(),
                identity: entry.identity,
                name: entry.name,
                joined_at: entry.joined_at_ms,
            })
            .collect();
        // The reporter ends after the media thread, so it is still there.
        let _ = news.send(News::Roster(key.clone(), lines));
    }

    /// Ends every room of that name: it was deleted.
    pub(crate) fn close_room(&mut self, now: Instant, room: &str) {
        let close = Close {
            reason: LeaveReason::RoomDeleted,
            action: LeaveAction::Disconnect,
        };
        let keys: Vec<_> = self
            .rooms
            .keys()
            .filter(|key| key.room == room)
            .cloned()
            .collect();
        for key in keys {
            self.tell_room(now, &key, Input::Close(close));
        }
    }

    /// Takes somebody out who has lost the right to be there; their client shall not come back.
    pub(crate) fn remove(&mut self, now: Instant, room: &RoomKey, sid: &str) {
        let seats = self.seats.keys().copied();
        let mut named = seats.filter(|seat| seat.to_string() == sid);
        if let Some(participant) = named.next() {
            let reason = LeaveReason::ParticipantRemoved;
            let remove = Input::Remove {
                participant,
                reason,
            };
            self.tell_room(now, room, remove);
        }
    }

    /// Ends every room: the node stops, and clients shall go on where there is one again.
    pub(crate) fn stop(&mut self, now: Instant) {
        let close = Close {
            reason: LeaveReason::ServerShutdown,
            action: LeaveAction::Resume,
        };
        let keys: Vec<_> = self.rooms.keys().cloned().collect();
        for key in keys {
            self.tell_room(now, &key, Input::Close(close));
        }
    }

    /// Drops everything that belongs to a participant.
    pub(crate) fn clear_seat(&mut self, now: Instant, sid: ParticipantSid, reason: LeaveReason) {
        let Some(mut seat) = self.seats.remove(&sid) else {
            return;
        };
        if let Some(news) = &self.config.news {
            let report = seat
                .record
                .end(&seat.room, sid.to_string(), wall_clock_ms());
            // The reporter ends after the media thread, so it is still there.
            let _ = news.send(News::Ended(report));
        }
        // A client that shall go on elsewhere keeps its transport: one that is closed is no use there.
        if !matches!(reason, LeaveReason::Migration | LeaveReason::ServerShutdown) {
            seat.peer.close(now);
        }
        while let Some(transmit) = seat.peer.poll_transmit() {
            self.transmits.push(transmit);
        }
        if let Some(line) = seat.line.take() {
            line.close();
            self.connections.remove(&line.connection);
        }
        self.ufrags.remove(&seat.ufrag);
        for address in seat.addresses {
            // A port that was given up may be somebody else's by now.
            if self.addresses.get(&address) == Some(&sid) {
                self.addresses.remove(&address);
            }
        }
        self.deadlines.set(Due::Peer(sid), None);
        self.deadlines.set(Due::Token(sid), None);
        self.config.counters.participants.set(self.seats.len());
    }

    fn close_line(&mut self, sid: ParticipantSid) {
        if let Some(line) = self.seats.get_mut(&sid).and_then(|seat| seat.line.take()) {
            line.close();
            self.connections.remove(&line.connection);
        }
    }
}

/// Sixty-four random bits from the operating system.
pub(crate) fn random_bits() -> u64 {
    getrandom::u64().expect("the operating system gives random bits")
}

/// Milliseconds since the epoch.
pub(crate) fn wall_clock_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

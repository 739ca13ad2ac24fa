//! Which rooms this node holds, and who holds the others: asked of the control plane, and kept for
//! as long as the answer is good.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use koeba_access_token::{TokenKey, mint_node};
use koeba_room::RosterEntry;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::reports::RoomKey;

/// How long a claim may take: a client waits for it.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// How long a room counts as held after the control plane has heard of this node: shorter than the
/// seven seconds after which it gives the room to others.
const GOOD_FOR: Duration = Duration::from_secs(5);
const TOKEN_LIFETIME: time::Duration = time::Duration::minutes(1);

/// Another node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) node_id: String,
    pub(crate) address: SocketAddr,
}

/// Where a room is.
#[derive(Debug)]
pub(crate) enum Standing {
    /// At this node. If it has just come over from another, these are about to come.
    Here(Vec<RosterEntry>),
    /// At another.
    There(Place),
    /// At none: this node is leaving, and there is no other.
    Nowhere,
}

/// How another node was found to be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Found {
    /// Nobody is at its address, or somebody else.
    Refused,
    /// It does not answer.
    Silent,
}

/// A node that could not be reached.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Lost {
    pub(crate) node_id: String,
    pub(crate) found: Found,
}

#[derive(Serialize)]
struct Claim<'a> {
    node_id: &'a str,
    address: String,
    workspace_id: &'a str,
    room_id: &'a str,
    leaving: bool,
    lost: Option<&'a Lost>,
}

#[derive(Deserialize)]
struct Answer {
    holder: Option<Holder>,
    participants: Vec<Expected>,
}

#[derive(Deserialize)]
struct Holder {
    node_id: String,
    address: String,
}

#[derive(Deserialize)]
struct Expected {
    sid: String,
    identity: String,
    name: String,
    joined_at: u64,
}

/// The rooms that this node holds among others.
#[derive(Debug)]
pub(crate) struct Leases {
    pub(crate) node_id: String,
    /// Where other nodes reach this one.
    pub(crate) address: SocketAddr,
    control: String,
    key: TokenKey,
    client: reqwest::Client,
    /// Until when each room that it holds counts as held.
    held: Mutex<HashMap<RoomKey, Instant>>,
    /// The other nodes, as the control plane last told of them.
    others: Mutex<Vec<Place>>,
    leaving: AtomicBool,
}

impl Leases {
    pub(crate) fn new(
        node_id: String,
        address: SocketAddr,
        control: String,
        key: TokenKey,
    ) -> Self {
        let client = reqwest::Client::builder()
            .timeout(ANSWER_WITHIN)
            .build()
            .expect("a client without files or proxies can be built");
        Self {
            node_id,
            address,
            control,
            key,
            client,
            held: Mutex::default(),
            others: Mutex::default(),
            leaving: AtomicBool::new(false),
        }
    }

    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Acquire)
    }

    /// From now on this node takes no room, and what it has goes to others when it is asked for.
    pub(crate) fn leave(&self) {
        self.leaving.store(true, Ordering::Release);
        self.held().clear();
    }

    /// The control plane has heard of this node, with these rooms.
    pub(crate) fn renew<'a>(&self, rooms: impl Iterator<Item = &'a RoomKey>, now: Instant) {
        if self.is_leaving() {
            return;
        }
        let mut held = self.held();
        for room in rooms {
            if let Some(until) = held.get_mut(room) {
                *until = now + GOOD_FOR;
            }
        }
        held.retain(|_, until| *until > now);
    }

    /// Another node holds this room by now.
    pub(crate) fn lose(&self, room: &RoomKey) {
        self.held().remove(room);
    }

    /// These are the other nodes now.
    pub(crate) fn know(&self, others: Vec<Place>) {
        *self
            .others
            .lock()
            .expect("nothing panics while it holds it") = others;
    }

    /// The other nodes, as far as this one knows.
    pub(crate) fn others(&self) -> Vec<Place> {
        let others = self.others.lock();
        others.expect("nothing panics while it holds it").clone()
    }

    /// Where a room is. A room that nobody holds becomes this node's own. When the control plane is
    /// away the room is taken to be here: people talk, and it is set right later.
    pub(crate) async fn standing(&self, room: &RoomKey, lost: Option<&Lost>) -> Standing {
        let now = Instant::now();
        let leaving = self.is_leaving();
        let known = self.held().get(room).is_some_and(|until| *until > now);
        if known && lost.is_none() && !leaving {
            return Standing::Here(Vec::new());
        }
        let answer = match self.claim(room, leaving, lost).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(error = %error.without_url(), "the control plane says not where a room is");
                return if leaving {
                    Standing::Nowhere
                } else {
                    Standing::Here(Vec::new())
                };
            }
        };
        let Some(holder) = answer.holder else {
            return Standing::Nowhere;
        };
        if holder.node_id == self.node_id {
            self.held().insert(room.clone(), now + GOOD_FOR);
            let expected = answer.participants.into_iter().filter_map(Expected::entry);
            return Standing::Here(expected.collect());
        }
        match holder.address.parse() {
            Ok(address) => Standing::There(Place {
                node_id: holder.node_id,
                address,
            }),
            Err(_) => Standing::Nowhere,
        }
    }

    async fn claim(
        &self,
        room: &RoomKey,
        leaving: bool,
        lost: Option<&Lost>,
    ) -> Result<Answer, reqwest::Error> {
        let claim = Claim {
            node_id: &self.node_id,
            address: self.address.to_string(),
            workspace_id: &room.workspace,
            room_id: &room.room,
            leaving,
            lost,
        };
        let token = mint_node(
            &self.key,
            &self.node_id,
            OffsetDateTime::now_utc(),
            TOKEN_LIFETIME,
        );
        let answer = self
            .client
            .post(format!("{}/api/media/leases", self.control))
            .bearer_auth(token)
            .json(&claim)
            .send()
            .await?;
        answer.error_for_status()?.json().await
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<RoomKey, Instant>> {
        self.held.lock().expect("nothing panics while it holds it")
    }
}

impl Expected {
    fn entry(self) -> Option<RosterEntry> {
        Some(RosterEntry {
            sid: self.sid.parse().ok()?,
            identity: self.identity,
            name: self.name,
            joined_at_ms: self.joined_at,
        })
    }
}

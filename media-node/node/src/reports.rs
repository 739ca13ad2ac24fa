//! Tells the control plane who is in which room, without ever holding up media.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use koeba_access_token::{TokenKey, mint_node};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::ControlPlane;
use crate::counters::Counters;

/// Changes within this time go out as one report.
const COALESCE: Duration = Duration::from_millis(50);
/// How long the control plane may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How long a node's token is good: longer than a report may take, not much more.
const TOKEN_LIFETIME: time::Duration = time::Duration::minutes(1);

/// Names a room for the whole node: two workspaces may have rooms of the same name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RoomKey {
    pub(crate) workspace: String,
    pub(crate) room: String,
}

/// Who is in a room, as the control plane is told.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RosterLine {
    pub(crate) sid: String,
    pub(crate) identity: String,
    pub(crate) name: String,
    pub(crate) joined_at: u64,
}

/// The whole roster of one room; an empty one says that everybody has left.
pub(crate) type Roster = (RoomKey, Vec<RosterLine>);

#[derive(Serialize)]
struct Report<'a> {
    node_id: &'a str,
    at: u64,
    rooms: Vec<RoomReport<'a>>,
}

#[derive(Serialize)]
struct RoomReport<'a> {
    workspace_id: &'a str,
    room_id: &'a str,
    participants: &'a [RosterLine],
}

#[derive(Deserialize)]
struct Answer {
    closed_rooms: Vec<String>,
}

/// Sends rosters to the control plane until `stop` changes, and rooms that are no more to
/// `closed`.
pub(crate) struct Reporter {
    pub(crate) node_id: String,
    pub(crate) key: TokenKey,
    pub(crate) control: ControlPlane,
    pub(crate) counters: Arc<Counters>,
    pub(crate) rosters: mpsc::UnboundedReceiver<Roster>,
    pub(crate) closed: mpsc::UnboundedSender<String>,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Reporter {
    pub(crate) async fn run(mut self) {
        let client = reqwest::Client::builder()
            .timeout(ANSWER_WITHIN)
            .build()
            .expect("a client without files or proxies can be built");
        // What is known of each occupied room; one that emptied stays until that was reported.
        let mut known: BTreeMap<RoomKey, Vec<RosterLine>> = BTreeMap::new();
        let mut changed: Vec<RoomKey> = Vec::new();
        let mut next_full = Instant::now() + self.control.interval;
        let mut due = next_full;
        loop {
            tokio::select! {
                Some((room, roster)) = self.rosters.recv() => {
                    known.insert(room.clone(), roster);
                    if !changed.contains(&room) {
                        changed.push(room);
                    }
                    due = due.min(Instant::now() + COALESCE);
                    continue;
                }
                () = tokio::time::sleep_until(due) => {}
                _ = self.stop.changed() => {
                    // The last word of a node that ends: the rooms are empty.
                    while let Ok((room, roster)) = self.rosters.try_recv() {
                        known.insert(room, roster);
                    }
                    self.send(&client, &known, known.keys()).await;
                    return;
                }
            }
            let full = Instant::now() >= next_full;
            let sent = if full {
                self.send(&client, &known, known.keys()).await
            } else {
                self.send(&client, &known, changed.iter()).await
            };
            if full {
                next_full = Instant::now() + self.control.interval;
            }
            if sent {
                if full {
                    known.retain(|_, roster| !roster.is_empty());
                } else {
                    let told = std::mem::take(&mut changed);
                    known.retain(|room, roster| !roster.is_empty() || !told.contains(room));
                }
                changed.clear();
            }
            due = if changed.is_empty() {
                next_full
            } else {
                Instant::now() + ANSWER_WITHIN
            };
        }
    }

    async fn send(
        &self,
        client: &reqwest::Client,
        known: &BTreeMap<RoomKey, Vec<RosterLine>>,
        rooms: impl Iterator<Item = &RoomKey>,
    ) -> bool {
        let rooms: Vec<RoomReport<'_>> = rooms
            .filter_map(|room| {
                known.get(room).map(|participants| RoomReport {
                    workspace_id: &room.workspace,
                    room_id: &room.room,
                    participants,
                })
            })
            .collect();
        if rooms.is_empty() {
            return true;
        }
        let now = OffsetDateTime::now_utc();
        let at = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        let report = Report {
            node_id: &self.node_id,
            at,
            rooms,
        };
        let token = mint_node(&self.key, &self.node_id, now, TOKEN_LIFETIME);
        let sent = client
            .post(format!("{}/api/media/reports", self.control.url))
            .bearer_auth(token)
            .json(&report)
            .send()
            .await
            .and_then(reqwest::Response::error_for_status);
        let answer = match sent {
            Ok(answer) => answer.json::<Answer>().await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => {
                self.counters.reports_total.one();
                for room in answer.closed_rooms {
                    // The media thread is gone only when the node ends.
                    let _ = self.closed.send(room);
                }
                true
            }
            Err(error) => {
                self.counters.reports_failed_total.one();
                tracing::warn!(error = %error.without_url(), "the control plane took no report");
                false
            }
        }
    }
}

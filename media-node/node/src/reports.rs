//! Tells the control plane who is in which room, and how connections went that have ended, without ever holding up media.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use koeba_access_token::{TokenKey, mint_node};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::ControlPlane;
use crate::connection_record::ConnectionReport;
use crate::counters::Counters;
use crate::leases::{Leases, Place};

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

/// What the control plane is to be told.
pub(crate) enum News {
    /// The whole roster of one room; an empty one says that everybody has left.
    Roster(RoomKey, Vec<RosterLine>),
    /// How a connection went that has ended.
    Ended(ConnectionReport),
    /// The node is about to end, and others take its rooms over. Answered once that was told, or
    /// could not be.
    Leaving(oneshot::Sender<()>),
}

/// Connections that wait to be reported; while the control plane is away the oldest are let go.
const ENDED: usize = 100;

#[derive(Serialize)]
struct Report<'a> {
    node_id: &'a str,
    at: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    address: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    leaving: bool,
    rooms: Vec<RoomReport<'a>>,
    connections: &'a [ConnectionReport],
}

#[derive(Serialize)]
struct RoomReport<'a> {
    workspace_id: &'a str,
    room_id: &'a str,
    participants: &'a [RosterLine],
    /// It was told before: there is nothing to write down, only to ask who has to leave.
    unchanged: bool,
}

#[derive(Deserialize)]
struct Answer {
    closed_rooms: Vec<String>,
    #[serde(default)]
    removed_participants: Vec<Removed>,
    #[serde(default)]
    lost_rooms: Vec<LostRoom>,
    #[serde(default)]
    other_nodes: Vec<OtherNode>,
}

#[derive(Deserialize)]
struct OtherNode {
    node_id: String,
    address: String,
}

/// A room that another node holds by now.
#[derive(Deserialize)]
struct LostRoom {
    workspace_id: String,
    room_id: String,
}

/// Somebody who has lost the right to be in a room.
#[derive(Deserialize)]
struct Removed {
    workspace_id: String,
    room_id: String,
    identity: String,
}

/// What the control plane says has to end.
pub(crate) enum Ruling {
    /// A room that is no more.
    Closed(String),
    /// A room that another node holds by now.
    Lost(RoomKey),
    /// The stay of somebody in a room, by the sid that was reported: whoever came back since with
    /// a new right is not meant.
    Removed(RoomKey, String),
}

/// What a report is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Telling {
    /// Every room, anew.
    Everything,
    /// What changed; of the others, only that somebody is still there.
    Changes,
}

/// Sends rosters to the control plane until `stop` changes, and passes on what it rules. A node
/// whose rooms are all empty says nothing.
pub(crate) struct Reporter {
    pub(crate) node_id: String,
    pub(crate) key: TokenKey,
    pub(crate) control: ControlPlane,
    pub(crate) counters: Arc<Counters>,
    pub(crate) news: mpsc::UnboundedReceiver<News>,
    pub(crate) ruled: mpsc::UnboundedSender<Ruling>,
    pub(crate) stop: watch::Receiver<bool>,
    /// What it holds, if there are other nodes.
    pub(crate) leases: Option<Arc<Leases>>,
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
        let mut ended: Vec<ConnectionReport> = Vec::new();
        let mut next_full = Instant::now() + self.control.interval;
        // Among others it says at once that it is there.
        let mut due = match self.leases {
            Some(_) => {
                next_full = Instant::now();
                next_full
            }
            None => next_full,
        };
        loop {
            tokio::select! {
                Some(news) = self.news.recv() => {
                    match news {
                        // Those who go elsewhere have not left their room.
                        News::Roster(..) if self.is_leaving() => {}
                        News::Leaving(told) => {
                            self.send(&client, &known, &[], &ended, Telling::Everything).await;
                            known.clear();
                            changed.clear();
                            ended.clear();
                            // Whoever waits for it may have given up.
                            let _ = told.send(());
                        }
                        News::Roster(room, roster) => {
                            known.insert(room.clone(), roster);
                            if !changed.contains(&room) {
                                changed.push(room);
                            }
                        }
                        News::Ended(report) => keep(&mut ended, report),
                    }
                    due = due.min(Instant::now() + COALESCE);
                    continue;
                }
                () = tokio::time::sleep_until(due) => {}
                _ = self.stop.changed() => {
                    // The last word of a node that ends: the rooms are empty.
                    while let Ok(news) = self.news.try_recv() {
                        match news {
                            News::Roster(..) if self.is_leaving() => {}
                            News::Roster(room, roster) => {
                                known.insert(room, roster);
                            }
                            News::Leaving(_) => {}
                            News::Ended(report) => keep(&mut ended, report),
                        }
                    }
                    self.send(&client, &known, &[], &ended, Telling::Everything).await;
                    return;
                }
            }
            let telling = if Instant::now() >= next_full {
                next_full = Instant::now() + self.control.interval;
                Telling::Everything
            } else {
                Telling::Changes
            };
            let sent = self.send(&client, &known, &changed, &ended, telling).await;
            if sent {
                ended.clear();
                let told = std::mem::take(&mut changed);
                let everything = telling == Telling::Everything;
                known.retain(|room, roster| {
                    !roster.is_empty() || !(everything || told.contains(room))
                });
            }
            let occupied = known.values().any(|roster| !roster.is_empty());
            due = if occupied && !self.is_leaving() || !changed.is_empty() || !ended.is_empty() {
                next_full.min(Instant::now() + self.control.lookout)
            } else {
                next_full
            };
        }
    }

    fn is_leaving(&self) -> bool {
        self.leases
            .as_ref()
            .is_some_and(|leases| leases.is_leaving())
    }

    async fn send(
        &self,
        client: &reqwest::Client,
        known: &BTreeMap<RoomKey, Vec<RosterLine>>,
        changed: &[RoomKey],
        connections: &[ConnectionReport],
        telling: Telling,
    ) -> bool {
        let rooms: Vec<RoomReport<'_>> = known
            .iter()
            .map(|(room, participants)| RoomReport {
                workspace_id: &room.workspace,
                room_id: &room.room,
                participants,
                unchanged: telling == Telling::Changes && !changed.contains(room),
            })
            .filter(|report| !(report.unchanged && report.participants.is_empty()))
            .collect();
        let heartbeat = self.leases.is_some() && telling == Telling::Everything;
        if rooms.is_empty() && connections.is_empty() && !heartbeat {
            return true;
        }
        let answered_at = std::time::Instant::now();
        let now = OffsetDateTime::now_utc();
        let at = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        let report = Report {
            node_id: &self.node_id,
            at,
            address: self
                .leases
                .as_ref()
                .map(|leases| leases.address.to_string())
                .unwrap_or_default(),
            leaving: self.is_leaving(),
            rooms,
            connections,
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
                let closed = answer.closed_rooms.into_iter().map(Ruling::Closed);
                let lost = answer.lost_rooms.into_iter().map(|lost| RoomKey {
                    workspace: lost.workspace_id,
                    room: lost.room_id,
                });
                let lost: Vec<_> = lost.collect();
                if let Some(leases) = &self.leases {
                    let kept = known.keys().filter(|room| !lost.contains(room));
                    leases.renew(kept, answered_at);
                    let others = answer.other_nodes.into_iter().filter_map(OtherNode::place);
                    leases.know(others.collect());
                    lost.iter().for_each(|room| leases.lose(room));
                }
                let lost = lost.into_iter().filter(|_| !self.is_leaving());
                let lost = lost.map(Ruling::Lost);
                let removed = answer.removed_participants.into_iter();
                let removed = removed.flat_map(|removed| stays_of(known, removed));
                for ruling in closed.chain(lost).chain(removed) {
                    // The media thread is gone only when the node ends.
                    let _ = self.ruled.send(ruling);
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

impl OtherNode {
    fn place(self) -> Option<Place> {
        Some(Place {
            node_id: self.node_id,
            address: self.address.parse().ok()?,
        })
    }
}

fn keep(ended: &mut Vec<ConnectionReport>, report: ConnectionReport) {
    if ended.len() == ENDED {
        ended.remove(0);
    }
    ended.push(report);
}

/// The stays that were reported of somebody who has to leave.
fn stays_of(known: &BTreeMap<RoomKey, Vec<RosterLine>>, removed: Removed) -> Vec<Ruling> {
    let room = RoomKey {
        workspace: removed.workspace_id,
        room: removed.room_id,
    };
    let roster = known.get(&room).into_iter().flatten();
    roster
        .filter(|line| line.identity == removed.identity)
        .map(|line| Ruling::Removed(room.clone(), line.sid.clone()))
        .collect()
}

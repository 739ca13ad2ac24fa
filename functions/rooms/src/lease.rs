//! Says which media node holds a room, and gives it to one when nobody does.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use koeba_domain::{Claim, Lease, Lost, MediaNode, Moment, Occupant, RoomId, WorkspaceId};
use koeba_edge::{Context, Problem, Slug};

use crate::routes::leases::{ClaimAnswer, ClaimRequest, Expected, Holder, HowLost};

/// How often a claim is tried that another node's claim overtakes.
const TRIES: usize = 3;

/// Judges a node's claim on a room; answers who holds it from now on.
pub(crate) async fn claim(
    context: &Context,
    request: ClaimRequest,
) -> Result<ClaimAnswer, Problem> {
    let now = context.clock.now();
    let claimant = MediaNode {
        id: request.node_id,
        address: request.address,
        seen_at: now,
        leaving: request.leaving,
    };
    let directory = context.table.directory();
    directory.note_media_node(&claimant).await?;
    let ids = request
        .workspace_id
        .parse::<WorkspaceId>()
        .ok()
        .zip(request.room_id.parse::<RoomId>().ok());
    let Some((workspace, room)) = ids else {
        // A room that is none of ours: its node will hear so with its next report.
        return Ok(ClaimAnswer::held_by(&claimant, Vec::new()));
    };
    for _ in 0..TRIES {
        let nodes = directory.media_nodes().await?;
        let lease = directory.lease(workspace, room).await?;
        let holder = lease
            .as_ref()
            .and_then(|lease| nodes.iter().find(|node| node.id == lease.node));
        let lost = request.lost.as_ref().filter(|lost| {
            let named = lease.as_ref().map(|lease| &lease.node);
            named == Some(&lost.node_id)
        });
        let lost = lost.map(|lost| match lost.found {
            HowLost::Refused => Lost::Refused,
            HowLost::Silent => Lost::Silent,
        });
        let verdict = Lease::judge(lease.as_ref(), holder, &claimant.id, lost, now);
        let gone = holder.map(|holder| holder.id.clone());
        let next = match verdict {
            Claim::Held => {
                let holder = holder.ok_or(Slug::Internal)?;
                return Ok(ClaimAnswer::held_by(holder, Vec::new()));
            }
            Claim::Yours if !claimant.leaving => {
                let occupants = directory.last_occupants(workspace, room, now).await?;
                return Ok(ClaimAnswer::held_by(&claimant, occupants));
            }
            Claim::Yours => {
                let epoch = lease.as_ref().map_or(1, |lease| lease.epoch + 1);
                successor(&nodes, &claimant, None, now).map(|node| (node, epoch))
            }
            Claim::Free { epoch } if claimant.leaving => {
                successor(&nodes, &claimant, gone.as_deref(), now).map(|node| (node, epoch))
            }
            Claim::Free { epoch } => Some((&claimant, epoch)),
        };
        let Some((node, epoch)) = next else {
            return Ok(ClaimAnswer {
                holder: None,
                participants: Vec::new(),
            });
        };
        let taken = Lease {
            room,
            node: node.id.clone(),
            epoch,
            taken_at: now,
        };
        if directory
            .put_lease(workspace, &taken, lease.as_ref())
            .await?
        {
            let occupants = directory.last_occupants(workspace, room, now).await?;
            return Ok(ClaimAnswer::held_by(node, occupants));
        }
    }
    Err(Slug::Busy.into())
}

/// The node that takes over what `claimant` gives up: of those that take rooms, the one that was
/// heard last.
fn successor<'a>(
    nodes: &'a [MediaNode],
    claimant: &MediaNode,
    gone: Option<&str>,
    now: Moment,
) -> Option<&'a MediaNode> {
    let others = nodes.iter().filter(|node| {
        node.id != claimant.id && Some(node.id.as_str()) != gone && node.takes_rooms(now)
    });
    others.max_by_key(|node| node.seen_at)
}

/// Looks whether the rooms that a node reports are still its own.
pub(crate) struct Holdings<'a> {
    context: &'a Context,
    node: &'a str,
    now: Moment,
    leases: HashMap<WorkspaceId, Vec<Lease>>,
}

impl<'a> Holdings<'a> {
    pub(crate) fn new(context: &'a Context, node: &'a str, now: Moment) -> Self {
        Self {
            context,
            node,
            now,
            leases: HashMap::new(),
        }
    }

    /// Whether a room is the node's own, or nobody's. What it has held for long is renewed.
    pub(crate) async fn keep(
        &mut self,
        workspace: WorkspaceId,
        room: RoomId,
    ) -> Result<bool, Problem> {
        let directory = self.context.table.directory();
        let leases = match self.leases.entry(workspace) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(directory.leases(workspace).await?),
        };
        let Some(lease) = leases.iter().find(|lease| lease.room == room) else {
            return Ok(true);
        };
        if lease.node != self.node {
            return Ok(false);
        }
        if self.now - lease.taken_at >= Lease::RENEWED_AFTER {
            let renewed = Lease {
                taken_at: self.now,
                ..lease.clone()
            };
            return Ok(directory
                .put_lease(workspace, &renewed, Some(lease))
                .await?);
        }
        Ok(true)
    }
}

impl From<MediaNode> for Holder {
    fn from(node: MediaNode) -> Self {
        Self {
            node_id: node.id,
            address: node.address,
        }
    }
}

impl ClaimAnswer {
    fn held_by(node: &MediaNode, occupants: Vec<Occupant>) -> Self {
        let known = occupants
            .into_iter()
            .filter(|occupant| !occupant.sid.is_empty());
        Self {
            holder: Some(Holder {
                node_id: node.id.clone(),
                address: node.address.clone(),
            }),
            participants: known
                .map(|occupant| Expected {
                    sid: occupant.sid,
                    identity: occupant.identity,
                    name: occupant.name,
                    joined_at: i64::try_from(occupant.since.unix_timestamp_nanos() / 1_000_000)
                        .unwrap_or_default(),
                })
                .collect(),
        }
    }
}

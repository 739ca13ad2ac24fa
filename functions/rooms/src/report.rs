//! Writes down what a media node reports.

use koeba_domain::{MediaNode, Moment, Occupant, RoomId, Roster, WorkspaceId};
use koeba_edge::{Context, FieldProblem, Problem, Slug, Text};
use koeba_storage::RoomStanding;

use crate::evictions::Doorman;
use crate::lease::Holdings;
use crate::routes::leases::Holder;
use crate::routes::media::{ConnectionReport, LostRoom, ReportAnswer, ReportRequest, RoomReport};

/// Rooms of one report.
const MAX_ROOMS: usize = 500;
/// Connections of one report.
const MAX_CONNECTIONS: usize = 100;
/// Participants of one room.
const MAX_PARTICIPANTS: usize = 1_000;
/// What is kept of a word of a node's.
const MAX_WORD: usize = 64;
/// What is kept of an identity or name.
const MAX_TEXT: usize = 256;

/// Records every roster that is news; answers the rooms that are no more, and who has to leave.
pub(crate) async fn record(
    context: &Context,
    request: ReportRequest,
) -> Result<ReportAnswer, Problem> {
    if request.rooms.len() > MAX_ROOMS {
        let text = Text::fixed("部屋は500までにしてください。", "Report at most 500 rooms.");
        return Err(FieldProblem::new("rooms", text).into());
    }
    let reported_at = moment(request.at)?;
    let received_at = context.clock.now();
    for connection in request.connections.iter().take(MAX_CONNECTIONS) {
        note(&request.node_id, connection);
    }
    let mut others = Vec::new();
    if !request.address.is_empty() {
        let node = MediaNode {
            id: request.node_id.clone(),
            address: request.address.clone(),
            seen_at: received_at,
            leaving: request.leaving,
        };
        let directory = context.table.directory();
        directory.note_media_node(&node).await?;
        let nodes = directory.media_nodes().await?.into_iter();
        let nodes = nodes.filter(|other| other.id != node.id && other.takes_rooms(received_at));
        others.extend(nodes.map(Holder::from));
    }
    let mut closed = Vec::new();
    let mut lost = Vec::new();
    let mut holdings = Holdings::new(context, &request.node_id, received_at);
    let mut doorman = Doorman::new(context, received_at);
    for report in request.rooms {
        // An identifier that is none names a room that does not exist.
        let ids = report
            .workspace_id
            .parse::<WorkspaceId>()
            .ok()
            .zip(report.room_id.parse().ok());
        let Some((workspace, room)) = ids else {
            closed.push(report.room_id);
            continue;
        };
        if !holdings.keep(workspace, room).await? {
            lost.push(LostRoom {
                workspace_id: report.workspace_id,
                room_id: report.room_id,
            });
            continue;
        }
        let occupants = occupants(room, &report)?;
        doorman.look(workspace, &occupants).await?;
        if report.unchanged {
            continue;
        }
        let roster = Roster {
            room,
            node: request.node_id.clone(),
            reported_at,
            received_at,
            occupants,
        };
        match context
            .table
            .directory()
            .record_roster(workspace, &roster)
            .await?
        {
            RoomStanding::Open => {}
            RoomStanding::Closed => closed.push(report.room_id),
        }
    }
    Ok(ReportAnswer {
        closed_rooms: closed,
        lost_rooms: lost,
        other_nodes: others,
        removed_participants: doorman.removed,
    })
}

/// Writes down how a connection went: under its random id, and nobody's name.
fn note(node: &str, connection: &ConnectionReport) {
    let ids = connection
        .workspace_id
        .parse::<WorkspaceId>()
        .ok()
        .zip(connection.room_id.parse::<RoomId>().ok());
    let Some((workspace, room)) = ids else {
        return;
    };
    let brief = |text: &str| text.chars().take(MAX_WORD).collect::<String>();
    let optional = |text: &Option<String>| text.as_deref().map(brief).unwrap_or_default();
    tracing::info!(
        node = brief(node),
        %workspace,
        %room,
        connection = brief(&connection.sid),
        seconds = connection.ended_at.saturating_sub(connection.joined_at) / 1_000,
        dtls = optional(&connection.dtls),
        srtp = optional(&connection.srtp),
        transport = optional(&connection.transport),
        loss_up_permille = connection.loss_up_permille,
        loss_down_permille = connection.loss_down_permille,
        jitter_ms = connection.jitter_ms,
        round_trip_ms = connection.round_trip_ms,
        interruptions = connection.interruptions,
        interrupted_ms = connection.interrupted_ms,
        "a connection to a media node has ended"
    );
}

fn occupants(room: RoomId, report: &RoomReport) -> Result<Vec<Occupant>, Problem> {
    report
        .participants
        .iter()
        .take(MAX_PARTICIPANTS)
        .map(|participant| {
            Ok(Occupant {
                room,
                sid: participant.sid.chars().take(MAX_WORD).collect(),
                identity: participant.identity.chars().take(MAX_TEXT).collect(),
                name: participant.name.chars().take(MAX_TEXT).collect(),
                since: moment(participant.joined_at)?,
            })
        })
        .collect()
}

fn moment(milliseconds: i64) -> Result<Moment, Problem> {
    Moment::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
        .map_err(|_| Slug::FieldsInvalid.into())
}

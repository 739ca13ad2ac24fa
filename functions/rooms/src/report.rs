//! Writes down what a media node reports.

use koeba_domain::{Moment, Occupant, RoomId, Roster, WorkspaceId};
use koeba_edge::{Context, FieldProblem, Problem, Slug, Text};
use koeba_storage::RoomStanding;

use crate::evictions::Doorman;
use crate::routes::media::{ReportAnswer, ReportRequest, RoomReport};

/// Rooms of one report.
const MAX_ROOMS: usize = 500;
/// Participants of one room.
const MAX_PARTICIPANTS: usize = 1_000;
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
    let mut closed = Vec::new();
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
        removed_participants: doorman.removed,
    })
}

fn occupants(room: RoomId, report: &RoomReport) -> Result<Vec<Occupant>, Problem> {
    report
        .participants
        .iter()
        .take(MAX_PARTICIPANTS)
        .map(|participant| {
            Ok(Occupant {
                room,
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

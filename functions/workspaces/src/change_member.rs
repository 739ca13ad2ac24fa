//! Changes what a member is: read, decide, write; again when somebody else was faster.

use koeba_domain::{
    ChangeRefused, MemberChange, MemberOutcome, MemberRecord, MemberState, Notice, UserId,
    WorkspaceName, WorkspaceScope,
};
use koeba_edge::{Context, Problem, Slug};
use koeba_storage::StorageError;

use crate::notices::notice;
use crate::views::MemberView;

/// How often a decision is made anew before somebody is asked to look again.
const TRIES: u32 = 10;

/// Makes of a member what `change` says; answers what they are now, or none when they have left.
pub(crate) async fn change(
    context: &Context,
    scope: &WorkspaceScope,
    user: UserId,
    change: MemberChange,
) -> Result<Option<MemberView>, Problem> {
    let table = context.table.workspace(scope);
    let workspace = table.workspace().await?;
    for _ in 0..TRIES {
        let (record, responsible) =
            tokio::try_join!(table.member_record(user), table.responsible_manager())?;
        let record = record.ok_or(Slug::NotFound)?;
        let responsible = responsible.map(|named| named.user);
        let before = record.standing(responsible);
        let outcome = before
            .decide(scope.user(), scope.role(), change)
            .map_err(refusal)?;
        let told = match said(&workspace.name, &record, outcome) {
            Some(said) => notice(context, user, said).await?,
            None => None,
        };
        let now = context.clock.now();
        match table
            .change_member(&before, outcome, now, told.as_slice())
            .await
        {
            Err(StorageError::Conflict) => {}
            Err(error) => return Err(error.into()),
            Ok(()) => return Ok(view(record, outcome, before.responsible)),
        }
    }
    Err(Slug::ChangedMeanwhile.into())
}

fn view(record: MemberRecord, outcome: MemberOutcome, responsible: bool) -> Option<MemberView> {
    let mut now = record;
    match outcome {
        MemberOutcome::Leaves => return None,
        MemberOutcome::Stays { role, state } => {
            now.member.role = role;
            now.state = state;
        }
        MemberOutcome::Unchanged => {}
    }
    Some(MemberView::new(now, responsible))
}

/// What the member is told.
fn said(
    workspace_name: &WorkspaceName,
    before: &MemberRecord,
    outcome: MemberOutcome,
) -> Option<Notice> {
    let workspace_name = workspace_name.clone();
    match outcome {
        MemberOutcome::Unchanged => None,
        MemberOutcome::Leaves => Some(Notice::MemberRemoved { workspace_name }),
        MemberOutcome::Stays { role, .. } if role != before.member.role => {
            Some(Notice::RoleChanged {
                workspace_name,
                role,
            })
        }
        MemberOutcome::Stays {
            state: MemberState::Deactivated,
            ..
        } => Some(Notice::MemberDeactivated { workspace_name }),
        MemberOutcome::Stays { .. } => Some(Notice::MemberReactivated { workspace_name }),
    }
}

/// The problem that a refusal of the rules is.
pub(crate) fn refusal(refused: ChangeRefused) -> Slug {
    match refused {
        ChangeRefused::BeyondRole => Slug::RoleNotGrantable,
        ChangeRefused::LastManager => Slug::LastManager,
        ChangeRefused::Responsible => Slug::ResponsibleManager,
    }
}

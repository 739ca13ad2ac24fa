//! Makes somebody else the owner; whoever was it becomes a manager.

use koeba_domain::{Mail, MemberOutcome, Notice, UserId, WorkspaceScope, decide_transfer};
use koeba_edge::{Context, Problem, Slug};

use crate::change_member::refusal;
use crate::notices;

pub(crate) async fn transfer(
    context: &Context,
    scope: &WorkspaceScope,
    heir: UserId,
) -> Result<(), Problem> {
    let table = context.table.workspace(scope);
    let (workspace, heir) = tokio::try_join!(table.workspace(), table.member_record(heir))?;
    let heir = heir.ok_or(Slug::NotFound)?;
    let standing = heir.standing(None);
    if decide_transfer(scope.role(), &standing).map_err(refusal)? == MemberOutcome::Unchanged {
        return Ok(());
    }
    let notice = Mail::Notice(Notice::OwnershipTransferred {
        workspace_name: workspace.name,
        new_owner_name: heir.member.display_name,
    });
    let told = notices::to_all(context, [scope.user(), standing.user], &notice).await?;
    let now = context.clock.now();
    table
        .transfer_ownership(scope.user(), &standing, now, &told)
        .await?;
    Ok(())
}

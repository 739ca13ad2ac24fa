//! What a workspace has of one of its people, for that person's export.

use koeba_domain::{AuditEntry, Permission, UserId, WorkspaceId};
use koeba_edge::Problem;
use koeba_storage::{PageRequest, WorkspaceTable};

use crate::export::{ActivityPart, InvitationPart, written};
use crate::state::Accounts;

/// How many items are asked for at a time.
const AT_A_TIME: u8 = 100;
/// How many pages of an audit log are gone through, each of at most 2000 entries: the answer has to
/// come while somebody waits. The newest come first.
const PAGES_OF_LOG: usize = 10;

/// What one workspace has.
pub(crate) struct Inside {
    pub(crate) joined_at: String,
    pub(crate) invitations_sent: Vec<InvitationPart>,
    pub(crate) activity: Vec<ActivityPart>,
}

/// What the workspace has of a person; none if they do not belong to it.
pub(crate) async fn read(
    accounts: &Accounts,
    user: UserId,
    workspace: WorkspaceId,
    name: &str,
) -> Result<Option<Inside>, Problem> {
    let table = &accounts.context.table;
    let standing = table.directory().standing(user, workspace).await?;
    let Some(standing) = standing else {
        return Ok(None);
    };
    let scope = standing.membership.authorize(Permission::ViewWorkspace)?;
    let table = table.workspace(&scope);
    let Some(member) = table.member(user).await? else {
        return Ok(None);
    };
    Ok(Some(Inside {
        joined_at: written(member.joined_at),
        invitations_sent: sent(&table, user, name).await?,
        activity: activity(&table, user, name).await?,
    }))
}

async fn sent(
    table: &WorkspaceTable,
    user: UserId,
    name: &str,
) -> Result<Vec<InvitationPart>, Problem> {
    let mut sent = Vec::new();
    let mut page = PageRequest {
        cursor: None,
        limit: AT_A_TIME,
    };
    loop {
        let listed = table.invitations(&page).await?;
        let mine = listed.items.into_iter();
        let mine = mine.filter(|invitation| invitation.invited_by == user);
        sent.extend(mine.map(|invitation| InvitationPart {
            workspace_name: name.to_owned(),
            email: invitation.email.to_string(),
            role: invitation.role,
            state: invitation.state,
            created_at: written(invitation.created_at),
        }));
        page.cursor = listed.next_cursor;
        if page.cursor.is_none() {
            return Ok(sent);
        }
    }
}

async fn activity(
    table: &WorkspaceTable,
    user: UserId,
    name: &str,
) -> Result<Vec<ActivityPart>, Problem> {
    let id = user.to_string();
    let is_mine = |entry: &AuditEntry| {
        let subject = entry.event.subject.as_ref();
        entry.event.actor == Some(user) || subject.is_some_and(|subject| subject.id == id)
    };
    let mut found = Vec::new();
    let mut page = PageRequest {
        cursor: None,
        limit: AT_A_TIME,
    };
    for _ in 0..PAGES_OF_LOG {
        let listed = table.audit_entries(&page, is_mine).await?;
        found.extend(listed.items.into_iter().map(|entry| {
            ActivityPart {
                workspace_name: name.to_owned(),
                at: written(entry.event.at),
                action: entry.event.action,
                outcome: entry.event.outcome.as_str(),
                by_me: entry.event.actor == Some(user),
                network: (entry.event.actor == Some(user))
                    .then_some(entry.event.network)
                    .flatten(),
            }
        }));
        page.cursor = listed.next_cursor;
        if page.cursor.is_none() {
            break;
        }
    }
    Ok(found)
}

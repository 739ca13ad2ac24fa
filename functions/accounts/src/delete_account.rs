//! Deletes an account for good, at the wish of whoever it belongs to.
//!
//! It is written down first, which shuts the account at once; then it is carried out. Should that
//! break off, the stream's function goes on with it.

use koeba_domain::{
    Deletion, DeletionSubject, Farewell, Notice, Permission, WorkspaceId, farewell,
};
use koeba_edge::{AnySession, CertificateView, FieldProblem, Problem, Slug, Text};
use koeba_storage::StorageError;

use crate::state::Accounts;

pub(crate) async fn delete(
    accounts: &Accounts,
    session: &AnySession,
) -> Result<CertificateView, Problem> {
    let context = &accounts.context;
    let directory = accounts.directory(session.trace);
    let user = directory
        .user(session.user)
        .await?
        .ok_or(Slug::NotSignedIn)?;
    let now = context.clock.now();
    let notice = accounts.notice(&user, Notice::AccountDeleted);
    for workspace in alone_in(accounts, session).await? {
        let subject = DeletionSubject::Workspace(workspace);
        let deletion = Deletion::begin(context.entropy.id(), subject, user.id, now);
        directory.begin_deletion(&deletion, None).await?;
        directory.carry_out(&deletion, now).await?;
    }
    let subject = DeletionSubject::User(user.id);
    let deletion = Deletion::begin(context.entropy.id(), subject, user.id, now);
    directory
        .begin_deletion(&deletion, Some((&notice, now)))
        .await
        .map_err(|error| match error {
            StorageError::Conflict => Slug::NotSignedIn.into(),
            other => Problem::from(other),
        })?;
    let done = directory.carry_out(&deletion, now).await?;
    CertificateView::issue(context, &done)
}

/// The workspaces that go with somebody because nobody else is in them.
async fn alone_in(accounts: &Accounts, session: &AnySession) -> Result<Vec<WorkspaceId>, Problem> {
    let table = &accounts.context.table;
    let directory = table.directory();
    let mut alone = Vec::new();
    let mut to_transfer = Vec::new();
    let mut to_name = Vec::new();
    for of_user in directory.workspaces_of(session.user).await? {
        let workspace = of_user.workspace.id;
        let Some(standing) = directory.standing(session.user, workspace).await? else {
            continue;
        };
        let scope = standing.membership.authorize(Permission::ViewWorkspace)?;
        let table = table.workspace(&scope);
        let responsible = table.responsible_manager().await?;
        let responsible = responsible.is_some_and(|named| named.user == session.user);
        let members = table.counts().await?.members;
        match farewell(standing.membership.role, responsible, members) {
            Farewell::Leave => {}
            Farewell::DeleteWorkspace => alone.push(workspace),
            Farewell::TransferFirst => to_transfer.push(workspace),
            Farewell::NameAnotherFirst => to_name.push(workspace),
        }
    }
    if !to_transfer.is_empty() {
        let text = Text::fixed(
            "このワークスペースの所有者を、ほかの人に替えるか、ワークスペースを削除してください。",
            "Make somebody else the owner of this workspace, or delete it.",
        );
        return Err(about(Slug::OwnerMustTransfer, &to_transfer, &text));
    }
    if !to_name.is_empty() {
        let text = Text::fixed(
            "このワークスペースの管理責任者を、ほかの人に替えてください。",
            "Have somebody else named responsible manager of this workspace.",
        );
        return Err(about(Slug::ResponsibleManager, &to_name, &text));
    }
    Ok(alone)
}

fn about(slug: Slug, workspaces: &[WorkspaceId], text: &Text) -> Problem {
    let fields = workspaces
        .iter()
        .map(|workspace| FieldProblem::new(workspace.to_string(), text.clone()));
    Problem::about(slug, fields)
}

//! Deletes a workspace for good, at its owner's wish.

use koeba_domain::{Deletion, DeletionSubject, Mail, Notice};
use koeba_edge::permission::DeleteWorkspace;
use koeba_edge::{CertificateView, Context, Problem, Scoped};

use crate::notices;

pub(crate) async fn delete(
    context: &Context,
    scoped: &Scoped<DeleteWorkspace>,
) -> Result<CertificateView, Problem> {
    let now = context.clock.now();
    let table = context.table.workspace(&scoped.scope);
    let directory = context.table.directory().traced(scoped.signed_in.trace);
    let workspace_name = table.workspace().await?.name;
    let members = table.all_member_records().await?;
    let people = members.into_iter().map(|record| record.member.user);
    let said = Mail::Notice(Notice::WorkspaceDeleted { workspace_name });
    let mails = notices::to_all(context, people, &said).await?;
    let subject = DeletionSubject::Workspace(scoped.workspace());
    let deletion = Deletion::begin(context.entropy.id(), subject, scoped.user(), now);
    directory.begin_deletion(&deletion, None).await?;
    // Owed by the directory: the workspace's own mails go with it.
    directory.owe(&mails, now).await?;
    let done = directory.carry_out(&deletion, now).await?;
    CertificateView::issue(context, &done)
}

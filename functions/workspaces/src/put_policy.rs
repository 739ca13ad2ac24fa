//! The security policy: shown as a difference before it is saved, never such that whoever saves it
//! is shut out themselves.

use std::net::IpAddr;

use koeba_domain::{Barred, Mail, Membership, Notice, Policy, admit};
use koeba_edge::permission::ManagePolicy;
use koeba_edge::{Context, Problem, Scoped, Slug};
use koeba_storage::{StorageError, StoredPolicy};

use crate::notices;
use crate::policy_views::PolicyPreviewView;

/// How many notices go into one transaction with the change that they tell of.
const NOTICES_AT_A_TIME: usize = 90;

/// What would change.
pub(crate) async fn preview(
    context: &Context,
    scoped: &Scoped<ManagePolicy>,
    address: Option<IpAddr>,
    after: &Policy,
) -> Result<PolicyPreviewView, Problem> {
    let before = context.table.workspace(&scoped.scope).policy().await?;
    Ok(PolicyPreviewView::new(
        before.policy.changes_to(after),
        before.policy.warnings_about(after),
        locks_out(context, scoped, address, after),
    ))
}

/// Changes it, if nobody else has meanwhile.
pub(crate) async fn put(
    context: &Context,
    scoped: &Scoped<ManagePolicy>,
    address: Option<IpAddr>,
    after: &Policy,
    version: u32,
) -> Result<StoredPolicy, Problem> {
    let table = context.table.workspace(&scoped.scope);
    let before = table.policy().await?;
    if before.version != version {
        return Err(Slug::ChangedMeanwhile.into());
    }
    if locks_out(context, scoped, address, after) {
        return Err(Slug::WouldLockYouOut.into());
    }
    if before.policy.changes_to(after).is_empty() {
        return Ok(before);
    }
    let (workspace, managers, member) = tokio::try_join!(
        table.workspace(),
        table.managers(),
        table.member(scoped.user())
    )?;
    let notice = Mail::Notice(Notice::PolicyChanged {
        workspace_name: workspace.name,
        changed_by_name: member.ok_or(Slug::NotFound)?.display_name,
    });
    let managers = managers.into_iter().map(|manager| manager.member.user);
    let told = notices::to_all(context, managers, &notice).await?;
    let (at_once, after_it) = told.split_at(told.len().min(NOTICES_AT_A_TIME));
    let now = context.clock.now();
    let stored = table
        .put_policy(after, version, scoped.user(), now, at_once)
        .await
        .map_err(|error| match error {
            StorageError::Conflict => Slug::ChangedMeanwhile.into(),
            other => Problem::from(other),
        })?;
    for told in after_it.chunks(NOTICES_AT_A_TIME) {
        table.owe(told, now).await?;
    }
    Ok(stored)
}

/// Whether whoever asks could not come in again in the way they did: from where they are, with
/// the second step that they took. That they might have to sign in anew locks nobody out.
fn locks_out(
    context: &Context,
    scoped: &Scoped<ManagePolicy>,
    address: Option<IpAddr>,
    after: &Policy,
) -> bool {
    let membership = Membership::new(scoped.workspace(), scoped.user(), scoped.scope.role());
    let unlimited = Policy {
        member_session: scoped.policy.member_session,
        manager_session: scoped.policy.manager_session,
        ..after.clone()
    };
    let now = context.clock.now();
    matches!(
        admit(
            &membership,
            &unlimited,
            &scoped.signed_in.session,
            address,
            now
        ),
        Err(Barred::NetworkNotAllowed | Barred::SecondStepMissing | Barred::SecondStepTooWeak)
    )
}

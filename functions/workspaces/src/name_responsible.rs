//! Who answers for the workspace towards their own company (管理責任者).

use koeba_domain::{Contact, Department, ResponsibleManager, UserId, WorkspaceScope};
use koeba_edge::{Context, Problem, Slug};
use koeba_storage::StorageError;

use crate::change_member::refusal;
use crate::member_views::ResponsibleView;

/// Who it is.
pub(crate) async fn show(
    context: &Context,
    scope: &WorkspaceScope,
) -> Result<ResponsibleView, Problem> {
    let table = context.table.workspace(scope);
    let named = table.responsible_manager().await?.ok_or(Slug::NotFound)?;
    let member = table.member(named.user).await?;
    Ok(ResponsibleView::new(named, member))
}

/// Names them; whoever was it is it no more.
pub(crate) async fn name(
    context: &Context,
    scope: &WorkspaceScope,
    user: UserId,
    department: Department,
    contact: Contact,
) -> Result<ResponsibleView, Problem> {
    let table = context.table.workspace(scope);
    let record = table.member_record(user).await?.ok_or(Slug::NotFound)?;
    ResponsibleManager::check(&record.standing(None)).map_err(refusal)?;
    let named = ResponsibleManager {
        user,
        department,
        contact,
        appointed_at: context.clock.now(),
    };
    table
        .name_responsible_manager(&named)
        .await
        .map_err(|error| match error {
            StorageError::Conflict => Slug::RoleNotGrantable.into(),
            other => Problem::from(other),
        })?;
    Ok(ResponsibleView::new(named, Some(record.member)))
}

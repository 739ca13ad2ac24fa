//! Who answers for a workspace: a part of the workspace item, so that nobody can take their role
//! away in a transaction that does not look at it.

use aws_sdk_dynamodb::types::{ConditionCheck, Update};
use koeba_domain::{Contact, Department, MemberState, Moment, ResponsibleManager, Role, UserId};
use serde::{Deserialize, Serialize};

use crate::access::millis;
use crate::keys::Key;
use crate::member_changes::{role_value, state_value};
use crate::transaction::{Refusal, Transaction};
use crate::workspaces::read_item;
use crate::{Result, StorageError, WorkspaceTable};

/// A responsible manager as the workspace item has them.
#[derive(Serialize, Deserialize)]
pub(crate) struct ResponsiblePart {
    pub(crate) user: UserId,
    department: Department,
    contact: Contact,
    #[serde(with = "millis")]
    appointed_at: Moment,
}

impl From<ResponsibleManager> for ResponsiblePart {
    fn from(named: ResponsibleManager) -> Self {
        Self {
            user: named.user,
            department: named.department,
            contact: named.contact,
            appointed_at: named.appointed_at,
        }
    }
}

impl From<ResponsiblePart> for ResponsibleManager {
    fn from(part: ResponsiblePart) -> Self {
        Self {
            user: part.user,
            department: part.department,
            contact: part.contact,
            appointed_at: part.appointed_at,
        }
    }
}

impl WorkspaceTable {
    /// Who answers for the workspace.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when the workspace has gone.
    pub async fn responsible_manager(&self) -> Result<Option<ResponsibleManager>> {
        let access = self.access().await?;
        Ok(read_item(&access, self.workspace)
            .await?
            .responsible
            .map(Into::into))
    }

    /// Names who answers for the workspace, as long as they run it.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when they are no member, [`StorageError::Conflict`] when they do
    /// not run the workspace any more.
    pub async fn name_responsible_manager(&self, named: &ResponsibleManager) -> Result<()> {
        let access = self.access().await?;
        let value = serde_dynamo::to_attribute_value(ResponsiblePart::from(named.clone()))
            .map_err(|_| StorageError::Corrupt("responsible manager"))?;
        let name = Update::builder()
            .update_expression("SET responsible = :named")
            .condition_expression("attribute_exists(member_count)")
            .expression_attribute_values(":named", value);
        let runs = ConditionCheck::builder()
            .condition_expression("#role IN (:manager, :owner) AND #state = :active")
            .expression_attribute_names("#role", "role")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":manager", role_value(Role::Manager))
            .expression_attribute_values(":owner", role_value(Role::Owner))
            .expression_attribute_values(":active", state_value(MemberState::Active));
        Transaction::default()
            .check(
                &access,
                &Key::member(self.workspace, named.user),
                runs,
                Refusal::IfThere(StorageError::Conflict),
            )?
            .update(
                &access,
                &Key::workspace(self.workspace),
                name,
                Refusal::Is(StorageError::NotFound),
            )?
            .commit(&access)
            .await
    }
}

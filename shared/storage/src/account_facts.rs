//! What those who run a workspace may know of a member's account, copied into the member's item:
//! when they last signed in, their second steps, the age of their password.

use aws_sdk_dynamodb::types::Update;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use koeba_domain::{AccountFacts, SessionStage, UserId, WorkspaceId};

use crate::access::moment;
use crate::keys::Key;
use crate::transaction::{Refusal, Transaction};
use crate::users::UserItem;
use crate::{Directory, Result, StorageError};

impl Directory {
    /// What an account says of itself at this moment. The last sign-in is that of the sessions
    /// that are still there; who has signed out since has it in the copies.
    pub(crate) async fn facts(&self, user: UserId, profile: &UserItem) -> Result<AccountFacts> {
        let sessions = self.sessions_of(user).await?;
        let signed_in = sessions
            .iter()
            .filter(|(_, session)| session.stage == SessionStage::Full)
            .map(|(_, session)| session.created_at);
        Ok(AccountFacts {
            last_sign_in_at: signed_in.max(),
            second_steps: self.second_steps(user).await?.facts.methods(),
            password_changed_at: Some(profile.password_changed_at()),
        })
    }

    /// Copies the facts into the item of one workspace; one that says so already is not written.
    pub(crate) async fn repeat_facts(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        facts: &AccountFacts,
    ) -> Result<()> {
        let steps = serde_dynamo::to_attribute_value(&facts.second_steps)
            .map_err(|_| StorageError::Corrupt("second steps"))?;
        let changed_at = facts
            .password_changed_at
            .expect("an account has a password from its first day");
        let update = Update::builder()
            .update_expression("SET second_steps = :steps, password_changed_at = :changed")
            .condition_expression(
                "attribute_exists(#role) AND (attribute_not_exists(password_changed_at) \
                 OR password_changed_at <> :changed OR second_steps <> :steps)",
            )
            .expression_attribute_values(":steps", steps)
            .expression_attribute_values(":changed", moment(changed_at));
        self.copy(workspace, user, update).await?;
        let Some(signed_in_at) = facts.last_sign_in_at else {
            return Ok(());
        };
        // Of its own: it only ever goes forward.
        let update = Update::builder()
            .update_expression("SET last_sign_in_at = :at")
            .condition_expression(
                "attribute_exists(#role) AND \
                 (attribute_not_exists(last_sign_in_at) OR last_sign_in_at < :at)",
            )
            .expression_attribute_values(":at", moment(signed_in_at));
        self.copy(workspace, user, update).await
    }

    /// Writes a copy into a member's item, if its condition wants it.
    pub(crate) async fn copy(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        update: UpdateBuilder,
    ) -> Result<()> {
        let access = self.tenant(workspace).await?;
        let update = update.expression_attribute_names("#role", "role");
        let as_well = Refusal::Is(StorageError::Conflict);
        let copied = Transaction::default()
            .update(&access, &Key::member(workspace, user), update, as_well)?
            .commit(&access)
            .await;
        match copied {
            Ok(()) | Err(StorageError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

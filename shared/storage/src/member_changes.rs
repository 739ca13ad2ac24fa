//! Changes of members: each a transaction under the conditions that the domain decided by.
//!
//! The domain decides what becomes of a member from what was read; the conditions here hold when
//! that is still so at the moment of writing. [`StorageError::Conflict`] says that it is not: read
//! again and decide again.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Update};
use koeba_domain::{
    MailIntent, MemberOutcome, MemberRecord, MemberStanding, MemberState, Moment, Role, UserId,
};
use time::Duration;

use crate::access::{Access, moment};
use crate::evictions::evict;
use crate::keys::Key;
use crate::outbox::MailItem;
use crate::transaction::{Refusal, Transaction};
use crate::workspaces::Recount;
use crate::{Result, StorageError, WorkspaceTable};

/// How long somebody may find out by mail what became of them.
const NOTICES_USEFUL_FOR: Duration = Duration::days(7);

impl WorkspaceTable {
    /// Makes of a member what was decided, and owes them the mails that say so.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when they are a member no more, [`StorageError::Conflict`] when
    /// something that the decision rests on has changed.
    pub async fn change_member(
        &self,
        before: &MemberStanding,
        outcome: MemberOutcome,
        now: Moment,
        notices: &[MailIntent],
    ) -> Result<()> {
        let access = self.access().await?;
        let key = Key::member(self.workspace, before.user);
        let managers =
            i32::from(outcome.keeps_running(before)) - i32::from(before.runs_the_workspace());
        let mut recount = Recount {
            managers,
            ..Recount::default()
        };
        let refusal = Refusal::IfThere(StorageError::Conflict);
        let mut change = Transaction::default();
        change = match outcome {
            MemberOutcome::Unchanged => return Ok(()),
            MemberOutcome::Stays { role, state } => {
                change.update(&access, &key, becomes(before, role, state, now), refusal)?
            }
            MemberOutcome::Leaves => {
                recount.members = -1;
                let delete = Delete::builder()
                    .condition_expression(AS_BEFORE)
                    .expression_attribute_names("#role", "role")
                    .expression_attribute_names("#state", "state")
                    .expression_attribute_values(":role_before", role_value(before.role))
                    .expression_attribute_values(":state_before", state_value(before.state));
                change.delete(&access, &key, delete, refusal)?
            }
        };
        if let Some(update) = recount.update(before.user) {
            let key = Key::workspace(self.workspace);
            change = change.update(&access, &key, update, Refusal::Is(StorageError::Conflict))?;
        }
        if outcome.takes_away(before) {
            change = evict(change, &access, self.workspace, before.user, now)?;
        }
        self.owing(change, &access, notices, now)?
            .commit(&access)
            .await
    }

    /// Passes ownership from `owner` to `heir`; whoever was the owner becomes a manager.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when either is not what they were any more.
    pub async fn transfer_ownership(
        &self,
        owner: UserId,
        heir: &MemberStanding,
        now: Moment,
        notices: &[MailIntent],
    ) -> Result<()> {
        let access = self.access().await?;
        let was_owner = MemberStanding {
            user: owner,
            role: Role::Owner,
            state: MemberState::Active,
            responsible: false,
        };
        let conflict = || Refusal::Is(StorageError::Conflict);
        let mut change = Transaction::default()
            .update(
                &access,
                &Key::member(self.workspace, heir.user),
                becomes(heir, Role::Owner, MemberState::Active, now),
                Refusal::IfThere(StorageError::Conflict),
            )?
            .update(
                &access,
                &Key::member(self.workspace, owner),
                becomes(&was_owner, Role::Manager, MemberState::Active, now),
                conflict(),
            )?;
        let recount = Recount {
            managers: i32::from(!heir.runs_the_workspace()),
            ..Recount::default()
        };
        if let Some(update) = recount.update(heir.user) {
            change = change.update(&access, &Key::workspace(self.workspace), update, conflict())?;
        }
        self.owing(change, &access, notices, now)?
            .commit(&access)
            .await
    }

    /// What those who run the workspace see of those who run it with them: whom notices go to.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn managers(&self) -> Result<Vec<MemberRecord>> {
        let mut records = self.all_member_records().await?;
        records.retain(|record| record.standing(None).runs_the_workspace());
        Ok(records)
    }

    /// Owes mails that follow from no change: that something was exported.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn owe(&self, notices: &[MailIntent], now: Moment) -> Result<()> {
        if notices.is_empty() {
            return Ok(());
        }
        let access = self.access().await?;
        self.owing(Transaction::default(), &access, notices, now)?
            .commit(&access)
            .await
    }

    /// The same change, with mails that it makes necessary.
    pub(crate) fn owing(
        &self,
        mut change: Transaction,
        access: &Access,
        notices: &[MailIntent],
        now: Moment,
    ) -> Result<Transaction> {
        for notice in notices {
            let key = Key::workspace_mail(self.workspace, notice.id);
            let mail = MailItem::new(key, notice, now + NOTICES_USEFUL_FOR);
            change = change.create(access, &mail, StorageError::AlreadyExists)?;
        }
        Ok(change)
    }
}

const AS_BEFORE: &str = "#role = :role_before AND #state = :state_before";

fn becomes(before: &MemberStanding, role: Role, state: MemberState, now: Moment) -> UpdateBuilder {
    Update::builder()
        .update_expression("SET #role = :role, #state = :state, role_changed_at = :now")
        .condition_expression(AS_BEFORE)
        .expression_attribute_names("#role", "role")
        .expression_attribute_names("#state", "state")
        .expression_attribute_values(":role_before", role_value(before.role))
        .expression_attribute_values(":state_before", state_value(before.state))
        .expression_attribute_values(":role", role_value(role))
        .expression_attribute_values(":state", state_value(state))
        .expression_attribute_values(":now", moment(now))
}

pub(crate) fn role_value(role: Role) -> AttributeValue {
    let name = match role {
        Role::Guest => "guest",
        Role::Member => "member",
        Role::Manager => "manager",
        Role::Owner => "owner",
    };
    AttributeValue::S(name.to_owned())
}

pub(crate) fn state_value(state: MemberState) -> AttributeValue {
    let name = match state {
        MemberState::Active => "active",
        MemberState::Deactivated => "deactivated",
    };
    AttributeValue::S(name.to_owned())
}

//! When somebody has to be reminded of an access review: a calendar across workspaces.
//!
//! The calendar stands in the directory, under one key, in the order of time; an entry says which
//! workspace and which review to look at, and nothing else. Whether anything is owed is decided
//! when its time has come, by the review as it is then.

use aws_sdk_dynamodb::types::AttributeValue;
use koeba_domain::{
    AccessReview, AccessReviewId, MailIntent, Moment, Reminder, User, Workspace, WorkspaceId,
};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Stored, drain};
use crate::keys::{Key, SK};
use crate::{Outbox, Result, StorageError, WorkspaceTable};

/// How long an entry is kept that nobody looked at.
const KEPT_AFTER: Duration = Duration::days(30);
/// How many mails go into one transaction with the note that they are owed.
const MAILS_AT_A_TIME: usize = 90;

/// An entry of the calendar.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DueReview {
    #[serde(flatten)]
    key: Key,
    workspace: WorkspaceId,
    review: AccessReviewId,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for DueReview {
    const KIND: &'static str = "due review";
}

impl WorkspaceTable {
    /// Puts the days of a review into the calendar, before there is a review: an entry that leads
    /// nowhere does no harm, a review that nobody is reminded of would.
    pub(crate) async fn note_days_of(&self, review: &AccessReview) -> Result<()> {
        let own = self.table.own();
        for reminder in Reminder::ALL {
            let at = reminder.moment(review.due_at);
            if at <= review.started_at {
                continue;
            }
            let entry = DueReview {
                key: Key::due_review(at, self.workspace, review.id),
                workspace: self.workspace,
                review: review.id,
                expires_at: (at + KEPT_AFTER).unix_timestamp(),
            };
            own.client
                .put_item()
                .table_name(&own.table)
                .set_item(Some(entry.to_item()?))
                .send()
                .await?;
        }
        Ok(())
    }
}

impl Outbox {
    /// The entries of the calendar whose time has come.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn due_reviews(&self, now: Moment) -> Result<Vec<DueReview>> {
        let (partition, until) = Key::due_reviews_until(now);
        let due = self
            .table
            .own()
            .query(partition)
            .key_condition_expression("#pk = :pk AND #sk < :until")
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":until", AttributeValue::S(until));
        drain(due).await
    }

    /// Owes those who run a workspace the mails that an entry asks for, and strikes it out; answers
    /// how many mails. Whoever else deals with the same entry owes none.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer; the entry stays.
    pub async fn remind(
        &self,
        due: &DueReview,
        now: Moment,
        write: impl Fn(&Workspace, &AccessReview, &User) -> MailIntent,
    ) -> Result<usize> {
        let table = WorkspaceTable::for_calendar(self.table.clone(), due.workspace);
        let review = table.review(due.review).await?;
        let owed = review.and_then(|review| Some((review.reminder_due(now)?, review)));
        let mut count = 0;
        if let Some((reminder, review)) = owed {
            let workspace = table.workspace().await?;
            let directory = self.table.directory();
            let mut mails = Vec::new();
            for manager in table.managers().await? {
                if let Some(user) = directory.user(manager.member.user).await? {
                    mails.push(write(&workspace, &review, &user));
                }
            }
            mails.truncate(MAILS_AT_A_TIME);
            match table.remind_of_review(&review, reminder, &mails, now).await {
                Ok(()) => count = mails.len(),
                Err(StorageError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        let own = self.table.own();
        own.delete(&due.key).await?;
        Ok(count)
    }
}

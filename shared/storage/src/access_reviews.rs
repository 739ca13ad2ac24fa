//! Access reviews: a head, a line for each account, and the signed result in parts.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Update};
use koeba_domain::{
    AccessReview, AccessReviewId, Completion, Decision, LineOutcome, MailIntent, MemberState,
    Moment, Reminder, ReviewLine, ReviewNote, ReviewTitle, Role, SecondStepMethod, UserId, Verdict,
    WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::access::{Stored, drain, millis};
use crate::keys::{Key, Listing, SK};
use crate::transaction::{Refusal, Transaction};
use crate::{Listed, PageRequest, Result, StorageError, WorkspaceTable};

/// How much of a result fits one item, in bytes; an item may have 400 KB.
const PART: usize = 300_000;
/// How many lines are written in one transaction, which takes 100 items.
const LINES_AT_A_TIME: usize = 90;

#[derive(Serialize, Deserialize)]
struct ReviewItem {
    #[serde(flatten)]
    key: Key,
    id: AccessReviewId,
    title: ReviewTitle,
    #[serde(with = "millis")]
    started_at: Moment,
    started_by: UserId,
    #[serde(with = "millis")]
    due_at: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    completed: Option<CompletionPart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reminded: Option<Reminder>,
}

impl Stored for ReviewItem {
    const KIND: &'static str = "access review";
}

impl ReviewItem {
    fn new(workspace: WorkspaceId, review: &AccessReview) -> Self {
        Self {
            key: Key::access_review(workspace, review.id),
            id: review.id,
            title: review.title.clone(),
            started_at: review.started_at,
            started_by: review.started_by,
            due_at: review.due_at,
            completed: review.completed.map(Into::into),
            reminded: review.reminded,
        }
    }

    fn into_review(self) -> AccessReview {
        AccessReview {
            id: self.id,
            title: self.title,
            started_at: self.started_at,
            started_by: self.started_by,
            due_at: self.due_at,
            completed: self.completed.map(Into::into),
            reminded: self.reminded,
        }
    }
}

/// A line. It has no name and no address: those stand in the member's item, and go with it.
#[derive(Serialize, Deserialize)]
struct LineItem {
    #[serde(flatten)]
    key: Key,
    user: UserId,
    role: Role,
    state: MemberState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_sign_in_at: Option<i64>,
    second_steps: Vec<SecondStepMethod>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_changed_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionPart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<LineOutcome>,
}

impl Stored for LineItem {
    const KIND: &'static str = "review line";
}

impl LineItem {
    fn new(workspace: WorkspaceId, review: AccessReviewId, line: &ReviewLine) -> Self {
        Self {
            key: Key::review_line(workspace, review, line.user),
            user: line.user,
            role: line.role,
            state: line.state,
            last_sign_in_at: line.last_sign_in_at.map(millis::of),
            second_steps: line.second_steps.clone(),
            password_changed_at: line.password_changed_at.map(millis::of),
            decision: line.decision.clone().map(Into::into),
            outcome: line.outcome,
        }
    }

    fn into_line(self) -> ReviewLine {
        ReviewLine {
            user: self.user,
            role: self.role,
            state: self.state,
            last_sign_in_at: self.last_sign_in_at.and_then(millis::read),
            second_steps: self.second_steps,
            password_changed_at: self.password_changed_at.and_then(millis::read),
            decision: self.decision.map(Into::into),
            outcome: self.outcome,
        }
    }
}

/// The end of a review, as its head has it.
#[derive(Serialize, Deserialize)]
struct CompletionPart {
    by: UserId,
    #[serde(with = "millis")]
    at: Moment,
}

impl From<Completion> for CompletionPart {
    fn from(Completion { by, at }: Completion) -> Self {
        Self { by, at }
    }
}

impl From<CompletionPart> for Completion {
    fn from(CompletionPart { by, at }: CompletionPart) -> Self {
        Self { by, at }
    }
}

/// A decision, as its line has it.
#[derive(Serialize, Deserialize)]
struct DecisionPart {
    #[serde(flatten)]
    verdict: Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<ReviewNote>,
    by: UserId,
    #[serde(with = "millis")]
    at: Moment,
}

impl From<Decision> for DecisionPart {
    fn from(decision: Decision) -> Self {
        Self {
            verdict: decision.verdict,
            note: decision.note,
            by: decision.by,
            at: decision.at,
        }
    }
}

impl From<DecisionPart> for Decision {
    fn from(part: DecisionPart) -> Self {
        Self {
            verdict: part.verdict,
            note: part.note,
            by: part.by,
            at: part.at,
        }
    }
}

/// A piece of the signed result.
#[derive(Serialize, Deserialize)]
struct PartItem {
    #[serde(flatten)]
    key: Key,
    text: String,
}

impl Stored for PartItem {
    const KIND: &'static str = "review result";
}

impl WorkspaceTable {
    /// Writes a review with its lines. The head comes last: until then there is no review.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn create_review(&self, review: &AccessReview, lines: &[ReviewLine]) -> Result<()> {
        self.note_days_of(review).await?;
        let access = self.access().await?;
        for lines in lines.chunks(LINES_AT_A_TIME) {
            let mut change = Transaction::default();
            for line in lines {
                let item = LineItem::new(self.workspace, review.id, line);
                change = change.create(&access, &item, StorageError::AlreadyExists)?;
            }
            change.commit(&access).await?;
        }
        let head = ReviewItem::new(self.workspace, review);
        Transaction::default()
            .create(&access, &head, StorageError::AlreadyExists)?
            .commit(&access)
            .await
    }

    /// A page of the reviews.
    ///
    /// # Errors
    /// [`StorageError::BadCursor`] for a cursor that this list did not give out.
    pub async fn reviews(&self, page: &PageRequest) -> Result<Listed<AccessReview>> {
        let access = self.access().await?;
        let listing = Listing::AccessReviews;
        let listed: Listed<ReviewItem> = access
            .page(self.table.seal(), self.workspace, listing, page)
            .await?;
        Ok(listed.map(ReviewItem::into_review))
    }

    /// Every review that is not completed.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn open_reviews(&self) -> Result<Vec<AccessReview>> {
        let access = self.access().await?;
        let open = access
            .query(Listing::AccessReviews.partition(self.workspace))
            .filter_expression("attribute_not_exists(completed)");
        let items: Vec<ReviewItem> = drain(open).await?;
        Ok(items.into_iter().map(ReviewItem::into_review).collect())
    }

    /// One review.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn review(&self, review: AccessReviewId) -> Result<Option<AccessReview>> {
        let access = self.access().await?;
        let key = Key::access_review(self.workspace, review);
        let found: Option<ReviewItem> = access.get(&key).await?;
        Ok(found.map(ReviewItem::into_review))
    }

    /// The lines of a review.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn review_lines(&self, review: AccessReviewId) -> Result<Vec<ReviewLine>> {
        let items: Vec<LineItem> = self
            .beginning_with(Listing::ReviewLines, Key::lines_of(review))
            .await?;
        Ok(items.into_iter().map(LineItem::into_line).collect())
    }

    /// Notes what was decided about an account, as long as the review is open.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when the review has no such line, [`StorageError::Conflict`]
    /// when it was completed meanwhile.
    pub async fn decide_line(
        &self,
        review: AccessReviewId,
        user: UserId,
        decision: &Decision,
    ) -> Result<()> {
        let access = self.access().await?;
        let value = serde_dynamo::to_attribute_value(DecisionPart::from(decision.clone()))
            .map_err(|_| StorageError::Corrupt("decision"))?;
        let decide = Update::builder()
            .update_expression("SET decision = :decision")
            .condition_expression("attribute_exists(#user) AND attribute_not_exists(outcome)")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":decision", value);
        let open = ConditionCheck::builder()
            .condition_expression("attribute_exists(id) AND attribute_not_exists(completed)");
        Transaction::default()
            .check(
                &access,
                &Key::access_review(self.workspace, review),
                open,
                Refusal::IfThere(StorageError::Conflict),
            )?
            .update(
                &access,
                &Key::review_line(self.workspace, review, user),
                decide,
                Refusal::IfThere(StorageError::Conflict),
            )?
            .commit(&access)
            .await
    }

    /// Notes what came of a decision.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when the line is not there.
    pub async fn settle_line(
        &self,
        review: AccessReviewId,
        user: UserId,
        outcome: LineOutcome,
    ) -> Result<()> {
        let access = self.access().await?;
        let value = serde_dynamo::to_attribute_value(outcome)
            .map_err(|_| StorageError::Corrupt("outcome"))?;
        let settle = Update::builder()
            .update_expression("SET outcome = :outcome")
            .condition_expression("attribute_exists(#user)")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":outcome", value);
        let key = Key::review_line(self.workspace, review, user);
        Transaction::default()
            .update(&access, &key, settle, Refusal::Is(StorageError::Conflict))?
            .commit(&access)
            .await
    }

    /// Completes a review with its signed result, which is ASCII: of the largest workspace it
    /// stays below the four megabytes that a transaction takes.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when somebody else completed it first.
    pub async fn complete_review(
        &self,
        review: AccessReviewId,
        completion: Completion,
        result: &str,
    ) -> Result<()> {
        let access = self.access().await?;
        let value = serde_dynamo::to_attribute_value(CompletionPart::from(completion))
            .map_err(|_| StorageError::Corrupt("completion"))?;
        let complete = Update::builder()
            .update_expression("SET completed = :completed")
            .condition_expression("attribute_exists(id) AND attribute_not_exists(completed)")
            .expression_attribute_values(":completed", value);
        let key = Key::access_review(self.workspace, review);
        let refusal = Refusal::IfThere(StorageError::Conflict);
        let mut change = Transaction::default().update(&access, &key, complete, refusal)?;
        for (part, text) in result.as_bytes().chunks(PART).enumerate() {
            let item = PartItem {
                key: Key::review_result(self.workspace, review, part),
                text: String::from_utf8_lossy(text).into_owned(),
            };
            change = change.create(&access, &item, StorageError::Conflict)?;
        }
        change.commit(&access).await
    }

    /// The signed result of a completed review.
    ///
    /// # Errors
    /// [`StorageError`] when the store does not answer.
    pub async fn review_result(&self, review: AccessReviewId) -> Result<String> {
        let parts: Vec<PartItem> = self
            .beginning_with(Listing::ReviewResults, Key::parts_of(review))
            .await?;
        Ok(parts.into_iter().map(|part| part.text).collect())
    }

    /// Notes that a reminder is owed, with its mails: once, however many notice at the same time.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when somebody else noticed first.
    pub async fn remind_of_review(
        &self,
        review: &AccessReview,
        reminder: Reminder,
        mails: &[MailIntent],
        now: Moment,
    ) -> Result<()> {
        let access = self.access().await?;
        let value = |reminder: Reminder| {
            serde_dynamo::to_attribute_value(reminder)
                .map_err(|_| StorageError::Corrupt("reminder"))
        };
        let mut note = Update::builder()
            .update_expression("SET reminded = :reminder")
            .expression_attribute_values(":reminder", value(reminder)?);
        note = match review.reminded {
            None => note.condition_expression("attribute_not_exists(reminded)"),
            Some(before) => note
                .condition_expression("reminded = :before")
                .expression_attribute_values(":before", value(before)?),
        };
        let key = Key::access_review(self.workspace, review.id);
        let conflict = Refusal::Is(StorageError::Conflict);
        let change = Transaction::default().update(&access, &key, note, conflict)?;
        self.owing(change, &access, mails, now)?
            .commit(&access)
            .await
    }

    async fn beginning_with<T: Stored>(&self, listing: Listing, prefix: String) -> Result<Vec<T>> {
        let access = self.access().await?;
        let query = access
            .query(listing.partition(self.workspace))
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":prefix", AttributeValue::S(prefix));
        drain(query).await
    }
}

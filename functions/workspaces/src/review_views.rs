//! What the API shows of access reviews.

use std::collections::HashMap;

use koeba_domain::{
    AccessReview, AccessReviewId, Decision, LineOutcome, Member, Moment, ReviewLine, UserId,
    Verdict,
};
use serde::{Deserialize, Serialize};
use time::serde::rfc3339;
use utoipa::ToSchema;

use crate::views::{MemberStateName, RoleName, SecondStepName};

/// Whether a review goes on.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReviewState)]
pub(crate) enum ReviewStateName {
    /// It does.
    Open,
    /// Every account was decided about.
    Completed,
}

/// What is to become of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Verdict)]
pub(crate) enum VerdictName {
    /// It stays as it is.
    Keep,
    /// It gets another role.
    Change,
    /// It goes.
    Remove,
}

/// What came of a decision.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReviewOutcome)]
pub(crate) enum OutcomeName {
    /// It stayed.
    Kept,
    /// It has the other role.
    Changed,
    /// It was removed.
    Removed,
    /// It was gone already.
    Gone,
    /// The rules did not allow it at the time.
    Refused,
}

/// How far a review is.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub(crate) struct ReviewCounts {
    /// How many accounts there are.
    pub(crate) total: usize,
    /// How many are decided about.
    pub(crate) decided: usize,
}

/// A review, without its accounts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessReview)]
pub(crate) struct ReviewView {
    /// Which.
    #[schema(value_type = String)]
    pub(crate) id: AccessReviewId,
    /// What it is called.
    pub(crate) title: String,
    /// Whether it goes on.
    pub(crate) state: ReviewStateName,
    /// Whether it should have been completed by now.
    pub(crate) overdue: bool,
    /// When it began.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) started_at: Moment,
    /// Who began it.
    #[schema(value_type = String)]
    pub(crate) started_by: UserId,
    /// By when it should be completed.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) due_at: Moment,
    /// When it was completed.
    #[serde(with = "rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) completed_at: Option<Moment>,
    /// Who completed it.
    #[schema(value_type = Option<String>)]
    pub(crate) completed_by: Option<UserId>,
    /// How far it is.
    pub(crate) counts: ReviewCounts,
}

impl ReviewView {
    pub(crate) fn new(review: &AccessReview, lines: &[ReviewLine], now: Moment) -> Self {
        Self {
            id: review.id,
            title: review.title.to_string(),
            state: match review.completed {
                None => ReviewStateName::Open,
                Some(_) => ReviewStateName::Completed,
            },
            overdue: review.is_overdue(now),
            started_at: review.started_at,
            started_by: review.started_by,
            due_at: review.due_at,
            completed_at: review.completed.map(|completed| completed.at),
            completed_by: review.completed.map(|completed| completed.by),
            counts: ReviewCounts {
                total: lines.len(),
                decided: lines.iter().filter(|line| line.decision.is_some()).count(),
            },
        }
    }
}

/// A page of reviews.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessReviewList {
    /// The reviews on this page.
    pub(crate) items: Vec<ReviewView>,
    /// Where the next page begins; none on the last.
    pub(crate) next_cursor: Option<String>,
}

/// A review with every account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessReviewDetail)]
pub(crate) struct ReviewDetailView {
    /// The review.
    #[serde(flatten)]
    pub(crate) review: ReviewView,
    /// Every account, by name.
    pub(crate) items: Vec<ReviewLineView>,
}

/// An account in a review, as it was when the review began, and what was decided about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewLine)]
pub(crate) struct ReviewLineView {
    /// Whose.
    #[schema(value_type = String)]
    pub(crate) user_id: UserId,
    /// What they go by; none when they belong no more, because names go with their owner.
    pub(crate) display_name: Option<String>,
    /// Their address; none when they belong no more.
    pub(crate) email: Option<String>,
    /// What they were.
    pub(crate) role: RoleName,
    /// Whether they could come in.
    pub(crate) state: MemberStateName,
    /// When they last signed in.
    #[serde(with = "rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) last_sign_in_at: Option<Moment>,
    /// The second steps they had.
    pub(crate) second_steps: Vec<SecondStepName>,
    /// When they last chose a password.
    #[serde(with = "rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) password_changed_at: Option<Moment>,
    /// What was decided.
    pub(crate) decision: Option<VerdictName>,
    /// The role that they are to get.
    pub(crate) new_role: Option<RoleName>,
    /// Why.
    pub(crate) note: Option<String>,
    /// Who decided.
    #[schema(value_type = Option<String>)]
    pub(crate) decided_by: Option<UserId>,
    /// When.
    #[serde(with = "rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) decided_at: Option<Moment>,
    /// What came of it, once the review is completed.
    pub(crate) outcome: Option<OutcomeName>,
}

impl ReviewLineView {
    pub(crate) fn new(line: ReviewLine, member: Option<&Member>) -> Self {
        let (decision, new_role) = said(line.decision.as_ref());
        let decided = line.decision;
        Self {
            user_id: line.user,
            display_name: member.map(|member| member.display_name.to_string()),
            email: member.map(|member| member.email.to_string()),
            role: line.role.into(),
            state: line.state.into(),
            last_sign_in_at: line.last_sign_in_at,
            second_steps: line.second_steps.into_iter().map(Into::into).collect(),
            password_changed_at: line.password_changed_at,
            decision,
            new_role,
            decided_by: decided.as_ref().map(|decision| decision.by),
            decided_at: decided.as_ref().map(|decision| decision.at),
            note: decided.and_then(|decision| decision.note.map(|note| note.to_string())),
            outcome: line.outcome.map(Into::into),
        }
    }
}

/// The lines with the names of those who still belong, by name.
pub(crate) fn named(
    lines: Vec<ReviewLine>,
    members: &HashMap<UserId, Member>,
) -> Vec<ReviewLineView> {
    let mut views: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let member = members.get(&line.user);
            ReviewLineView::new(line, member)
        })
        .collect();
    views.sort_by(|one, other| {
        (&one.display_name, one.user_id).cmp(&(&other.display_name, other.user_id))
    });
    views
}

/// What the result of a review says, and is signed.
///
/// It names accounts by their identifiers: it is kept for good, and the names behind them go when
/// their owners do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewStatement)]
pub(crate) struct ReviewStatement {
    /// Of which workspace.
    pub(crate) workspace_id: String,
    /// What that was called.
    pub(crate) workspace_name: String,
    /// Which review.
    pub(crate) review_id: String,
    /// What it was called.
    pub(crate) title: String,
    /// When it began.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) started_at: Moment,
    /// Who began it.
    pub(crate) started_by: String,
    /// By when it should be completed.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) due_at: Moment,
    /// When it was completed.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) completed_at: Moment,
    /// Who completed it.
    pub(crate) completed_by: String,
    /// Whether that was too late.
    pub(crate) overdue: bool,
    /// How many accounts were looked at.
    pub(crate) accounts: usize,
    /// Every account.
    pub(crate) items: Vec<StatedLine>,
}

/// An account in the result of a review.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewStatementLine)]
pub(crate) struct StatedLine {
    /// Whose.
    pub(crate) user_id: String,
    /// What they were.
    pub(crate) role: RoleName,
    /// Whether they could come in.
    pub(crate) state: MemberStateName,
    /// When they last signed in.
    #[serde(with = "rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) last_sign_in_at: Option<Moment>,
    /// The second steps they had.
    pub(crate) second_steps: Vec<SecondStepName>,
    /// When they last chose a password.
    #[serde(with = "rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) password_changed_at: Option<Moment>,
    /// What was decided.
    pub(crate) decision: Option<VerdictName>,
    /// The role that they were to get.
    pub(crate) new_role: Option<RoleName>,
    /// Who decided.
    pub(crate) decided_by: Option<String>,
    /// When.
    #[serde(with = "rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) decided_at: Option<Moment>,
    /// What came of it.
    pub(crate) outcome: Option<OutcomeName>,
}

impl StatedLine {
    pub(crate) fn new(line: ReviewLine) -> Self {
        let (decision, new_role) = said(line.decision.as_ref());
        Self {
            user_id: line.user.to_string(),
            role: line.role.into(),
            state: line.state.into(),
            last_sign_in_at: line.last_sign_in_at,
            second_steps: line.second_steps.into_iter().map(Into::into).collect(),
            password_changed_at: line.password_changed_at,
            decision,
            new_role,
            decided_by: line
                .decision
                .as_ref()
                .map(|decision| decision.by.to_string()),
            decided_at: line.decision.as_ref().map(|decision| decision.at),
            outcome: line.outcome.map(Into::into),
        }
    }
}

/// The result of a review.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewResult)]
pub(crate) struct ReviewResultView {
    /// The signed statement: a compact JWS.
    pub(crate) jws: String,
    /// What it says.
    #[schema(value_type = ReviewStatement)]
    pub(crate) statement: serde_json::Value,
}

fn said(decision: Option<&Decision>) -> (Option<VerdictName>, Option<RoleName>) {
    match decision.map(|decision| decision.verdict) {
        None => (None, None),
        Some(Verdict::Keep) => (Some(VerdictName::Keep), None),
        Some(Verdict::Change(role)) => (Some(VerdictName::Change), Some(role.into())),
        Some(Verdict::Remove) => (Some(VerdictName::Remove), None),
    }
}

impl From<LineOutcome> for OutcomeName {
    fn from(outcome: LineOutcome) -> Self {
        match outcome {
            LineOutcome::Kept => Self::Kept,
            LineOutcome::Changed => Self::Changed,
            LineOutcome::Removed => Self::Removed,
            LineOutcome::Gone => Self::Gone,
            LineOutcome::Refused => Self::Refused,
        }
    }
}

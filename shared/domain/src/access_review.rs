//! Access reviews: a campaign in which somebody who runs the workspace looks at every account and
//! decides what becomes of it (check sheet row 11).
//!
//! A review is open until it is completed, and complete only when every line is decided. Deciding
//! changes nothing yet; completing does, member by member, under the same rules as any change.

use serde::{Deserialize, Serialize};
use time::Duration;

use crate::{
    AccessReviewId, ChangeRefused, Line, MemberChange, MemberStanding, MemberState, Moment, Role,
    SecondStepMethod, UserId,
};

/// What a review is called.
pub type ReviewTitle = Line<64>;
/// Why something was decided.
pub type ReviewNote = Line<200>;

/// A campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessReview {
    /// Which.
    pub id: AccessReviewId,
    /// What it is called.
    pub title: ReviewTitle,
    /// When it began: its lines show the accounts as they were then.
    pub started_at: Moment,
    /// Who began it.
    pub started_by: UserId,
    /// By when it should be completed.
    pub due_at: Moment,
    /// When it was completed, and by whom; none while it is open.
    pub completed: Option<Completion>,
    /// The last reminder that was sent.
    pub reminded: Option<Reminder>,
}

/// The end of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// Who completed it.
    pub by: UserId,
    /// When.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub at: Moment,
}

/// One account in a review, as it was when the review began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewLine {
    /// Whose.
    pub user: UserId,
    /// What they were.
    pub role: Role,
    /// Whether they could come in.
    pub state: MemberState,
    /// When they last signed in, as far as is known.
    pub last_sign_in_at: Option<Moment>,
    /// The second steps they had.
    pub second_steps: Vec<SecondStepMethod>,
    /// When they last chose a password, as far as is known.
    pub password_changed_at: Option<Moment>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// What came of it, once the review is completed.
    pub outcome: Option<LineOutcome>,
}

/// What is to become of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", content = "role", rename_all = "snake_case")]
pub enum Verdict {
    /// It stays as it is.
    Keep,
    /// It gets another role.
    Change(Role),
    /// It goes.
    Remove,
}

/// What somebody decided about an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What is to become of it.
    pub verdict: Verdict,
    /// Why, if they said so.
    pub note: Option<ReviewNote>,
    /// Who.
    pub by: UserId,
    /// When.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub at: Moment,
}

/// What came of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineOutcome {
    /// It was to stay, and did.
    Kept,
    /// It has the other role.
    Changed,
    /// It is gone.
    Removed,
    /// It was gone already.
    Gone,
    /// The rules did not allow it at the time: somebody had become the owner, for instance.
    Refused,
}

/// When those who run a workspace are reminded of an open review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// A week before it is due.
    WeekBefore,
    /// When it is due.
    Due,
    /// A week after.
    WeekAfter,
}

/// Why a review does not do what was asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReviewError {
    /// It would be due at once, or after more than a year.
    #[error("a review is due between an hour and a year from its beginning")]
    DueAt,
    /// It was completed.
    #[error("the review was completed")]
    Completed,
    /// Some lines are not decided.
    #[error("some accounts are not decided about")]
    Undecided,
    /// The decision would break a rule about members.
    #[error(transparent)]
    Refused(#[from] ChangeRefused),
}

impl Reminder {
    /// All of them, in the order of time.
    pub const ALL: [Self; 3] = [Self::WeekBefore, Self::Due, Self::WeekAfter];

    /// When it is sent for something due at `due_at`.
    #[must_use]
    pub fn moment(self, due_at: Moment) -> Moment {
        match self {
            Self::WeekBefore => due_at - Duration::WEEK,
            Self::Due => due_at,
            Self::WeekAfter => due_at + Duration::WEEK,
        }
    }
}

impl AccessReview {
    /// Begins a review.
    ///
    /// # Errors
    /// [`ReviewError::DueAt`] when it would be due within the hour or after more than a year.
    pub fn begin(
        id: AccessReviewId,
        title: ReviewTitle,
        by: UserId,
        due_at: Moment,
        now: Moment,
    ) -> Result<Self, ReviewError> {
        if due_at < now + Duration::HOUR || due_at > now + Duration::days(366) {
            return Err(ReviewError::DueAt);
        }
        Ok(Self {
            id,
            title,
            started_at: now,
            started_by: by,
            due_at,
            completed: None,
            reminded: None,
        })
    }

    /// Whether it should have been completed by now and is not.
    #[must_use]
    pub fn is_overdue(&self, now: Moment) -> bool {
        self.completed.is_none() && now >= self.due_at
    }

    /// The reminder that is due at `now`, if one is.
    ///
    /// Whoever asks late gets the latest one only: three mails at once say no more than one. A
    /// reminder whose time was over before the review began is never due.
    #[must_use]
    pub fn reminder_due(&self, now: Moment) -> Option<Reminder> {
        if self.completed.is_some() {
            return None;
        }
        Reminder::ALL
            .into_iter()
            .rfind(|reminder| {
                let at = reminder.moment(self.due_at);
                at > self.started_at && at <= now
            })
            .filter(|reminder| self.reminded.is_none_or(|sent| sent < *reminder))
    }

    /// Decides about the account of `member`, as it is now.
    ///
    /// # Errors
    /// [`ReviewError`] when the review is over, or when the decision could not be carried out.
    pub fn decide(
        &self,
        member: Option<&MemberStanding>,
        decision: &Decision,
        acting_as: Role,
    ) -> Result<(), ReviewError> {
        if self.completed.is_some() {
            return Err(ReviewError::Completed);
        }
        match (member, decision.verdict.change()) {
            (Some(member), Some(change)) => {
                member.decide(decision.by, acting_as, change)?;
                Ok(())
            }
            // Nothing needs to be done for an account that stays, or that has gone meanwhile.
            _ => Ok(()),
        }
    }

    /// Decides whether the review may be completed with these lines.
    ///
    /// # Errors
    /// [`ReviewError`] when it was, or when a line is not decided.
    pub fn check_complete(&self, lines: &[ReviewLine]) -> Result<(), ReviewError> {
        if self.completed.is_some() {
            Err(ReviewError::Completed)
        } else if lines.iter().any(|line| line.decision.is_none()) {
            Err(ReviewError::Undecided)
        } else {
            Ok(())
        }
    }
}

impl Verdict {
    /// What has to be done to the member; nothing for one that stays.
    #[must_use]
    pub const fn change(self) -> Option<MemberChange> {
        match self {
            Self::Keep => None,
            Self::Change(role) => Some(MemberChange::Role(role)),
            Self::Remove => Some(MemberChange::Removal),
        }
    }

    /// What has come of it when it could be carried out.
    #[must_use]
    pub const fn outcome(self) -> LineOutcome {
        match self {
            Self::Keep => LineOutcome::Kept,
            Self::Change(_) => LineOutcome::Changed,
            Self::Remove => LineOutcome::Removed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    const NOW: Moment = datetime!(2026-04-01 09:00 UTC);

    fn begun(due_in: Duration) -> Result<AccessReview, ReviewError> {
        AccessReview::begin(
            AccessReviewId::from_random([1; 16]),
            ReviewTitle::new("2026年度上期").expect("a line"),
            UserId::from_random([2; 16]),
            NOW + due_in,
            NOW,
        )
    }

    fn review() -> AccessReview {
        begun(Duration::days(30)).expect("a sound review")
    }

    fn decision(verdict: Verdict) -> Decision {
        Decision {
            verdict,
            note: None,
            by: UserId::from_random([2; 16]),
            at: NOW,
        }
    }

    fn line(decision: Option<Decision>) -> ReviewLine {
        ReviewLine {
            user: UserId::from_random([3; 16]),
            role: Role::Member,
            state: MemberState::Active,
            last_sign_in_at: None,
            second_steps: Vec::new(),
            password_changed_at: None,
            decision,
            outcome: None,
        }
    }

    fn completed() -> AccessReview {
        AccessReview {
            completed: Some(Completion {
                by: UserId::from_random([2; 16]),
                at: NOW,
            }),
            ..review()
        }
    }

    #[test]
    fn a_review_is_due_between_an_hour_and_a_year_from_now() {
        assert_eq!(begun(Duration::minutes(59)), Err(ReviewError::DueAt));
        assert_eq!(begun(Duration::days(367)), Err(ReviewError::DueAt));
        assert!(begun(Duration::HOUR).is_ok());
    }

    #[test]
    fn managers_are_reminded_a_week_before_on_the_day_and_a_week_after() {
        let mut review = review();
        let mut sent = Vec::new();
        for day in 0..60 {
            let now = NOW + Duration::days(day);
            if let Some(reminder) = review.reminder_due(now) {
                sent.push((day, reminder));
                review.reminded = Some(reminder);
            }
        }
        assert_eq!(
            sent,
            [
                (23, Reminder::WeekBefore),
                (30, Reminder::Due),
                (37, Reminder::WeekAfter)
            ]
        );
    }

    #[test]
    fn who_asks_late_is_reminded_once() {
        let review = review();
        let late = NOW + Duration::days(50);
        assert_eq!(review.reminder_due(late), Some(Reminder::WeekAfter));
        let reminded = AccessReview {
            reminded: Some(Reminder::WeekAfter),
            ..review
        };
        assert_eq!(reminded.reminder_due(late), None);
    }

    #[test]
    fn a_review_of_three_days_has_no_reminder_a_week_before() {
        let review = begun(Duration::days(3)).expect("a sound review");
        assert_eq!(review.reminder_due(NOW), None);
        assert_eq!(
            review.reminder_due(NOW + Duration::days(3)),
            Some(Reminder::Due)
        );
    }

    #[test]
    fn a_review_is_overdue_from_its_day_until_it_is_completed() {
        let late = NOW + Duration::days(30);
        assert!(!review().is_overdue(late - Duration::SECOND));
        assert!(review().is_overdue(late));
        assert!(!completed().is_overdue(late));
        assert_eq!(completed().reminder_due(late), None);
    }

    #[test]
    fn every_account_is_decided_about_before_the_end() {
        let undecided = [line(Some(decision(Verdict::Keep))), line(None)];
        assert_eq!(
            review().check_complete(&undecided),
            Err(ReviewError::Undecided)
        );
        assert_eq!(review().check_complete(&undecided[..1]), Ok(()));
        assert_eq!(
            completed().check_complete(&undecided[..1]),
            Err(ReviewError::Completed)
        );
    }

    #[test]
    fn a_decision_keeps_to_the_rules_about_members() {
        let owner = MemberStanding {
            user: UserId::from_random([3; 16]),
            role: Role::Owner,
            state: MemberState::Active,
            responsible: true,
        };
        let review = review();
        let decide = |verdict| review.decide(Some(&owner), &decision(verdict), Role::Manager);
        assert_eq!(decide(Verdict::Keep), Ok(()));
        assert_eq!(
            decide(Verdict::Remove),
            Err(ReviewError::Refused(ChangeRefused::BeyondRole))
        );
        assert_eq!(
            completed().decide(Some(&owner), &decision(Verdict::Keep), Role::Manager),
            Err(ReviewError::Completed)
        );
    }

    proptest! {
        #[test]
        fn no_reminder_comes_twice_or_out_of_order(
            due in 1_i64..300, asked in prop::collection::vec(0_i64..400, 0..20)
        ) {
            let mut review = begun(Duration::days(due)).expect("a sound review");
            let mut asked = asked;
            asked.sort_unstable();
            let mut sent = Vec::new();
            for day in asked {
                let now = NOW + Duration::days(day);
                if let Some(reminder) = review.reminder_due(now) {
                    prop_assert!(reminder.moment(review.due_at) <= now);
                    sent.push(reminder);
                    review.reminded = Some(reminder);
                }
            }
            prop_assert!(sent.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}

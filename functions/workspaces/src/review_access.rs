//! Begins an access review, and decides about its accounts.

use koeba_domain::{
    AccessReview, AccessReviewId, Decision, MemberRecord, Moment, ReviewError, ReviewLine,
    ReviewNote, ReviewTitle, UserId, Verdict, WorkspaceScope,
};
use koeba_edge::{Context, FieldProblem, Problem, Slug, Text};
use koeba_storage::StorageError;

use crate::change_member::refusal;
use crate::review_views::{ReviewDetailView, ReviewView, named};

/// Begins a review of every account that there is now.
pub(crate) async fn begin(
    context: &Context,
    scope: &WorkspaceScope,
    title: ReviewTitle,
    due_at: Moment,
) -> Result<ReviewView, Problem> {
    let now = context.clock.now();
    let review = AccessReview::begin(context.entropy.id(), title, scope.user(), due_at, now)
        .map_err(of_review)?;
    let table = context.table.workspace(scope);
    let records = table.all_member_records().await?;
    let lines: Vec<ReviewLine> = records.into_iter().map(line).collect();
    table.create_review(&review, &lines).await?;
    Ok(ReviewView::new(&review, &lines, now))
}

fn line(record: MemberRecord) -> ReviewLine {
    ReviewLine {
        user: record.member.user,
        role: record.member.role,
        state: record.state,
        last_sign_in_at: record.facts.last_sign_in_at,
        second_steps: record.facts.second_steps,
        password_changed_at: record.facts.password_changed_at,
        decision: None,
        outcome: None,
    }
}

/// A review with its accounts, by name.
pub(crate) async fn show(
    context: &Context,
    scope: &WorkspaceScope,
    id: AccessReviewId,
) -> Result<ReviewDetailView, Problem> {
    let table = context.table.workspace(scope);
    let (review, lines, records) = tokio::try_join!(
        table.review(id),
        table.review_lines(id),
        table.all_member_records()
    )?;
    let review = review.ok_or(Slug::NotFound)?;
    let members = records
        .into_iter()
        .map(|record| (record.member.user, record.member))
        .collect();
    Ok(ReviewDetailView {
        review: ReviewView::new(&review, &lines, context.clock.now()),
        items: named(lines, &members),
    })
}

/// Notes what is to become of an account.
pub(crate) async fn decide(
    context: &Context,
    scope: &WorkspaceScope,
    id: AccessReviewId,
    user: UserId,
    verdict: Verdict,
    note: Option<ReviewNote>,
) -> Result<(), Problem> {
    let table = context.table.workspace(scope);
    let (review, record, responsible) = tokio::try_join!(
        table.review(id),
        table.member_record(user),
        table.responsible_manager()
    )?;
    let review = review.ok_or(Slug::NotFound)?;
    let decision = Decision {
        verdict,
        note,
        by: scope.user(),
        at: context.clock.now(),
    };
    let responsible = responsible.map(|named| named.user);
    let standing = record.map(|record| record.standing(responsible));
    review
        .decide(standing.as_ref(), &decision, scope.role())
        .map_err(of_review)?;
    table
        .decide_line(id, user, &decision)
        .await
        .map_err(|error| match error {
            StorageError::Conflict => Slug::ReviewCompleted.into(),
            other => Problem::from(other),
        })
}

/// The problem that a refusal of a review is.
pub(crate) fn of_review(error: ReviewError) -> Problem {
    match error {
        ReviewError::DueAt => {
            let text = Text::fixed(
                "1時間後から1年後までの日時にしてください。",
                "Choose a time between an hour and a year from now.",
            );
            FieldProblem::new("due_at", text).into()
        }
        ReviewError::Completed => Slug::ReviewCompleted.into(),
        ReviewError::Undecided => Slug::ReviewIncomplete.into(),
        ReviewError::Refused(refused) => refusal(refused).into(),
    }
}

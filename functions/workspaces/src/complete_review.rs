//! Completes an access review: carries out what was decided, and signs what came of it.

use std::collections::HashSet;

use axum::response::Response;
use koeba_domain::{
    AccessReview, AccessReviewId, Completion, LineOutcome, ReviewLine, UserId, Workspace,
    WorkspaceScope,
};
use koeba_edge::{Context, Problem, Slug, Spreadsheet, StatementKind};
use koeba_storage::StorageError;

use crate::change_member;
use crate::export_members::{at, method_name, role_name, state_name};
use crate::review_access::of_review;
use crate::review_views::{ReviewResultView, ReviewStatement, StatedLine};

/// Carries out every decision and signs the result. One that stopped half-way goes on where it
/// stopped: what was done is noted line by line.
pub(crate) async fn complete(
    context: &Context,
    scope: &WorkspaceScope,
    id: AccessReviewId,
) -> Result<(), Problem> {
    let table = context.table.workspace(scope);
    let (workspace, review, mut lines) =
        tokio::try_join!(table.workspace(), table.review(id), table.review_lines(id))?;
    let review = review.ok_or(Slug::NotFound)?;
    review.check_complete(&lines).map_err(of_review)?;
    let records = table.all_member_records().await?;
    let members: HashSet<UserId> = records.iter().map(|record| record.member.user).collect();
    // Whoever completes the review goes last, should they have decided to leave.
    lines.sort_by_key(|line| line.user == scope.user());
    for line in &mut lines {
        line.outcome = Some(carry_out(context, scope, &review, line, &members).await?);
    }
    lines.sort_by_key(|line| line.user);
    let completion = Completion {
        by: scope.user(),
        at: context.clock.now(),
    };
    let statement = statement(&workspace, &review, completion, lines);
    let signing_key = &context.settings.signing_key;
    let jws = signing_key.sign(StatementKind::AccessReview, &statement);
    table
        .complete_review(id, completion, &jws)
        .await
        .map_err(|error| match error {
            StorageError::Conflict => Slug::ReviewCompleted.into(),
            other => Problem::from(other),
        })
}

async fn carry_out(
    context: &Context,
    scope: &WorkspaceScope,
    review: &AccessReview,
    line: &ReviewLine,
    members: &HashSet<UserId>,
) -> Result<LineOutcome, Problem> {
    if let Some(outcome) = line.outcome {
        return Ok(outcome);
    }
    let verdict = line.decision.as_ref().map(|decision| decision.verdict);
    let there = members.contains(&line.user);
    let Some((verdict, change)) = verdict.and_then(|verdict| Some((verdict, verdict.change()?)))
    else {
        // Written nowhere but in the result: nothing had to be done.
        return Ok(if there {
            LineOutcome::Kept
        } else {
            LineOutcome::Gone
        });
    };
    let outcome = if there {
        match change_member::change(context, scope, line.user, change).await {
            Ok(_) => verdict.outcome(),
            Err(problem) => match problem.slug() {
                Slug::NotFound => LineOutcome::Gone,
                Slug::RoleNotGrantable | Slug::LastManager | Slug::ResponsibleManager => {
                    LineOutcome::Refused
                }
                _ => return Err(problem),
            },
        }
    } else {
        LineOutcome::Gone
    };
    let table = context.table.workspace(scope);
    table.settle_line(review.id, line.user, outcome).await?;
    Ok(outcome)
}

fn statement(
    workspace: &Workspace,
    review: &AccessReview,
    completion: Completion,
    lines: Vec<ReviewLine>,
) -> ReviewStatement {
    ReviewStatement {
        workspace_id: workspace.id.to_string(),
        workspace_name: workspace.name.to_string(),
        review_id: review.id.to_string(),
        title: review.title.to_string(),
        started_at: review.started_at,
        started_by: review.started_by.to_string(),
        due_at: review.due_at,
        completed_at: completion.at,
        completed_by: completion.by.to_string(),
        overdue: completion.at >= review.due_at,
        accounts: lines.len(),
        items: lines.into_iter().map(StatedLine::new).collect(),
    }
}

/// The signed result, with what it says.
pub(crate) async fn result(
    context: &Context,
    scope: &WorkspaceScope,
    id: AccessReviewId,
) -> Result<ReviewResultView, Problem> {
    let table = context.table.workspace(scope);
    let review = table.review(id).await?.ok_or(Slug::NotFound)?;
    if review.completed.is_none() {
        return Err(Slug::ReviewIncomplete.into());
    }
    let jws = table.review_result(id).await?;
    let statement = context
        .settings
        .signing_key
        .read(StatementKind::AccessReview, &jws)
        .map_err(Problem::internal)?;
    Ok(ReviewResultView { jws, statement })
}

const COLUMNS: [&str; 14] = [
    "user_id",
    "display_name",
    "email",
    "role",
    "state",
    "last_sign_in_at",
    "second_steps",
    "password_changed_at",
    "decision",
    "new_role",
    "note",
    "decided_by",
    "decided_at",
    "outcome",
];

/// The result as a table, with the names of those who still belong.
pub(crate) async fn result_sheet(
    context: &Context,
    scope: &WorkspaceScope,
    id: AccessReviewId,
) -> Result<Response, Problem> {
    let stated = result(context, scope, id).await?.statement;
    let outcome_of = |user: UserId| {
        let user = user.to_string();
        let items = stated["items"].as_array();
        items
            .and_then(|items| items.iter().find(|item| item["user_id"] == *user))
            .and_then(|item| item["outcome"].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let table = context.table.workspace(scope);
    let (mut lines, records) =
        tokio::try_join!(table.review_lines(id), table.all_member_records())?;
    lines.sort_by_key(|line| line.user);
    let now = context.clock.now();
    table.note_export("access_review", "csv", now).await?;
    let mut sheet = Spreadsheet::new(&COLUMNS);
    for line in lines {
        let member = records
            .iter()
            .map(|record| &record.member)
            .find(|member| member.user == line.user);
        let steps: Vec<_> = line
            .second_steps
            .iter()
            .map(|one| method_name(*one))
            .collect();
        let (decision, new_role) = match line.decision.as_ref().map(|decision| decision.verdict) {
            None => ("", ""),
            Some(koeba_domain::Verdict::Keep) => ("keep", ""),
            Some(koeba_domain::Verdict::Change(role)) => ("change", role_name(role)),
            Some(koeba_domain::Verdict::Remove) => ("remove", ""),
        };
        let decided = line.decision.as_ref();
        let note = decided.and_then(|decided| decided.note.as_ref());
        sheet.row([
            line.user.to_string(),
            member
                .map(|one| one.display_name.to_string())
                .unwrap_or_default(),
            member.map(|one| one.email.to_string()).unwrap_or_default(),
            role_name(line.role).to_owned(),
            state_name(line.state).to_owned(),
            at(line.last_sign_in_at),
            steps.join(" "),
            at(line.password_changed_at),
            decision.to_owned(),
            new_role.to_owned(),
            note.map(ToString::to_string).unwrap_or_default(),
            decided
                .map(|decided| decided.by.to_string())
                .unwrap_or_default(),
            at(decided.map(|decided| decided.at)),
            outcome_of(line.user),
        ]);
    }
    sheet.attachment("access-review.csv")
}

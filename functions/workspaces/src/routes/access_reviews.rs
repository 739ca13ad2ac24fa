use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use koeba_domain::{AccessReviewId, Moment, ReviewNote, ReviewTitle, UserId, Verdict};
use koeba_edge::openapi::{BodyProblems, ScopedProblems};
use koeba_edge::permission::ReviewAccess;
use koeba_edge::{
    Context, FieldProblem, Json, Page, Path, Problem, Scoped, ScopedSteppedUp, Text, field,
};
use koeba_storage::PageRequest;
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

use super::problems::{ListProblems, ReviewProblems};
use crate::review_views::{
    AccessReviewList, ReviewDetailView, ReviewResultView, ReviewView, VerdictName,
};
use crate::views::RoleName;
use crate::{complete_review, review_access};

/// A review to be begun.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewRequest {
    /// What it is called: one line of 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64, example = "2026年度上期")]
    title: String,
    /// By when it should be completed: between an hour and a year from now.
    #[schema(format = DateTime)]
    due_at: String,
}

/// What is to become of an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionRequest {
    /// Whether it stays, changes or goes.
    decision: VerdictName,
    /// The role that they are to get, if it changes.
    new_role: Option<RoleName>,
    /// Why: one line of at most 200 characters.
    #[schema(max_length = 200)]
    note: Option<String>,
}

/// The review that a path names.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct ReviewPath {
    review_id: AccessReviewId,
}

/// The account in a review that a path names.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct LinePath {
    review_id: AccessReviewId,
    user_id: UserId,
}

/// Begin an access review
#[utoipa::path(
    post, path = "/api/workspaces/{workspace_id}/access-reviews", tag = "access reviews",
    params(("workspace_id" = String, Path)),
    request_body = ReviewRequest,
    responses((status = 201, body = ReviewView), ScopedProblems, BodyProblems),
)]
pub(crate) async fn begin_access_review(
    State(context): State<Context>,
    scoped: ScopedSteppedUp<ReviewAccess>,
    Json(request): Json<ReviewRequest>,
) -> Result<impl IntoResponse, Problem> {
    let title = field("title", ReviewTitle::new(&request.title))?;
    let due_at = Moment::parse(&request.due_at, &Rfc3339).map_err(|_| {
        let text = Text::fixed(
            "2026-04-30T09:00:00Zの形で送ってください。",
            "Send a moment such as 2026-04-30T09:00:00Z.",
        );
        FieldProblem::new("due_at", text)
    })?;
    let review = review_access::begin(&context, &scoped.scope, title, due_at).await?;
    Ok((StatusCode::CREATED, Json(review)))
}

/// List the access reviews
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/access-reviews", tag = "access reviews",
    params(("workspace_id" = String, Path), Page),
    responses((status = 200, body = AccessReviewList), ListProblems),
)]
pub(crate) async fn list_access_reviews(
    State(context): State<Context>,
    scoped: Scoped<ReviewAccess>,
    page: Page,
) -> Result<Json<AccessReviewList>, Problem> {
    let table = context.table.workspace(&scoped.scope);
    let request = PageRequest {
        limit: page.limit(),
        cursor: page.cursor,
    };
    let listed = table.reviews(&request).await?;
    let now = context.clock.now();
    let mut items = Vec::new();
    for review in listed.items {
        let lines = table.review_lines(review.id).await?;
        items.push(ReviewView::new(&review, &lines, now));
    }
    items.sort_by_key(|review| std::cmp::Reverse(review.started_at));
    Ok(Json(AccessReviewList {
        items,
        next_cursor: listed.next_cursor,
    }))
}

/// Show an access review with every account
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/access-reviews/{review_id}",
    tag = "access reviews",
    params(("workspace_id" = String, Path), ("review_id" = String, Path)),
    responses((status = 200, body = ReviewDetailView), ScopedProblems),
)]
pub(crate) async fn show_access_review(
    State(context): State<Context>,
    scoped: Scoped<ReviewAccess>,
    Path(path): Path<ReviewPath>,
) -> Result<Json<ReviewDetailView>, Problem> {
    let review = review_access::show(&context, &scoped.scope, path.review_id).await?;
    Ok(Json(review))
}

/// Decide what is to become of an account
#[utoipa::path(
    put, path = "/api/workspaces/{workspace_id}/access-reviews/{review_id}/decisions/{user_id}",
    tag = "access reviews",
    params(("workspace_id" = String, Path), ("review_id" = String, Path), ("user_id" = String, Path)),
    request_body = DecisionRequest,
    responses((status = 204), ReviewProblems, BodyProblems),
)]
pub(crate) async fn decide_about_account(
    State(context): State<Context>,
    scoped: Scoped<ReviewAccess>,
    Path(path): Path<LinePath>,
    Json(request): Json<DecisionRequest>,
) -> Result<StatusCode, Problem> {
    let verdict = match (request.decision, request.new_role) {
        (VerdictName::Keep, None) => Verdict::Keep,
        (VerdictName::Remove, None) => Verdict::Remove,
        (VerdictName::Change, Some(role)) => Verdict::Change(role.into()),
        _ => {
            let text = Text::fixed(
                "役割を変えるときだけ、新しい役割を選んでください。",
                "Choose a new role when the role changes, and only then.",
            );
            return Err(FieldProblem::new("new_role", text).into());
        }
    };
    let note = match request.note.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(note) => Some(field("note", ReviewNote::new(note))?),
    };
    review_access::decide(
        &context,
        &scoped.scope,
        path.review_id,
        path.user_id,
        verdict,
        note,
    )
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Carry out what was decided, and sign the result
#[utoipa::path(
    post, path = "/api/workspaces/{workspace_id}/access-reviews/{review_id}/completion",
    tag = "access reviews",
    params(("workspace_id" = String, Path), ("review_id" = String, Path)),
    responses((status = 200, body = ReviewResultView), ReviewProblems),
)]
pub(crate) async fn complete_access_review(
    State(context): State<Context>,
    scoped: ScopedSteppedUp<ReviewAccess>,
    Path(path): Path<ReviewPath>,
) -> Result<Json<ReviewResultView>, Problem> {
    complete_review::complete(&context, &scoped.scope, path.review_id).await?;
    let result = complete_review::result(&context, &scoped.scope, path.review_id).await?;
    Ok(Json(result))
}

/// Show the signed result of an access review
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/access-reviews/{review_id}/result",
    tag = "access reviews",
    params(("workspace_id" = String, Path), ("review_id" = String, Path)),
    responses((status = 200, body = ReviewResultView), ReviewProblems),
)]
pub(crate) async fn show_review_result(
    State(context): State<Context>,
    scoped: Scoped<ReviewAccess>,
    Path(path): Path<ReviewPath>,
) -> Result<Json<ReviewResultView>, Problem> {
    let result = complete_review::result(&context, &scoped.scope, path.review_id).await?;
    Ok(Json(result))
}

/// Export the result of an access review as a table
#[utoipa::path(
    get, path = "/api/workspaces/{workspace_id}/access-reviews/{review_id}/result.csv",
    tag = "access reviews",
    params(("workspace_id" = String, Path), ("review_id" = String, Path)),
    responses(
        (status = 200, description = "Comma-separated values with a header, to be saved", body = String, content_type = "text/csv"),
        ReviewProblems,
    ),
)]
pub(crate) async fn export_review_result(
    State(context): State<Context>,
    scoped: Scoped<ReviewAccess>,
    Path(path): Path<ReviewPath>,
) -> Result<Response, Problem> {
    complete_review::result_sheet(&context, &scoped.scope, path.review_id).await
}

//! Workspaces, their members and their invitations.

mod accept_invitation;
mod audit_names;
mod audit_views;
mod change_member;
mod complete_review;
mod delete_workspace;
mod export_audit;
mod export_members;
mod finding_views;
mod import_invitations;
mod invite;
mod make_link;
mod member_views;
mod name_responsible;
mod notices;
mod policy_views;
mod put_policy;
mod review_access;
mod review_views;
mod routes;
mod transfer_ownership;
mod views;

use axum::Router;
use koeba_edge::{Context, finish};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use routes::{
    access_reviews, audit, deletion, findings, invitation_links, invitations, members, ownership,
    policy, workspaces,
};

/// Every route of this function.
fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(
            workspaces::create_workspace,
            workspaces::list_workspaces
        ))
        .routes(routes!(
            workspaces::show_workspace,
            workspaces::rename_workspace
        ))
        .routes(routes!(deletion::delete_workspace))
        .routes(routes!(members::list_members))
        .routes(routes!(members::export_members))
        .routes(routes!(
            members::show_member,
            members::change_role,
            members::remove_member
        ))
        .routes(routes!(members::deactivate_member))
        .routes(routes!(members::reactivate_member))
        .routes(routes!(ownership::transfer_ownership))
        .routes(routes!(
            ownership::show_responsible_manager,
            ownership::name_responsible_manager
        ))
        .routes(routes!(policy::show_policy, policy::change_policy))
        .routes(routes!(policy::preview_policy))
        .routes(routes!(
            access_reviews::begin_access_review,
            access_reviews::list_access_reviews
        ))
        .routes(routes!(access_reviews::show_access_review))
        .routes(routes!(access_reviews::decide_about_account))
        .routes(routes!(access_reviews::complete_access_review))
        .routes(routes!(access_reviews::show_review_result))
        .routes(routes!(access_reviews::export_review_result))
        .routes(routes!(audit::list_audit_entries))
        .routes(routes!(audit::show_audit_state))
        .routes(routes!(audit::export_audit_log))
        .routes(routes!(audit::show_audit_entry))
        .routes(routes!(findings::list_findings))
        .routes(routes!(
            invitations::create_invitation,
            invitations::list_invitations
        ))
        .routes(routes!(invitations::import_invitations))
        .routes(routes!(invitations::revoke_invitation))
        .routes(routes!(
            invitation_links::create_invitation_link,
            invitation_links::list_invitation_links
        ))
        .routes(routes!(invitation_links::revoke_invitation_link))
        .routes(routes!(invitations::preview_invitation))
        .routes(routes!(invitations::accept_invitation))
}

/// The function's router.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the form in which serve and the local runner take a function"
)]
pub fn router(context: Context) -> Router {
    let (router, _) = routes().split_for_parts();
    finish(router.with_state(context.clone()), &context)
}

/// What the routes say about themselves.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().split_for_parts().1
}

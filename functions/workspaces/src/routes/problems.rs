//! What routes may answer besides what every route of a workspace may.

use koeba_edge::Slug;
use koeba_edge::openapi::{Responses, scoped_problems};
use utoipa::IntoResponses;

/// Of routes that invite.
pub(crate) struct InvitingProblems;

impl IntoResponses for InvitingProblems {
    fn responses() -> Responses {
        scoped_problems(&[
            Slug::RoleNotGrantable,
            Slug::DomainNotAllowed,
            Slug::AlreadyInvited,
            Slug::LimitReached,
        ])
    }
}

/// Of routes that change what a member is.
pub(crate) struct ChangeProblems;

impl IntoResponses for ChangeProblems {
    fn responses() -> Responses {
        scoped_problems(&[
            Slug::RoleNotGrantable,
            Slug::LastManager,
            Slug::ResponsibleManager,
            Slug::ChangedMeanwhile,
        ])
    }
}

/// Of routes that change a policy.
pub(crate) struct PolicyProblems;

impl IntoResponses for PolicyProblems {
    fn responses() -> Responses {
        scoped_problems(&[Slug::WouldLockYouOut, Slug::ChangedMeanwhile])
    }
}

/// Of routes that go on with a review.
pub(crate) struct ReviewProblems;

impl IntoResponses for ReviewProblems {
    fn responses() -> Responses {
        scoped_problems(&[
            Slug::RoleNotGrantable,
            Slug::LastManager,
            Slug::ResponsibleManager,
            Slug::ReviewIncomplete,
            Slug::ReviewCompleted,
        ])
    }
}

/// Of lists.
pub(crate) struct ListProblems;

impl IntoResponses for ListProblems {
    fn responses() -> Responses {
        scoped_problems(&[Slug::QueryInvalid, Slug::CursorInvalid])
    }
}

/// Of the audit log's export.
pub(crate) struct AuditExportProblems;

impl IntoResponses for AuditExportProblems {
    fn responses() -> Responses {
        scoped_problems(&[Slug::QueryInvalid, Slug::ExportTooLarge])
    }
}

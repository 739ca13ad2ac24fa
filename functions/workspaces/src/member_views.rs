//! What the API shows of those who answer for a workspace, and of links and imports.

use koeba_domain::{InvitationLink, InvitationLinkId, Member, Moment, ResponsibleManager, UserId};
use serde::Serialize;
use time::serde::rfc3339;
use utoipa::ToSchema;

use crate::views::RoleName;

/// Who answers for a workspace towards their own company (管理責任者).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResponsibleManager)]
pub(crate) struct ResponsibleView {
    /// Who.
    #[schema(value_type = String)]
    pub(crate) user_id: UserId,
    /// What they go by.
    pub(crate) display_name: String,
    /// Of which department.
    pub(crate) department: String,
    /// How to reach them.
    pub(crate) contact: String,
    /// Since when.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) appointed_at: Moment,
}

impl ResponsibleView {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a view takes over what it shows"
    )]
    pub(crate) fn new(named: ResponsibleManager, member: Option<Member>) -> Self {
        Self {
            user_id: named.user,
            display_name: member
                .map(|member| member.display_name.to_string())
                .unwrap_or_default(),
            department: named.department.to_string(),
            contact: named.contact.to_string(),
            appointed_at: named.appointed_at,
        }
    }
}

/// A link that lets several people in, as a manager sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitationLink)]
pub(crate) struct LinkView {
    /// Which.
    #[schema(value_type = String)]
    pub(crate) id: InvitationLinkId,
    /// What people will be.
    pub(crate) role: RoleName,
    /// The domains that their addresses must have; empty for any.
    pub(crate) domains: Vec<String>,
    /// Whether it was taken back.
    pub(crate) revoked: bool,
    /// When it was made.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Moment,
    /// When it stops working.
    #[serde(with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) expires_at: Moment,
    /// How many people took it.
    pub(crate) uses: u32,
    /// How many may.
    pub(crate) most_uses: Option<u32>,
    /// Its address: when it is made, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) link: Option<String>,
}

impl LinkView {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a view takes over what it shows"
    )]
    pub(crate) fn new(link: InvitationLink, address: Option<String>) -> Self {
        Self {
            id: link.id,
            role: link.role.into(),
            domains: link.domains.iter().map(ToString::to_string).collect(),
            revoked: link.revoked,
            created_at: link.created_at,
            expires_at: link.expires_at,
            uses: link.uses,
            most_uses: link.most_uses,
            link: address,
        }
    }
}

/// The links of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationLinkList {
    /// All of them, the newest first.
    pub(crate) items: Vec<LinkView>,
    /// Always none: there are never many.
    pub(crate) next_cursor: Option<String>,
}

/// What became of a row of an imported list.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportOutcome)]
pub(crate) enum ImportOutcomeName {
    /// A mail is on its way.
    Invited,
    /// Nothing was sent.
    Refused,
}

/// A row of an imported list, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportedInvitation)]
pub(crate) struct ImportedView {
    /// The row of the list, of which the first is the header.
    pub(crate) line: usize,
    /// The address as it stands there.
    pub(crate) email: String,
    /// What became of it.
    pub(crate) outcome: ImportOutcomeName,
    /// Why it was refused: the slug of a problem.
    #[schema(value_type = Option<String>)]
    pub(crate) reason: Option<&'static str>,
}

/// What became of an imported list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportedList {
    /// Every row.
    pub(crate) items: Vec<ImportedView>,
}

//! The partitions of a workspace that are read as lists.

use koeba_domain::WorkspaceId;

/// A partition of a workspace that is read as a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    Members,
    Invitations,
    Invitees,
    InvitationLinks,
    AccessReviews,
    ReviewLines,
    ReviewResults,
    Rooms,
    Occupancy,
    Leases,
    Connections,
    Evictions,
    Audit,
}

impl Listing {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Members => "MEMBERS",
            Self::Invitations => "INVITATIONS",
            Self::Invitees => "INVITEES",
            Self::InvitationLinks => "LINKS",
            Self::AccessReviews => "REVIEWS",
            Self::ReviewLines => "REVIEWLINES",
            Self::ReviewResults => "REVIEWRESULTS",
            Self::Rooms => "ROOMS",
            Self::Occupancy => "OCCUPANCY",
            Self::Leases => "LEASES",
            Self::Connections => "LIVE",
            Self::Evictions => "EVICTIONS",
            Self::Audit => "AUDIT",
        }
    }

    pub(crate) fn partition(self, workspace: WorkspaceId) -> String {
        format!("WS#{workspace}#{}", self.name())
    }
}

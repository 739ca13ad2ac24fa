//! A link that lets several people in, within bounds.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::Duration;

use crate::{
    AcceptError, Domain, EmailAddress, InvitationLinkId, InviteError, Moment, Role, UserId,
};

/// An offer of membership to whoever has the link, until it ends: by time, by the number of people
/// who took it, or by being taken back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationLink {
    /// Which.
    pub id: InvitationLinkId,
    /// What people will be: a member or a guest.
    pub role: Role,
    /// The domains that their addresses must have; empty for any.
    pub domains: Vec<Domain>,
    /// Who made it.
    pub made_by: UserId,
    /// SHA-256 of the secret in the link, in hexadecimal.
    pub secret_hash: String,
    /// When it was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: Moment,
    /// When it stops working.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub expires_at: Moment,
    /// How many people took it.
    pub uses: u32,
    /// How many may; none for as many as there is room for.
    pub most_uses: Option<u32>,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// Why somebody cannot use a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It has ended.
    #[error(transparent)]
    Ended(#[from] AcceptError),
    /// As many people as may have used it.
    #[error("the link was used as often as it may be")]
    UsedUp,
    /// It is for addresses of other domains.
    #[error("the link is for addresses of other domains")]
    OtherDomain,
}

impl InvitationLink {
    /// How long a link works at most.
    pub const LONGEST: Duration = Duration::days(30);

    /// Decides whether somebody with role `by` may make a link that gives `role`.
    ///
    /// A link may be passed on to anybody, so it gives no role that runs the workspace.
    ///
    /// # Errors
    /// [`InviteError`] when they may not.
    pub fn may_make(by: Role, role: Role) -> Result<(), InviteError> {
        if by.may_grant(role) && !role.runs_the_workspace() {
            Ok(())
        } else {
            Err(InviteError { by, role })
        }
    }

    /// Decides whether anybody could still use the link at `now`.
    ///
    /// # Errors
    /// [`LinkError`] says why not; never [`LinkError::OtherDomain`].
    pub fn check_open(&self, now: Moment) -> Result<(), LinkError> {
        if self.revoked {
            Err(AcceptError::Revoked.into())
        } else if now >= self.expires_at {
            Err(AcceptError::Expired.into())
        } else if self.most_uses.is_some_and(|most| self.uses >= most) {
            Err(LinkError::UsedUp)
        } else {
            Ok(())
        }
    }

    /// Decides whether the person with `email` may use the link at `now`.
    ///
    /// # Errors
    /// [`LinkError`] says why not.
    pub fn check(&self, email: &EmailAddress, now: Moment) -> Result<(), LinkError> {
        self.check_open(now)?;
        if self.domains.is_empty() || self.domains.iter().any(|domain| domain.is_of(email)) {
            Ok(())
        } else {
            Err(LinkError::OtherDomain)
        }
    }
}

/// Shows no hash.
impl fmt::Debug for InvitationLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvitationLink")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("uses", &self.uses)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: Moment = datetime!(2026-04-01 09:00 UTC);

    fn link() -> InvitationLink {
        InvitationLink {
            id: InvitationLinkId::from_random([1; 16]),
            role: Role::Member,
            domains: vec![Domain::new("example.test").expect("a domain")],
            made_by: UserId::from_random([2; 16]),
            secret_hash: String::new(),
            created_at: NOW,
            expires_at: NOW + Duration::hours(24),
            uses: 0,
            most_uses: Some(2),
            revoked: false,
        }
    }

    fn address(text: &str) -> EmailAddress {
        EmailAddress::new(text).expect("an address")
    }

    #[test]
    fn a_link_works_for_its_domains_until_it_ends() {
        let ken = address("ken@EXAMPLE.test");
        assert_eq!(link().check(&ken, NOW), Ok(()));
        for other in ["ken@sub.example.test", "ken@evil-example.test"] {
            assert_eq!(
                link().check(&address(other), NOW),
                Err(LinkError::OtherDomain)
            );
        }
        let late = NOW + Duration::hours(24);
        assert_eq!(
            link().check(&ken, late),
            Err(LinkError::Ended(AcceptError::Expired))
        );
        let used_up = InvitationLink { uses: 2, ..link() };
        assert_eq!(used_up.check(&ken, NOW), Err(LinkError::UsedUp));
        let revoked = InvitationLink {
            revoked: true,
            ..link()
        };
        assert_eq!(
            revoked.check(&ken, NOW),
            Err(LinkError::Ended(AcceptError::Revoked))
        );
    }

    #[test]
    fn a_link_without_bounds_is_for_everybody() {
        let open = InvitationLink {
            domains: Vec::new(),
            most_uses: None,
            uses: 4_999,
            ..link()
        };
        assert_eq!(open.check(&address("mia@elsewhere.test"), NOW), Ok(()));
    }

    #[test]
    fn no_link_makes_managers() {
        for by in Role::ALL {
            for role in [Role::Manager, Role::Owner] {
                assert!(InvitationLink::may_make(by, role).is_err());
            }
            assert_eq!(
                InvitationLink::may_make(by, Role::Guest).is_ok(),
                by >= Role::Manager
            );
        }
    }
}

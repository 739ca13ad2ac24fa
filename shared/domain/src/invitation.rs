//! An offer of membership to one address.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::Duration;

use crate::{DisplayName, EmailAddress, InvitationId, Moment, Role, UserId};

/// Where an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// Sent, not answered.
    Pending,
    /// Taken, once.
    Accepted,
    /// Taken back.
    Revoked,
}

/// An offer of membership: to one address, with one role, good once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// Who may take it.
    pub email: EmailAddress,
    /// What they are called, if whoever invites said so: a suggestion.
    pub suggested_name: Option<DisplayName>,
    /// What they will be.
    pub role: Role,
    /// Who offered it.
    pub invited_by: UserId,
    /// Where it stands.
    pub state: InvitationState,
    /// SHA-256 of the secret in the link, in hexadecimal.
    pub secret_hash: String,
    /// When it was sent.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: Moment,
    /// When it stops working.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub expires_at: Moment,
}

/// Why somebody may not invite with a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {by:?} may not invite a {role:?}")]
pub struct InviteError {
    /// The role of the one who invites.
    pub by: Role,
    /// The role that was to be given.
    pub role: Role,
}

/// Why an invitation cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    /// It was sent to another address.
    #[error("the invitation is for another address")]
    OtherAddress,
    /// It was taken before.
    #[error("the invitation was already used")]
    AlreadyUsed,
    /// It was taken back.
    #[error("the invitation was revoked")]
    Revoked,
    /// Its time has passed.
    #[error("the invitation has expired")]
    Expired,
}

impl Invitation {
    /// How long an invitation waits.
    pub const LIFETIME: Duration = Duration::days(7);

    /// Decides whether somebody with role `by` may invite with `role`.
    ///
    /// # Errors
    /// [`InviteError`] when they may not.
    pub fn may_invite(by: Role, role: Role) -> Result<(), InviteError> {
        if by.may_grant(role) {
            Ok(())
        } else {
            Err(InviteError { by, role })
        }
    }

    /// Decides whether the person with `email` may take this invitation at `now`.
    ///
    /// # Errors
    /// [`AcceptError`] says why not.
    pub fn check(&self, email: &EmailAddress, now: Moment) -> Result<(), AcceptError> {
        self.check_open(now)?;
        if self.email.normalized() == email.normalized() {
            Ok(())
        } else {
            Err(AcceptError::OtherAddress)
        }
    }

    /// Decides whether anybody could still take this invitation at `now`.
    ///
    /// # Errors
    /// [`AcceptError`] says why not; never [`AcceptError::OtherAddress`].
    pub fn check_open(&self, now: Moment) -> Result<(), AcceptError> {
        match self.state {
            InvitationState::Accepted => Err(AcceptError::AlreadyUsed),
            InvitationState::Revoked => Err(AcceptError::Revoked),
            InvitationState::Pending if now >= self.expires_at => Err(AcceptError::Expired),
            InvitationState::Pending => Ok(()),
        }
    }
}

/// Shows no address and no hash.
impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("state", &self.state)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: Moment = datetime!(2026-04-01 09:00 UTC);

    fn address(text: &str) -> EmailAddress {
        EmailAddress::new(text).expect("an address")
    }

    fn invitation(state: InvitationState) -> Invitation {
        Invitation {
            id: InvitationId::from_random([1; 16]),
            email: address("Ken@example.test"),
            suggested_name: None,
            role: Role::Member,
            invited_by: UserId::from_random([2; 16]),
            state,
            secret_hash: String::new(),
            created_at: NOW,
            expires_at: NOW + Invitation::LIFETIME,
        }
    }

    #[test]
    fn only_the_invited_address_may_take_it() {
        let invitation = invitation(InvitationState::Pending);
        assert_eq!(invitation.check(&address("ken@example.test"), NOW), Ok(()));
        assert_eq!(
            invitation.check(&address("mallory@example.test"), NOW),
            Err(AcceptError::OtherAddress)
        );
    }

    #[test]
    fn it_is_good_once_until_it_is_revoked_or_its_week_is_over() {
        let ken = address("ken@example.test");
        let late = NOW + Invitation::LIFETIME;
        let cases = [
            (InvitationState::Accepted, NOW, AcceptError::AlreadyUsed),
            (InvitationState::Revoked, NOW, AcceptError::Revoked),
            (InvitationState::Pending, late, AcceptError::Expired),
        ];
        for (state, at, refusal) in cases {
            assert_eq!(invitation(state).check(&ken, at), Err(refusal));
        }
    }

    #[test]
    fn a_manager_invites_managers_but_nobody_invites_an_owner() {
        assert_eq!(Invitation::may_invite(Role::Manager, Role::Manager), Ok(()));
        assert!(Invitation::may_invite(Role::Owner, Role::Owner).is_err());
        assert!(Invitation::may_invite(Role::Member, Role::Guest).is_err());
    }
}

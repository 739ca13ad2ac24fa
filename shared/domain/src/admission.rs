//! Whether a session may act in a workspace: membership, policy and session together.

use std::net::IpAddr;

use crate::{MemberState, Membership, Moment, Policy, Role, Session};

/// Why a session may not act in a workspace, in the order in which it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    /// They are not, or no longer, a member: to them the workspace does not exist.
    #[error("not an active member")]
    NotAMember,
    /// The workspace does not allow guests.
    #[error("guests are not allowed")]
    GuestsNotAllowed,
    /// The workspace may not be used from there.
    #[error("the network is not allowed")]
    NetworkNotAllowed,
    /// The session is older, or was idle for longer, than the policy allows.
    #[error("the session has expired under the policy")]
    SessionExpired,
    /// A second step is demanded and none was taken.
    #[error("a second step is demanded")]
    SecondStepMissing,
    /// A second step was taken that does not count here.
    #[error("a stronger second step is demanded")]
    SecondStepTooWeak,
    /// Their role changed since the session's secret was issued.
    #[error("the session must be renewed")]
    RenewalDue,
}

/// Decides whether `session`, used from `address`, may act in the workspace of `membership`.
///
/// # Errors
/// [`Barred`] says why not.
pub fn admit(
    membership: &Membership,
    policy: &Policy,
    session: &Session,
    address: Option<IpAddr>,
    now: Moment,
) -> Result<(), Barred> {
    let role = membership.role;
    if membership.state != MemberState::Active {
        return Err(Barred::NotAMember);
    }
    if role == Role::Guest && !policy.guests_allowed {
        return Err(Barred::GuestsNotAllowed);
    }
    if !policy.allows_network(address) {
        return Err(Barred::NetworkNotAllowed);
    }
    let limits = policy.session_limits(role);
    if session.check_under(limits, now).is_err() {
        return Err(Barred::SessionExpired);
    }
    match session.proof {
        None if policy.demands_second_step(role) => return Err(Barred::SecondStepMissing),
        Some(method) if policy.demands_second_step(role) && !policy.accepts(method) => {
            return Err(Barred::SecondStepTooWeak);
        }
        _ => {}
    }
    if membership
        .role_changed_at
        .is_some_and(|changed_at| session.issued_at <= changed_at)
    {
        return Err(Barred::RenewalDue);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        DeviceName, SecondStepMethod, SessionId, SessionLimits, SessionStage, UserId, WorkspaceId,
    };
    use time::Duration;
    use time::macros::datetime;

    const NOW: Moment = datetime!(2026-04-01 09:00 UTC);

    #[test]
    fn a_member_needs_a_password_and_a_manager_a_second_step_too() {
        let plain = session(None);
        assert_eq!(asked(Role::Member, &Policy::default(), &plain, NOW), Ok(()));
        assert_eq!(
            asked(Role::Manager, &Policy::default(), &plain, NOW),
            Err(Barred::SecondStepMissing)
        );
        let proven = session(Some(SecondStepMethod::EmailToken));
        assert_eq!(
            asked(Role::Manager, &Policy::default(), &proven, NOW),
            Ok(())
        );
    }

    #[test]
    fn a_policy_that_forbids_mail_asks_for_something_stronger() {
        let policy = Policy {
            email_token_allowed: false,
            ..Policy::default()
        };
        let by_mail = session(Some(SecondStepMethod::EmailToken));
        assert_eq!(
            asked(Role::Owner, &policy, &by_mail, NOW),
            Err(Barred::SecondStepTooWeak)
        );
        assert_eq!(asked(Role::Member, &policy, &by_mail, NOW), Ok(()));
        let by_passkey = session(Some(SecondStepMethod::Passkey));
        assert_eq!(asked(Role::Owner, &policy, &by_passkey, NOW), Ok(()));
    }

    #[test]
    fn managers_are_out_after_twelve_idle_hours() {
        let proven = session(Some(SecondStepMethod::Totp));
        let later = NOW + Duration::hours(12);
        assert_eq!(
            asked(Role::Manager, &Policy::default(), &proven, later),
            Err(Barred::SessionExpired)
        );
        assert_eq!(
            asked(Role::Member, &Policy::default(), &proven, later),
            Ok(())
        );
    }

    #[test]
    fn a_new_role_wants_a_new_secret() {
        let mut membership = membership(Role::Member);
        membership.role_changed_at = Some(NOW);
        let old = session(None);
        let ask = |session: &Session| {
            admit(
                &membership,
                &Policy::default(),
                session,
                None,
                NOW + Duration::SECOND,
            )
        };
        assert_eq!(ask(&old), Err(Barred::RenewalDue));
        assert_eq!(ask(&old.renewed(NOW + Duration::MILLISECOND)), Ok(()));
    }

    #[test]
    fn who_was_deactivated_learns_nothing_more() {
        let membership = Membership {
            state: MemberState::Deactivated,
            ..membership(Role::Guest)
        };
        let policy = Policy {
            guests_allowed: false,
            ..Policy::default()
        };
        assert_eq!(
            admit(&membership, &policy, &session(None), None, NOW),
            Err(Barred::NotAMember)
        );
    }

    fn asked(role: Role, policy: &Policy, session: &Session, now: Moment) -> Result<(), Barred> {
        admit(&membership(role), policy, session, None, now)
    }

    fn membership(role: Role) -> Membership {
        Membership::new(
            WorkspaceId::from_random([1; 16]),
            UserId::from_random([2; 16]),
            role,
        )
    }

    fn session(proof: Option<SecondStepMethod>) -> Session {
        Session {
            proof,
            ..Session::begin(
                SessionId::from_random([3; 16]),
                UserId::from_random([2; 16]),
                DeviceName::new("Firefox").expect("a line"),
                SessionStage::Full,
                SessionLimits::DEFAULT,
                NOW,
            )
        }
    }
}

//! What a workspace demands of its people: its security policy.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::{Domain, EmailAddress, Role, SecondStepMethod, SessionLimits};

/// Of whom a second step is demanded. Of managers and owners it always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondStepDemand {
    /// Of those who run the workspace.
    Managers,
    /// Of everybody.
    Everybody,
}

/// The lowest DTLS version with which media may be spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DtlsFloor {
    /// DTLS 1.2, for clients that have nothing newer.
    #[serde(rename = "1.2")]
    Dtls12,
    /// DTLS 1.3.
    #[serde(rename = "1.3")]
    Dtls13,
}

/// A workspace's security policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Of whom a second step is demanded.
    pub second_step: SecondStepDemand,
    /// Whether a token by mail counts as second step.
    pub email_token_allowed: bool,
    /// How long sessions of guests and members live.
    pub member_session: SessionLimits,
    /// How long sessions of managers and owners live.
    pub manager_session: SessionLimits,
    /// From where the workspace may be used; empty for anywhere.
    pub allowed_networks: Vec<IpNet>,
    /// The domains that addresses of invited people must have; empty for any.
    pub invitation_domains: Vec<Domain>,
    /// Whether guests may be here at all.
    pub guests_allowed: bool,
    /// The lowest DTLS version.
    pub dtls_floor: DtlsFloor,
}

impl Default for Policy {
    /// What holds until somebody decides otherwise.
    fn default() -> Self {
        Self {
            second_step: SecondStepDemand::Managers,
            email_token_allowed: true,
            member_session: SessionLimits::DEFAULT,
            manager_session: SessionLimits {
                idle: Duration::hours(12),
                absolute: Duration::days(30),
            },
            allowed_networks: Vec::new(),
            invitation_domains: Vec::new(),
            guests_allowed: true,
            dtls_floor: DtlsFloor::Dtls13,
        }
    }
}

impl Policy {
    /// How long a session of somebody with `role` lives.
    #[must_use]
    pub const fn session_limits(&self, role: Role) -> SessionLimits {
        if role.runs_the_workspace() {
            self.manager_session
        } else {
            self.member_session
        }
    }

    /// Whether somebody with `role` must have a second step.
    #[must_use]
    pub const fn demands_second_step(&self, role: Role) -> bool {
        role.runs_the_workspace() || matches!(self.second_step, SecondStepDemand::Everybody)
    }

    /// Whether a second step by `method` counts here.
    #[must_use]
    pub const fn accepts(&self, method: SecondStepMethod) -> bool {
        self.email_token_allowed || !matches!(method, SecondStepMethod::EmailToken)
    }

    /// Whether the workspace may be used from `address`. One that is unknown is nowhere.
    #[must_use]
    pub fn allows_network(&self, address: Option<IpAddr>) -> bool {
        self.allowed_networks.is_empty()
            || address.is_some_and(|address| {
                let address = address.to_canonical();
                self.allowed_networks
                    .iter()
                    .any(|network| network.contains(&address))
            })
    }

    /// Whether somebody with this address may be invited.
    #[must_use]
    pub fn allows_address(&self, email: &EmailAddress) -> bool {
        self.invitation_domains.is_empty()
            || self
                .invitation_domains
                .iter()
                .any(|domain| domain.is_of(email))
    }

    /// Decides whether somebody with this address may come in with `role`: asked when they are
    /// invited, and again when they accept.
    ///
    /// # Errors
    /// [`InvitationBarred`] says what the policy does not allow.
    pub fn allows_invitation(
        &self,
        role: Role,
        email: &EmailAddress,
    ) -> Result<(), InvitationBarred> {
        if role == Role::Guest && !self.guests_allowed {
            Err(InvitationBarred::GuestsNotAllowed)
        } else if !self.allows_address(email) {
            Err(InvitationBarred::DomainNotAllowed)
        } else {
            Ok(())
        }
    }
}

/// Why the policy lets nobody of that kind in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvitationBarred {
    /// There are no guests here.
    #[error("guests are not allowed")]
    GuestsNotAllowed,
    /// Addresses of that domain are not invited.
    #[error("addresses of that domain are not allowed")]
    DomainNotAllowed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_policy_frees_managers_of_their_second_step() {
        let policy = Policy::default();
        assert!(policy.demands_second_step(Role::Manager));
        assert!(policy.demands_second_step(Role::Owner));
        assert!(!policy.demands_second_step(Role::Member));
    }

    #[test]
    fn an_address_counts_by_what_it_is_and_an_unknown_one_is_nowhere() {
        let policy = Policy {
            allowed_networks: vec!["203.0.113.0/24".parse().expect("a network")],
            ..Policy::default()
        };
        let allows = |text: &str| policy.allows_network(text.parse().ok());
        assert!(allows("203.0.113.9") && allows("::ffff:203.0.113.9"));
        assert!(!allows("203.0.114.9") && !allows("2001:db8::1") && !allows("nowhere"));
        assert!(Policy::default().allows_network(None));
    }

    #[test]
    fn a_domain_is_the_whole_domain() {
        let policy = Policy {
            invitation_domains: vec![Domain::new("example.test").expect("a domain")],
            ..Policy::default()
        };
        let allows = |text: &str| policy.allows_address(&EmailAddress::new(text).expect("valid"));
        assert!(allows("ken@example.test") && allows("KEN@EXAMPLE.test"));
        assert!(!allows("ken@evil-example.test") && !allows("ken@sub.example.test"));
    }

    #[test]
    fn a_guest_from_an_allowed_domain_is_still_a_guest() {
        let policy = Policy {
            invitation_domains: vec![Domain::new("example.test").expect("a domain")],
            guests_allowed: false,
            ..Policy::default()
        };
        let ask = |role, text: &str| {
            policy.allows_invitation(role, &EmailAddress::new(text).expect("valid"))
        };
        assert_eq!(ask(Role::Member, "ken@example.test"), Ok(()));
        assert_eq!(
            ask(Role::Guest, "ken@example.test"),
            Err(InvitationBarred::GuestsNotAllowed)
        );
        assert_eq!(
            ask(Role::Member, "ken@elsewhere.test"),
            Err(InvitationBarred::DomainNotAllowed)
        );
    }
}

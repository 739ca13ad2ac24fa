//! Who may call, and the policies that say what they may do.

use crate::policy::{Policy, PolicyError};

/// A role that something of Koeba runs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// `functions/accounts`.
    Accounts,
    /// `functions/workspaces`.
    Workspaces,
    /// `functions/rooms`.
    Rooms,
    /// `functions/live`.
    Live,
    /// `functions/events`.
    Events,
    /// What deploys and operates: makes tables, reads the stream. No policy limits it.
    Operator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Accounts,
        Self::Workspaces,
        Self::Rooms,
        Self::Live,
        Self::Events,
        Self::Operator,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Accounts => "koeba-accounts",
            Self::Workspaces => "koeba-workspaces",
            Self::Rooms => "koeba-rooms",
            Self::Live => "koeba-live",
            Self::Events => "koeba-events",
            Self::Operator => "koeba-operator",
        }
    }
}

/// The policies in force.
#[derive(Clone, Debug)]
pub struct Policies {
    /// What a session of the tenant role may do.
    pub tenant: Policy,
    /// What `functions/accounts` may do.
    pub accounts: Policy,
    /// What `functions/workspaces` may do.
    pub workspaces: Policy,
    /// What `functions/rooms` may do.
    pub rooms: Policy,
    /// What `functions/live` may do.
    pub live: Policy,
    /// What `functions/events` may do.
    pub events: Policy,
}

impl Policies {
    /// The policies that are checked in under `infra/policies`.
    ///
    /// # Errors
    /// [`PolicyError`] when one of them uses a part of IAM that is not evaluated here.
    pub fn checked_in() -> Result<Self, PolicyError> {
        Ok(Self {
            tenant: Policy::parse(include_str!("../../policies/tenant-role.json"))?,
            accounts: Policy::parse(include_str!("../../policies/accounts-role.json"))?,
            workspaces: Policy::parse(include_str!("../../policies/workspaces-role.json"))?,
            rooms: Policy::parse(include_str!("../../policies/rooms-role.json"))?,
            live: Policy::parse(include_str!("../../policies/live-role.json"))?,
            events: Policy::parse(include_str!("../../policies/events-role.json"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_checked_in_policy_is_understood_in_full() {
        assert!(Policies::checked_in().is_ok());
    }
}

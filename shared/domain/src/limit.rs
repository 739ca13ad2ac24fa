//! How often something may be tried: by whom, how many times in which window.
//!
//! The whole of it is the table in [`Limit::allowance`]. Windows follow each other without a
//! gap, so at the seam of two of them twice the allowance may pass; that is known and harmless,
//! and makes a check one write of one small item.

use std::fmt;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use time::Duration;

use crate::{EmailAddress, Moment, UserId, WorkspaceId};

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Sign-ups from a network: each one hashes a password.
    SignUpsFromNetwork,
    /// Tokens and links of sign-ups, resets and invitations that a network shows us.
    TokensFromNetwork,
    /// Mails to an address that anybody can make us send: tokens, links, invitations.
    MailToAddress,
    /// Mails to an account's owner that only they can ask for, with their password proven.
    MailToOwner,
    /// Wrong passwords from a network, whosoever accounts they are for.
    SignInsFromNetwork,
    /// Wrong passwords for an account from one network.
    SignInsToAccountFromNetwork,
    /// Wrong passwords for an account from wherever it was never signed in to.
    SignInsToAccount,
    /// Wrong passwords for an account from a device that its owner has used.
    SignInsFromKnownDevice,
    /// Wrong second steps of an account, from wherever it was never signed in to.
    SecondStepsOfAccount,
    /// Wrong second steps of an account on a device that its owner has used.
    SecondStepsFromKnownDevice,
    /// Wrong passwords of somebody who is signed in already and is asked again.
    PasswordsInSession,
    /// Requests to reset a password from a network.
    PasswordResetsFromNetwork,
    /// Requests to reset a password from a device that the account's owner has used.
    PasswordResetsFromKnownDevice,
    /// Invitations of one workspace.
    InvitationsOfWorkspace,
    /// Invitations by one person.
    InvitationsByInviter,
    /// Requests of one person for workspaces that they do not belong to: each may cost
    /// credentials for that workspace.
    UnknownWorkspaces,
}

/// How often in how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// So many times.
    pub most: u32,
    /// In each window of this length.
    pub window: Duration,
}

impl Limit {
    /// Every limit.
    pub const ALL: [Self; 16] = [
        Self::SignUpsFromNetwork,
        Self::TokensFromNetwork,
        Self::MailToAddress,
        Self::MailToOwner,
        Self::SignInsFromNetwork,
        Self::SignInsToAccountFromNetwork,
        Self::SignInsToAccount,
        Self::SignInsFromKnownDevice,
        Self::SecondStepsOfAccount,
        Self::SecondStepsFromKnownDevice,
        Self::PasswordsInSession,
        Self::PasswordResetsFromNetwork,
        Self::PasswordResetsFromKnownDevice,
        Self::InvitationsOfWorkspace,
        Self::InvitationsByInviter,
        Self::UnknownWorkspaces,
    ];

    /// How often it may happen: the table of all limits.
    ///
    /// A network is a /24 or /56, which may be an office of hundreds. What is limited for each
    /// account holds for addresses without one too, so a limit tells nothing about them.
    #[must_use]
    pub const fn allowance(self) -> Allowance {
        let (most, window) = match self {
            Self::SignUpsFromNetwork => (60, Duration::hours(1)),
            Self::TokensFromNetwork => (300, Duration::minutes(10)),
            Self::MailToAddress | Self::MailToOwner => (5, Duration::hours(1)),
            Self::SignInsFromNetwork => (300, Duration::minutes(10)),
            // NIST SP 800-63B-4 allows a hundred in a row; of these no network gets more than a
            // quarter, so it takes several to keep an owner out, and then a reset lets them in.
            Self::SignInsToAccountFromNetwork => (25, Duration::days(1)),
            Self::SignInsToAccount => (100, Duration::days(1)),
            Self::SignInsFromKnownDevice => (20, Duration::minutes(15)),
            Self::SecondStepsOfAccount
            | Self::SecondStepsFromKnownDevice
            | Self::PasswordsInSession => (10, Duration::minutes(15)),
            Self::PasswordResetsFromNetwork => (60, Duration::hours(1)),
            Self::PasswordResetsFromKnownDevice => (5, Duration::hours(1)),
            // Two imports of two hundred people, and as many again by hand.
            Self::InvitationsOfWorkspace => (1_000, Duration::days(1)),
            Self::InvitationsByInviter => (500, Duration::hours(1)),
            Self::UnknownWorkspaces => (1_000, Duration::minutes(10)),
        };
        Allowance { most, window }
    }

    /// Its name in the store and in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignUpsFromNetwork => "sign-ups-from-network",
            Self::TokensFromNetwork => "tokens-from-network",
            Self::MailToAddress => "mail-to-address",
            Self::MailToOwner => "mail-to-owner",
            Self::SignInsFromNetwork => "sign-ins-from-network",
            Self::SignInsToAccountFromNetwork => "sign-ins-to-account-from-network",
            Self::SignInsToAccount => "sign-ins-to-account",
            Self::SignInsFromKnownDevice => "sign-ins-from-known-device",
            Self::SecondStepsOfAccount => "second-steps-of-account",
            Self::SecondStepsFromKnownDevice => "second-steps-from-known-device",
            Self::PasswordsInSession => "passwords-in-session",
            Self::PasswordResetsFromNetwork => "password-resets-from-network",
            Self::PasswordResetsFromKnownDevice => "password-resets-from-known-device",
            Self::InvitationsOfWorkspace => "invitations-of-workspace",
            Self::InvitationsByInviter => "invitations-by-inviter",
            Self::UnknownWorkspaces => "unknown-workspaces",
        }
    }
}

impl Allowance {
    /// How much may have been used before, so that `amount` more is still allowed; `None` when so
    /// much is never allowed at once.
    #[must_use]
    pub const fn room_for(self, amount: u32) -> Option<u32> {
        self.most.checked_sub(amount)
    }

    /// The window that `now` lies in: its number since 1970, and when it ends.
    #[must_use]
    pub fn window_at(self, now: Moment) -> (i64, Moment) {
        let length = self.window.whole_seconds();
        let number = now.unix_timestamp().div_euclid(length);
        let since_1970 = Duration::seconds((number + 1) * length);
        (number, Moment::UNIX_EPOCH + since_1970)
    }
}

/// What is counted together: a limit, and whom it is for.
#[derive(Clone, PartialEq, Eq)]
pub struct Bucket {
    limit: Limit,
    whom: String,
}

impl Bucket {
    /// What one network does.
    #[must_use]
    pub fn of_network(limit: Limit, network: IpNet) -> Self {
        Self::new(limit, &network)
    }

    /// What is done to one address, with or without an account.
    #[must_use]
    pub fn of_address(limit: Limit, email: &EmailAddress) -> Self {
        Self::new(limit, &email.normalized())
    }

    /// What one network does to one address.
    #[must_use]
    pub fn of_address_from(limit: Limit, email: &EmailAddress, network: Option<IpNet>) -> Self {
        match network {
            Some(network) => Self::new(limit, &format!("{} {network}", email.normalized())),
            None => Self::of_address(limit, email),
        }
    }

    /// What one user does.
    #[must_use]
    pub fn of_user(limit: Limit, user: UserId) -> Self {
        Self::new(limit, &user)
    }

    /// What one device does to an account; `device` is the hash of its secret.
    #[must_use]
    pub fn of_device(limit: Limit, user: UserId, device: &str) -> Self {
        Self::new(limit, &format!("{user} {device}"))
    }

    /// What one workspace does.
    #[must_use]
    pub fn of_workspace(limit: Limit, workspace: WorkspaceId) -> Self {
        Self::new(limit, &workspace)
    }

    fn new(limit: Limit, whom: &dyn fmt::Display) -> Self {
        Self {
            limit,
            whom: whom.to_string(),
        }
    }

    /// What is limited.
    #[must_use]
    pub const fn limit(&self) -> Limit {
        self.limit
    }

    /// For whom. Personal: only a keyed hash of it may be kept.
    #[must_use]
    pub fn whom(&self) -> &str {
        &self.whom
    }
}

/// Shows what is limited, and not for whom.
impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bucket").field(&self.limit).finish()
    }
}

/// The network that an address is counted with: 256 addresses of IPv4, a household's or office's
/// /56 of IPv6. `None` for the machine itself, which nobody attacks from outside.
#[must_use]
pub fn counted_network(address: IpAddr) -> Option<IpNet> {
    match address.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V4(address) => Some(IpNet::V4(Ipv4Net::new_assert(address, 24).trunc())),
        IpAddr::V6(address) => Some(IpNet::V6(Ipv6Net::new_assert(address, 56).trunc())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: Moment = datetime!(2026-04-01 09:10 UTC);

    #[test]
    fn every_limit_has_a_name_of_its_own_and_lets_something_through() {
        let mut names: Vec<_> = Limit::ALL.iter().map(|limit| limit.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Limit::ALL.len());
        for limit in Limit::ALL {
            assert!(limit.allowance().room_for(1).is_some(), "{limit:?}");
        }
    }

    #[test]
    fn five_mails_an_hour_reach_an_address_and_no_more() {
        let allowance = Limit::MailToAddress.allowance();
        assert_eq!(allowance.room_for(1), Some(4));
        assert_eq!(allowance.room_for(5), Some(0));
        assert_eq!(allowance.room_for(6), None);
        let (number, ends_at) = allowance.window_at(NOW);
        assert_eq!(ends_at, datetime!(2026-04-01 10:00 UTC));
        let (next, _) = allowance.window_at(ends_at);
        assert_eq!(next, number + 1);
    }

    #[test]
    fn a_whole_import_of_two_hundred_people_fits_within_an_hour_and_a_day() {
        for limit in [Limit::InvitationsOfWorkspace, Limit::InvitationsByInviter] {
            assert!(limit.allowance().room_for(200).is_some());
        }
    }

    #[test]
    fn neighbours_are_counted_together_and_this_machine_is_not_counted() {
        let network = |text: &str| {
            let address = text.parse().expect("an address");
            counted_network(address).map(|network| network.to_string())
        };
        for (address, expected) in [
            ("203.0.113.77", Some("203.0.113.0/24")),
            ("::ffff:203.0.113.77", Some("203.0.113.0/24")),
            ("2001:db8:1:2ff:3:4:5:6", Some("2001:db8:1:200::/56")),
            ("127.0.0.1", None),
            ("::1", None),
        ] {
            assert_eq!(network(address).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn two_spellings_of_an_address_are_counted_together() {
        let of = |text| {
            let email = EmailAddress::new(text).expect("an address");
            Bucket::of_address(Limit::MailToAddress, &email)
        };
        assert_eq!(of("Aiko@example.test"), of("aiko@Example.test"));
        assert!(!format!("{:?}", of("aiko@example.test")).contains("aiko"));
    }
}

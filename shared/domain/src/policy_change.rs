//! What changes when a policy does: shown before it is saved, mailed and logged after.

use crate::{DtlsFloor, MAX_POLICY_ENTRIES, Policy, SecondStepDemand, SessionLimits};

/// One field of a policy that changes, both sides as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChange {
    /// The field, by the name that the API gives it.
    pub field: &'static str,
    /// What it was.
    pub before: String,
    /// What it is to be.
    pub after: String,
}

/// What somebody should think about before they save a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyWarning {
    /// Everybody without a second step must set one up before they get in again.
    SecondStepForEverybody,
    /// Who has no second step but mail must set up another.
    EmailTokenForbidden,
    /// Sessions live for longer than a month.
    LongSessions,
    /// People elsewhere are shut out at once, those who travel too.
    NetworksRestricted,
    /// From now on the workspace is reached from anywhere.
    NetworksOpened,
    /// Invitations to other domains that wait for an answer cannot be taken.
    DomainsRestricted,
    /// Those who are guests are shut out at once.
    GuestsShutOut,
    /// Media may be spoken with a version of DTLS that has known weaknesses.
    OldDtls,
}

/// Why a policy makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A session's limits are not within an hour (idle) or a day (absolute) and a year.
    #[error("a session's limits are out of bounds")]
    Limits(&'static str),
    /// A list is longer than [`MAX_POLICY_ENTRIES`].
    #[error("a list is too long")]
    TooMany(&'static str),
}

impl PolicyError {
    /// The field that makes no sense.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Limits(field) | Self::TooMany(field) => field,
        }
    }
}

impl PolicyWarning {
    /// The field that it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::SecondStepForEverybody => "second_step",
            Self::EmailTokenForbidden => "email_token_allowed",
            Self::LongSessions => "member_session",
            Self::NetworksRestricted | Self::NetworksOpened => "allowed_networks",
            Self::DomainsRestricted => "invitation_domains",
            Self::GuestsShutOut => "guests_allowed",
            Self::OldDtls => "dtls_floor",
        }
    }
}

impl Policy {
    /// What changes when `after` takes the place of this policy, in the order of the fields.
    #[must_use]
    pub fn changes_to(&self, after: &Self) -> Vec<PolicyChange> {
        self.fields()
            .into_iter()
            .zip(after.fields())
            .filter(|((_, before), (_, after))| before != after)
            .map(|((field, before), (_, after))| PolicyChange {
                field,
                before,
                after,
            })
            .collect()
    }

    /// What to think about before `after` takes the place of this policy.
    #[must_use]
    pub fn warnings_about(&self, after: &Self) -> Vec<PolicyWarning> {
        let everybody = |policy: &Self| policy.second_step == SecondStepDemand::Everybody;
        let longest = |policy: &Self| {
            let (members, managers) = (policy.member_session, policy.manager_session);
            members.absolute.max(managers.absolute)
        };
        let month = SessionLimits::DEFAULT.absolute;
        let old = |policy: &Self| policy.dtls_floor == DtlsFloor::Dtls12;
        [
            (
                everybody(after) && !everybody(self),
                PolicyWarning::SecondStepForEverybody,
            ),
            (
                self.email_token_allowed && !after.email_token_allowed,
                PolicyWarning::EmailTokenForbidden,
            ),
            (
                longest(after) > month && longest(after) > longest(self),
                PolicyWarning::LongSessions,
            ),
            (
                self.allowed_networks != after.allowed_networks
                    && !after.allowed_networks.is_empty(),
                PolicyWarning::NetworksRestricted,
            ),
            (
                !self.allowed_networks.is_empty() && after.allowed_networks.is_empty(),
                PolicyWarning::NetworksOpened,
            ),
            (
                self.invitation_domains != after.invitation_domains
                    && !after.invitation_domains.is_empty(),
                PolicyWarning::DomainsRestricted,
            ),
            (
                self.guests_allowed && !after.guests_allowed,
                PolicyWarning::GuestsShutOut,
            ),
            (old(after) && !old(self), PolicyWarning::OldDtls),
        ]
        .into_iter()
        .filter_map(|(applies, warning)| applies.then_some(warning))
        .collect()
    }

    /// Decides whether the policy makes sense in itself.
    ///
    /// # Errors
    /// [`PolicyError`] names the first field that does not.
    pub fn check(&self) -> Result<(), PolicyError> {
        for (field, limits) in [
            ("member_session", self.member_session),
            ("manager_session", self.manager_session),
        ] {
            let sound = limits.idle >= time::Duration::HOUR
                && limits.absolute >= time::Duration::DAY
                && limits.idle <= SessionLimits::CEILING.idle
                && limits.absolute <= SessionLimits::CEILING.absolute;
            if !sound {
                return Err(PolicyError::Limits(field));
            }
        }
        for (field, entries) in [
            ("allowed_networks", self.allowed_networks.len()),
            ("invitation_domains", self.invitation_domains.len()),
        ] {
            if entries > MAX_POLICY_ENTRIES {
                return Err(PolicyError::TooMany(field));
            }
        }
        Ok(())
    }

    /// Every field with its value as text; a list is joined by commas.
    fn fields(&self) -> [(&'static str, String); 10] {
        let joined = |texts: Vec<String>| texts.join(", ");
        let second_step = match self.second_step {
            SecondStepDemand::Managers => "managers",
            SecondStepDemand::Everybody => "everybody",
        };
        let dtls_floor = match self.dtls_floor {
            DtlsFloor::Dtls12 => "1.2",
            DtlsFloor::Dtls13 => "1.3",
        };
        let networks = self.allowed_networks.iter().map(ToString::to_string);
        let domains = self.invitation_domains.iter().map(ToString::to_string);
        [
            ("second_step", second_step.to_owned()),
            ("email_token_allowed", self.email_token_allowed.to_string()),
            (
                "member_session.idle_hours",
                self.member_session.idle.whole_hours().to_string(),
            ),
            (
                "member_session.absolute_days",
                self.member_session.absolute.whole_days().to_string(),
            ),
            (
                "manager_session.idle_hours",
                self.manager_session.idle.whole_hours().to_string(),
            ),
            (
                "manager_session.absolute_days",
                self.manager_session.absolute.whole_days().to_string(),
            ),
            ("allowed_networks", joined(networks.collect())),
            ("invitation_domains", joined(domains.collect())),
            ("guests_allowed", self.guests_allowed.to_string()),
            ("dtls_floor", dtls_floor.to_owned()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Domain;
    use time::Duration;

    fn strict() -> Policy {
        Policy {
            second_step: SecondStepDemand::Everybody,
            email_token_allowed: false,
            member_session: SessionLimits {
                idle: Duration::hours(24),
                absolute: Duration::days(90),
            },
            allowed_networks: vec![
                "203.0.113.0/24".parse().expect("a network"),
                "2001:db8::/48".parse().expect("a network"),
            ],
            invitation_domains: vec![Domain::new("example.test").expect("a domain")],
            guests_allowed: false,
            dtls_floor: DtlsFloor::Dtls12,
            ..Policy::default()
        }
    }

    #[test]
    fn nothing_changes_from_a_policy_to_itself() {
        assert_eq!(strict().changes_to(&strict()), []);
        assert_eq!(strict().warnings_about(&strict()), []);
    }

    #[test]
    fn a_change_names_each_field_that_differs_with_both_sides() {
        let after = Policy {
            guests_allowed: false,
            allowed_networks: strict().allowed_networks,
            ..Policy::default()
        };
        let changes = Policy::default().changes_to(&after);
        assert_eq!(
            changes,
            [
                PolicyChange {
                    field: "allowed_networks",
                    before: String::new(),
                    after: "203.0.113.0/24, 2001:db8::/48".to_owned(),
                },
                PolicyChange {
                    field: "guests_allowed",
                    before: "true".to_owned(),
                    after: "false".to_owned(),
                },
            ]
        );
        assert_eq!(Policy::default().changes_to(&strict()).len(), 8);
    }

    #[test]
    fn whatever_shuts_people_out_or_weakens_is_warned_of_once() {
        assert_eq!(
            Policy::default().warnings_about(&strict()),
            [
                PolicyWarning::SecondStepForEverybody,
                PolicyWarning::EmailTokenForbidden,
                PolicyWarning::LongSessions,
                PolicyWarning::NetworksRestricted,
                PolicyWarning::DomainsRestricted,
                PolicyWarning::GuestsShutOut,
                PolicyWarning::OldDtls,
            ]
        );
        assert_eq!(
            strict().warnings_about(&Policy::default()),
            [PolicyWarning::NetworksOpened]
        );
    }

    #[test]
    fn no_policy_passes_a_year_or_locks_everybody_out_within_the_hour() {
        let limits = |idle, absolute| Policy {
            member_session: SessionLimits { idle, absolute },
            ..Policy::default()
        };
        assert_eq!(
            limits(Duration::hours(1), Duration::days(365)).check(),
            Ok(())
        );
        for (idle, absolute) in [
            (Duration::ZERO, Duration::days(1)),
            (Duration::hours(1), Duration::days(366)),
            (Duration::days(366), Duration::days(1)),
            (Duration::hours(1), Duration::hours(23)),
        ] {
            assert_eq!(
                limits(idle, absolute).check(),
                Err(PolicyError::Limits("member_session"))
            );
        }
        let many = Policy {
            allowed_networks: vec!["10.0.0.0/8".parse().expect("a network"); 101],
            ..Policy::default()
        };
        assert_eq!(many.check(), Err(PolicyError::TooMany("allowed_networks")));
    }
}

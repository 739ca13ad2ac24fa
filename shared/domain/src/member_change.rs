//! What may be done to a member, and what becomes of them.
//!
//! Three rules together keep a workspace from being lost or taken:
//!
//! - nobody touches somebody above themselves, gives a role above their own, or changes their own;
//! - there is one owner, always active, and only a transfer of ownership makes another;
//! - the responsible manager stays what they are until another is named.

use crate::{MemberState, Role, UserId};

/// What is to be done to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberChange {
    /// Gives another role.
    Role(Role),
    /// Shuts out, keeping everything.
    Deactivation,
    /// Lets in again.
    Reactivation,
    /// Takes out of the workspace.
    Removal,
}

/// What counts of a member when somebody wants to change them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberStanding {
    /// Who.
    pub user: UserId,
    /// What they may do.
    pub role: Role,
    /// Whether they may come in.
    pub state: MemberState,
    /// Whether they are the responsible manager.
    pub responsible: bool,
}

/// What becomes of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberOutcome {
    /// They are so already.
    Unchanged,
    /// They stay a member, like this.
    Stays {
        /// What they may do from now on.
        role: Role,
        /// Whether they may come in.
        state: MemberState,
    },
    /// They are a member no more.
    Leaves,
}

/// Why a member cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeRefused {
    /// The member or the new role is above whoever asks, or it is their own role.
    #[error("nobody changes a role above their own, or their own")]
    BeyondRole,
    /// Nobody would be left to answer for the workspace.
    #[error("the workspace would be left without an owner")]
    LastManager,
    /// They are the responsible manager: another must be named first.
    #[error("the responsible manager stays until another is named")]
    Responsible,
}

impl MemberStanding {
    /// Whether they count as one of those who run the workspace now.
    #[must_use]
    pub fn runs_the_workspace(&self) -> bool {
        self.role.runs_the_workspace() && self.state == MemberState::Active
    }

    /// Decides what becomes of this member when `by`, who acts with `acting_as`, wants `change`.
    ///
    /// # Errors
    /// [`ChangeRefused`] says why nothing does.
    pub fn decide(
        &self,
        by: UserId,
        acting_as: Role,
        change: MemberChange,
    ) -> Result<MemberOutcome, ChangeRefused> {
        let oneself = by == self.user;
        if !acting_as.runs_the_workspace() || self.role > acting_as {
            return Err(ChangeRefused::BeyondRole);
        }
        if self.role == Role::Owner {
            // Only the owner comes here, and only about themselves.
            return match change {
                MemberChange::Role(Role::Owner) | MemberChange::Reactivation => {
                    Ok(MemberOutcome::Unchanged)
                }
                _ => Err(ChangeRefused::LastManager),
            };
        }
        let outcome = match change {
            MemberChange::Role(role) if role == self.role => MemberOutcome::Unchanged,
            MemberChange::Role(role) if oneself || !acting_as.may_grant(role) => {
                return Err(ChangeRefused::BeyondRole);
            }
            MemberChange::Role(role) => MemberOutcome::Stays {
                role,
                state: self.state,
            },
            MemberChange::Deactivation if oneself => return Err(ChangeRefused::BeyondRole),
            MemberChange::Deactivation => self.in_state(MemberState::Deactivated),
            MemberChange::Reactivation => self.in_state(MemberState::Active),
            MemberChange::Removal => MemberOutcome::Leaves,
        };
        if self.responsible && !outcome.keeps_running(self) {
            return Err(ChangeRefused::Responsible);
        }
        Ok(outcome)
    }

    fn in_state(&self, state: MemberState) -> MemberOutcome {
        if state == self.state {
            MemberOutcome::Unchanged
        } else {
            MemberOutcome::Stays {
                role: self.role,
                state,
            }
        }
    }
}

impl MemberOutcome {
    /// Whether somebody of whom this becomes is one of those who run the workspace.
    #[must_use]
    pub fn keeps_running(&self, before: &MemberStanding) -> bool {
        match self {
            Self::Unchanged => before.runs_the_workspace(),
            Self::Stays { role, state } => {
                role.runs_the_workspace() && *state == MemberState::Active
            }
            Self::Leaves => false,
        }
    }

    /// Whether it takes rights away, so that rooms which they are in must be told.
    #[must_use]
    pub fn takes_away(&self, before: &MemberStanding) -> bool {
        match self {
            Self::Unchanged => false,
            Self::Stays { role, state } => {
                *role < before.role
                    || (*state == MemberState::Deactivated && before.state == MemberState::Active)
            }
            Self::Leaves => true,
        }
    }
}

/// Decides whether ownership may pass to `heir`.
///
/// # Errors
/// [`ChangeRefused::BeyondRole`] when `by` is not the owner, [`ChangeRefused::LastManager`] when the
/// heir is deactivated: the workspace would have an owner who cannot come in.
pub fn decide_transfer(
    acting_as: Role,
    heir: &MemberStanding,
) -> Result<MemberOutcome, ChangeRefused> {
    if acting_as != Role::Owner {
        Err(ChangeRefused::BeyondRole)
    } else if heir.state != MemberState::Active {
        Err(ChangeRefused::LastManager)
    } else if heir.role == Role::Owner {
        Ok(MemberOutcome::Unchanged)
    } else {
        Ok(MemberOutcome::Stays {
            role: Role::Owner,
            state: MemberState::Active,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A workspace as the store keeps it, with nothing but the rules to guard it.
    #[derive(Clone, Debug)]
    struct Naive {
        members: Vec<MemberStanding>,
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Change(usize, usize, MemberChange),
        Transfer(usize, usize),
        Name(usize, usize),
    }

    fn user(n: usize) -> UserId {
        UserId::from_random([u8::try_from(n).expect("a small number"); 16])
    }

    fn standing(n: usize, role: Role) -> MemberStanding {
        MemberStanding {
            user: user(n),
            role,
            state: MemberState::Active,
            responsible: false,
        }
    }

    impl Naive {
        fn start() -> Self {
            let roles = [
                Role::Owner,
                Role::Manager,
                Role::Manager,
                Role::Member,
                Role::Guest,
            ];
            let mut members: Vec<_> = (0..)
                .zip(roles)
                .map(|(n, role)| standing(n, role))
                .collect();
            members[0].responsible = true;
            Self { members }
        }

        fn at(&self, n: usize) -> Option<usize> {
            self.members
                .iter()
                .position(|member| member.user == user(n))
        }

        fn run(&mut self, step: Step) {
            let (Step::Change(by, on, _) | Step::Transfer(by, on) | Step::Name(by, on)) = step;
            let (Some(by), Some(on)) = (self.at(by), self.at(on)) else {
                return;
            };
            let actor = self.members[by];
            if actor.state != MemberState::Active {
                return;
            }
            let before = self.members[on];
            match step {
                Step::Change(_, _, change) => match before.decide(actor.user, actor.role, change) {
                    Ok(MemberOutcome::Stays { role, state }) => {
                        assert!(
                            role == before.role || (role <= actor.role && by != on),
                            "{actor:?} made {before:?} a {role:?}"
                        );
                        self.members[on] = MemberStanding {
                            role,
                            state,
                            ..before
                        };
                    }
                    Ok(MemberOutcome::Leaves) => {
                        assert!(before.role <= actor.role);
                        self.members.remove(on);
                    }
                    Ok(MemberOutcome::Unchanged) | Err(_) => {}
                },
                Step::Transfer(..) => {
                    if let Ok(MemberOutcome::Stays { role, .. }) =
                        decide_transfer(actor.role, &before)
                    {
                        self.members[by].role = Role::Manager;
                        self.members[on].role = role;
                    }
                }
                Step::Name(..) => {
                    if actor.runs_the_workspace() && before.runs_the_workspace() {
                        for member in &mut self.members {
                            member.responsible = member.user == before.user;
                        }
                    }
                }
            }
        }
    }

    fn step() -> impl Strategy<Value = Step> {
        let change = prop_oneof![
            prop::sample::select(&Role::ALL[..]).prop_map(MemberChange::Role),
            Just(MemberChange::Deactivation),
            Just(MemberChange::Reactivation),
            Just(MemberChange::Removal),
        ];
        prop_oneof![
            4 => (0_usize..5, 0_usize..5, change).prop_map(|(a, b, c)| Step::Change(a, b, c)),
            1 => (0_usize..5, 0_usize..5).prop_map(|(a, b)| Step::Transfer(a, b)),
            1 => (0_usize..5, 0_usize..5).prop_map(|(a, b)| Step::Name(a, b)),
        ]
    }

    proptest! {
        #[test]
        fn nothing_that_people_do_loses_the_owner_or_the_responsible_manager(
            steps in prop::collection::vec(step(), 0..60)
        ) {
            let mut workspace = Naive::start();
            for step in steps {
                workspace.run(step);
                let owners: Vec<_> =
                    workspace.members.iter().filter(|m| m.role == Role::Owner).collect();
                prop_assert_eq!(owners.len(), 1);
                prop_assert_eq!(owners[0].state, MemberState::Active);
                let responsible: Vec<_> =
                    workspace.members.iter().filter(|m| m.responsible).collect();
                prop_assert_eq!(responsible.len(), 1);
                prop_assert!(responsible[0].runs_the_workspace());
            }
        }

        #[test]
        fn those_below_managers_change_nothing(
            steps in prop::collection::vec((3_usize..5, step()), 0..40)
        ) {
            let mut workspace = Naive::start();
            for (by, step) in steps {
                let step = match step {
                    Step::Change(_, on, change) => Step::Change(by, on, change),
                    Step::Transfer(_, on) => Step::Transfer(by, on),
                    Step::Name(_, on) => Step::Name(by, on),
                };
                workspace.run(step);
            }
            prop_assert_eq!(workspace.members, Naive::start().members);
        }
    }

    #[test]
    fn the_owner_goes_by_transfer_only() {
        let owner = standing(1, Role::Owner);
        for change in [
            MemberChange::Role(Role::Manager),
            MemberChange::Deactivation,
            MemberChange::Removal,
        ] {
            assert_eq!(
                owner.decide(owner.user, Role::Owner, change),
                Err(ChangeRefused::LastManager)
            );
            assert_eq!(
                owner.decide(user(2), Role::Manager, change),
                Err(ChangeRefused::BeyondRole)
            );
        }
        let heir = standing(2, Role::Guest);
        assert!(decide_transfer(Role::Owner, &heir).is_ok());
        assert_eq!(
            decide_transfer(Role::Manager, &heir),
            Err(ChangeRefused::BeyondRole)
        );
    }

    #[test]
    fn the_responsible_manager_stays_until_another_is_named() {
        let named = MemberStanding {
            responsible: true,
            ..standing(1, Role::Manager)
        };
        for change in [
            MemberChange::Role(Role::Member),
            MemberChange::Deactivation,
            MemberChange::Removal,
        ] {
            assert_eq!(
                named.decide(user(2), Role::Owner, change),
                Err(ChangeRefused::Responsible)
            );
        }
        assert_eq!(
            standing(1, Role::Manager).decide(user(2), Role::Owner, MemberChange::Removal),
            Ok(MemberOutcome::Leaves)
        );
    }

    #[test]
    fn a_manager_may_leave_but_not_change_their_own_role() {
        let manager = standing(1, Role::Manager);
        let on_oneself = |change| manager.decide(manager.user, Role::Manager, change);
        assert_eq!(on_oneself(MemberChange::Removal), Ok(MemberOutcome::Leaves));
        for change in [
            MemberChange::Role(Role::Member),
            MemberChange::Role(Role::Owner),
            MemberChange::Deactivation,
        ] {
            assert_eq!(on_oneself(change), Err(ChangeRefused::BeyondRole));
        }
    }
}

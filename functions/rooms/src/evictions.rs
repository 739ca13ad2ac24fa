//! Says who has to leave a room: deactivated, removed or deleted people, and whoever had a role
//! taken and has to come in anew.

use std::collections::HashMap;

use koeba_domain::{MemberState, Moment, Occupant, UserId, WorkspaceId};
use koeba_edge::{Context, Problem};
use koeba_storage::Eviction;

use crate::routes::media::RemovedParticipant;

/// Looks at who was reported, one workspace after the other.
pub(crate) struct Doorman<'a> {
    context: &'a Context,
    now: Moment,
    evictions: HashMap<WorkspaceId, Vec<Eviction>>,
    /// Who has to leave.
    pub(crate) removed: Vec<RemovedParticipant>,
}

impl<'a> Doorman<'a> {
    pub(crate) fn new(context: &'a Context, now: Moment) -> Self {
        Self {
            context,
            now,
            evictions: HashMap::new(),
            removed: Vec::new(),
        }
    }

    /// Looks at the people of one room.
    pub(crate) async fn look(
        &mut self,
        workspace: WorkspaceId,
        occupants: &[Occupant],
    ) -> Result<(), Problem> {
        if occupants.is_empty() {
            return Ok(());
        }
        if !self.evictions.contains_key(&workspace) {
            let directory = self.context.table.directory();
            let evictions = directory.evictions(workspace, self.now).await?;
            self.evictions.insert(workspace, evictions);
        }
        for occupant in occupants {
            if self.has_to_leave(workspace, occupant).await? {
                self.removed.push(RemovedParticipant {
                    workspace_id: workspace.to_string(),
                    room_id: occupant.room.to_string(),
                    identity: occupant.identity.clone(),
                });
            }
        }
        Ok(())
    }

    /// Whether an eviction is about somebody. Who came after it is looked up: with a new right they
    /// may stay, with a token from before they may not.
    async fn has_to_leave(
        &self,
        workspace: WorkspaceId,
        occupant: &Occupant,
    ) -> Result<bool, Problem> {
        let user = occupant.identity.parse::<UserId>().ok();
        let evictions = self.evictions.get(&workspace).into_iter().flatten();
        let mut about =
            evictions.filter(|eviction| eviction.user.is_none() || eviction.user == user);
        let Some(eviction) = about.next() else {
            return Ok(false);
        };
        let Some(user) = eviction.user.filter(|_| occupant.since > eviction.at) else {
            return Ok(true);
        };
        let directory = self.context.table.directory();
        let standing = directory.standing(user, workspace).await?;
        Ok(standing.is_none_or(|standing| standing.membership.state != MemberState::Active))
    }
}

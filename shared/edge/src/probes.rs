//! Who has asked too often for workspaces that are not theirs.
//!
//! Looking into a workspace takes credentials for it, which STS issues one workspace at a time, so
//! somebody who asks for one invented workspace after the other makes us ask STS for each. Every
//! miss is counted; once a user's misses are used up, this process remembers it until the window
//! ends and asks their own list of workspaces first, which needs no such credentials.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use koeba_domain::{Bucket, Limit, Moment, UserId, WorkspaceId};
use koeba_storage::Counted;

use crate::{Context, Problem};

/// How many users are remembered at a time; attackers have few accounts.
const KEPT: usize = 1_000;

/// The users whose misses are used up, and until when. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Probes(Arc<Mutex<HashMap<UserId, Moment>>>);

impl Probes {
    fn until(&self, user: UserId, now: Moment) -> Option<Moment> {
        self.kept().get(&user).copied().filter(|until| now < *until)
    }

    fn remember(&self, user: UserId, until: Moment, now: Moment) {
        let mut kept = self.kept();
        if kept.len() >= KEPT {
            kept.retain(|_, until| now < *until);
        }
        if kept.len() < KEPT {
            kept.insert(user, until);
        }
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<UserId, Moment>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses somebody whose misses are used up, unless the workspace is one of theirs.
pub(crate) async fn refuse_probing(
    context: &Context,
    user: UserId,
    workspace: WorkspaceId,
) -> Result<(), Problem> {
    let now = context.clock.now();
    let Some(until) = context.probes.until(user, now) else {
        return Ok(());
    };
    let theirs = context.table.directory().workspaces_of(user).await?;
    if theirs.iter().any(|one| one.workspace.id == workspace) {
        return Ok(());
    }
    Err(Problem::too_many_until(until, now))
}

/// Counts a workspace that somebody does not belong to.
pub(crate) async fn count_miss(context: &Context, user: UserId) -> Result<(), Problem> {
    let now = context.clock.now();
    let bucket = Bucket::of_user(Limit::UnknownWorkspaces, user);
    match context.table.directory().count(&bucket, 1, now).await? {
        Counted::Allowed => Ok(()),
        Counted::UsedUp { until } => {
            context.probes.remember(user, until, now);
            Err(Problem::too_many_until(until, now))
        }
    }
}

//! Who has to leave the rooms: their right to be there has ended while they may be in one.
//!
//! Nobody tells a media node; nodes ask with every report, see `/api/media/reports`.

use koeba_domain::{Moment, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::access::{Access, Stored, millis};
use crate::keys::{Key, Listing};
use crate::transaction::Transaction;
use crate::{Directory, Result};

/// How long it is known: longer than any token to join with, and the ten minutes for which a node
/// renews one.
const KNOWN_FOR: Duration = Duration::minutes(15);

/// That somebody, or everybody, has to leave the rooms of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Eviction {
    /// Who; everybody when it is nobody in particular.
    pub user: Option<UserId>,
    /// When their right ended.
    pub at: Moment,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EvictionItem {
    #[serde(flatten)]
    key: Key,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    #[serde(with = "millis")]
    evicted_at: Moment,
    /// Time to live, in seconds.
    expires_at: i64,
}

impl Stored for EvictionItem {
    const KIND: &'static str = "eviction";
}

/// The same change, after which `user` has to leave the rooms of the workspace. An earlier eviction
/// of theirs is as good as forgotten.
pub(crate) fn evict(
    change: Transaction,
    access: &Access,
    workspace: WorkspaceId,
    user: UserId,
    at: Moment,
) -> Result<Transaction> {
    change.replace(access, &EvictionItem::new(workspace, Some(user), at))
}

/// The same change, after which everybody has to leave the rooms of the workspace.
pub(crate) fn evict_everybody(
    change: Transaction,
    access: &Access,
    workspace: WorkspaceId,
    at: Moment,
) -> Result<Transaction> {
    change.replace(access, &EvictionItem::new(workspace, None, at))
}

impl EvictionItem {
    fn new(workspace: WorkspaceId, user: Option<UserId>, at: Moment) -> Self {
        Self {
            key: Key::eviction(workspace, user),
            user,
            evicted_at: at,
            expires_at: (at + KNOWN_FOR).unix_timestamp(),
        }
    }

    pub(crate) fn into_eviction(self) -> Eviction {
        Eviction {
            user: self.user,
            at: self.evicted_at,
        }
    }
}

impl Directory {
    /// Who had to leave the rooms of a workspace lately.
    ///
    /// # Errors
    /// [`crate::StorageError`] when the store does not answer.
    pub async fn evictions(&self, workspace: WorkspaceId, now: Moment) -> Result<Vec<Eviction>> {
        let access = self.tenant(workspace).await?;
        let items: Vec<EvictionItem> = access.all(workspace, Listing::Evictions).await?;
        let evictions = items.into_iter().map(EvictionItem::into_eviction);
        Ok(evictions
            .filter(|eviction| now < eviction.at + KNOWN_FOR)
            .collect())
    }
}

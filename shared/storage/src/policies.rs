//! A workspace's security policy.

use koeba_domain::{Policy, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::access::{Access, Stored};
use crate::keys::Key;

/// A policy as the table has it: the policy itself as JSON, since it is read and written whole.
#[derive(Serialize, Deserialize)]
struct PolicyItem {
    #[serde(flatten)]
    key: Key,
    policy: Policy,
    /// Counts the changes.
    version: u32,
}

impl Stored for PolicyItem {
    const KIND: &'static str = "policy";
}

/// A policy, and which of the workspace's policies it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredPolicy {
    /// The policy.
    pub policy: Policy,
    /// How often it was changed.
    pub version: u32,
}

/// The policy of a workspace; the default one until somebody decides otherwise.
pub(crate) async fn read(access: &Access, workspace: WorkspaceId) -> Result<StoredPolicy> {
    let found: Option<PolicyItem> = access.get(&Key::policy(workspace)).await?;
    Ok(
        found.map_or_else(StoredPolicy::default, |item| StoredPolicy {
            policy: item.policy,
            version: item.version,
        }),
    )
}

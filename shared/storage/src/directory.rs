//! What must be possible before somebody has a right to a workspace.

use koeba_domain::{Trace, WorkspaceId};

use crate::access::Access;
use crate::{Result, Table};

/// Accounts, and the few items of a workspace that a user or a token names.
///
/// The whole list, which grows only with a reason:
///
/// | methods | credentials | why before a scope |
/// |---|---|---|
/// | `user`, `has_account`, `credentials` | own | accounts belong to no workspace |
/// | `rehash_password` | own | the same |
/// | `session`, `sessions_of`, `create_session`, `renew_session`, `touch_session`, `delete_session`, `delete_sessions` | own | the same |
/// | `create_account`, `create_sign_up`, `spend_sign_up_try`, `complete_sign_up` | own | the same |
/// | `count`, `uncount` | own | whom a limit is for may have no account |
/// | `begin_deletion`, `put_deletion`, `deletion`, `deletions` | own | the ledger outlives users and workspaces |
/// | `note_finding`, `findings` | own | they are about the account, and of no workspace |
/// | `invited_to` | own | whoever has the address may belong to none of the workspaces |
/// | `owe` | own | a mail that outlives its workspace |
/// | `carry_out` | own, and that of each workspace that is left or deleted | nobody is a member any more when it is continued |
/// | `knows_device`, `remember_device` | own | a device belongs to an account |
/// | `change_profile`, `create_email_change`, `spend_email_change_try`, `complete_email_change` | own | the same |
/// | `repeat_account` | own, then each workspace's | a copy of what the account says; gives no rights |
/// | `workspaces_of` | own, index by user only | a person's own list |
/// | `standing` | that workspace's | it is what a scope is made from |
/// | `create_workspace` | that workspace's | its first member does not exist yet |
/// | `invitation`, `accept_invitation`, `invitation_link`, `accept_link` | that workspace's | the token in the link is the right |
/// | `note_refused_sign_in` | own | who is refused has not signed in |
/// | `note_refusal` | that workspace's | who is refused has no right there |
/// | `connection`, `close_connection_called`, `forget_connection` | own, then that of the workspace that it leads to | the gateway names a connection and nothing else |
/// | `connections`, `close_connection`, `close_connections`, `close_connections_of_session` | that workspace's | whoever tells of changes is no member |
/// | `note_media_node`, `media_nodes` | own | a node serves every workspace |
/// | `lease`, `leases`, `put_lease`, `last_occupants` | that workspace's | a media node is no member |
/// | `record_roster`, `evictions` | that workspace's | a media node is no member |
#[derive(Clone, Debug)]
pub struct Directory {
    pub(crate) table: Table,
    trace: Option<Trace>,
}

impl Directory {
    pub(crate) const fn new(table: Table) -> Self {
        Self { table, trace: None }
    }

    /// The same, for a request that is written on whatever it changes.
    #[must_use]
    pub fn traced(self, trace: Trace) -> Self {
        Self {
            trace: Some(trace),
            ..self
        }
    }

    /// The function's own credentials, in this request.
    pub(crate) fn own(&self) -> Access {
        self.table.own().clone().traced(self.trace)
    }

    /// The credentials of one workspace, in this request.
    pub(crate) async fn tenant(&self, workspace: WorkspaceId) -> Result<Access> {
        Ok(self.table.tenant(workspace).await?.traced(self.trace))
    }
}

//! The table: where it is, and the two doors into it.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_dynamodb::Client;
use koeba_domain::{WorkspaceId, WorkspaceScope};

use crate::access::Access;
use crate::cursor::CursorSeal;
use crate::limits::LimitHash;
use crate::subject_keys::SubjectKeys;
use crate::tenants::Tenants;
use crate::{AuditLog, Directory, Outbox, Result, WorkspaceTable};

/// Which table, and what opens it.
#[derive(Clone)]
pub struct TableSettings {
    /// The table's name. Beside it, under the same name with `-keys` behind it, stands the table
    /// of the keys under which names and addresses are sealed.
    pub name: String,
    /// The role whose sessions, tagged with a workspace, reach that workspace's data.
    pub tenant_role_arn: String,
    /// The key that seals cursors, and from which that of the limits' hashes follows.
    pub cursor_key: [u8; 32],
}

/// Shows no key.
impl std::fmt::Debug for TableSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableSettings")
            .field("name", &self.name)
            .field("tenant_role_arn", &self.tenant_role_arn)
            .finish_non_exhaustive()
    }
}

/// The one table. Cloning is cheap and shares connections and credentials.
#[derive(Clone)]
pub struct Table {
    inner: Arc<Inner>,
}

struct Inner {
    own: Access,
    keys: SubjectKeys,
    tenants: Tenants,
    seal: CursorSeal,
    limit_hash: LimitHash,
}

impl Table {
    /// The table that `settings` names, reached as `sdk` says. Connects to nothing yet.
    #[must_use]
    pub fn new(sdk: &SdkConfig, settings: TableSettings) -> Self {
        // How often to try is this crate's to know: what it sends is safe to send again.
        let sdk = sdk
            .to_builder()
            .retry_config(RetryConfig::standard())
            .build();
        let sdk = &sdk;
        let own = Access {
            client: Client::new(sdk),
            table: settings.name,
            trace: None,
        };
        Self {
            inner: Arc::new(Inner {
                keys: SubjectKeys::beside(&own),
                own,
                tenants: Tenants::new(sdk, settings.tenant_role_arn),
                seal: CursorSeal::new(&settings.cursor_key),
                limit_hash: LimitHash::new(&settings.cursor_key),
            }),
        }
    }

    /// The data of the workspace that `scope` proves the right to.
    #[must_use]
    pub fn workspace(&self, scope: &WorkspaceScope) -> WorkspaceTable {
        WorkspaceTable::new(self.clone(), scope)
    }

    /// Look-ups and changes made before a right to a workspace is known.
    #[must_use]
    pub fn directory(&self) -> Directory {
        Directory::new(self.clone())
    }

    /// The mails that are to be delivered.
    #[must_use]
    pub fn outbox(&self) -> Outbox {
        Outbox::new(self.clone())
    }

    /// The audit logs, for whoever writes them.
    #[must_use]
    pub fn audit_log(&self) -> AuditLog {
        AuditLog::new(self.clone())
    }

    /// The function's own credentials: accounts, and the index by user.
    pub(crate) fn own(&self) -> &Access {
        &self.inner.own
    }

    /// The keys of people.
    pub(crate) fn keys(&self) -> &SubjectKeys {
        &self.inner.keys
    }

    /// Credentials that reach one workspace.
    pub(crate) async fn tenant(&self, workspace: WorkspaceId) -> Result<Access> {
        Ok(Access {
            client: self.inner.tenants.client(workspace).await?,
            table: self.inner.own.table.clone(),
            trace: None,
        })
    }

    pub(crate) fn limit_hash(&self) -> &LimitHash {
        &self.inner.limit_hash
    }

    pub(crate) fn seal(&self) -> &CursorSeal {
        &self.inner.seal
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table")
            .field("name", &self.inner.own.table)
            .finish_non_exhaustive()
    }
}

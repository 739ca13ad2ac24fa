//! Credentials for one workspace at a time, from STS.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_sts::types::Tag;
use koeba_domain::WorkspaceId;

use crate::{Result, StorageError};

/// How many workspaces' credentials are kept at a time.
const KEPT: usize = 256;
/// How long before their end credentials are renewed.
const RENEW_BEFORE: Duration = Duration::from_secs(300);
/// How long a session lasts: role chaining allows an hour at most.
const SESSION_SECONDS: i32 = 3_600;

/// Clients whose credentials reach one workspace each.
pub(crate) struct Tenants {
    sts: aws_sdk_sts::Client,
    role_arn: String,
    base: aws_sdk_dynamodb::Config,
    kept: Mutex<Kept>,
}

/// A place for one workspace's client. Whoever needs it while it is being filled waits for that.
type Place = Arc<tokio::sync::Mutex<Option<Tenant>>>;

#[derive(Default)]
struct Kept {
    places: HashMap<WorkspaceId, (Place, u64)>,
    uses: u64,
}

struct Tenant {
    client: Client,
    renew_at: SystemTime,
}

impl Tenants {
    pub(crate) fn new(sdk: &SdkConfig, role_arn: String) -> Self {
        Self {
            sts: aws_sdk_sts::Client::new(sdk),
            role_arn,
            base: aws_sdk_dynamodb::Config::from(sdk),
            kept: Mutex::default(),
        }
    }

    /// A client that reaches `workspace` and nothing else.
    pub(crate) async fn client(&self, workspace: WorkspaceId) -> Result<Client> {
        let place = self.place(workspace);
        let mut tenant = place.lock().await;
        if let Some(known) = tenant
            .as_ref()
            .filter(|known| SystemTime::now() < known.renew_at)
        {
            return Ok(known.client.clone());
        }
        let fresh = self.assume(workspace).await?;
        let client = fresh.client.clone();
        *tenant = Some(fresh);
        Ok(client)
    }

    fn place(&self, workspace: WorkspaceId) -> Place {
        // A panic while the lock was held cannot have left the map half-changed.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let used = kept.uses;
        if kept.places.len() >= KEPT && !kept.places.contains_key(&workspace) {
            let oldest = kept
                .places
                .iter()
                .min_by_key(|(_, (_, used))| *used)
                .map(|(id, _)| *id);
            if let Some(oldest) = oldest {
                kept.places.remove(&oldest);
            }
        }
        let (place, last_used) = kept.places.entry(workspace).or_default();
        *last_used = used;
        Arc::clone(place)
    }

    async fn assume(&self, workspace: WorkspaceId) -> Result<Tenant> {
        let tag = Tag::builder()
            .key("workspace")
            .value(workspace.to_string())
            .build()
            .map_err(|_| unusable())?;
        let assumed = self
            .sts
            .assume_role()
            .role_arn(&self.role_arn)
            .role_session_name(workspace.to_string())
            .duration_seconds(SESSION_SECONDS)
            .tags(tag)
            .send()
            .await?;
        let issued = assumed.credentials.ok_or_else(unusable)?;
        let expires_at = SystemTime::try_from(issued.expiration).map_err(|_| unusable())?;
        let credentials = Credentials::new(
            issued.access_key_id,
            issued.secret_access_key,
            Some(issued.session_token),
            Some(expires_at),
            "koeba-tenant",
        );
        // One client per workspace, not one client with other credentials per call: the SDK's
        // identity cache would keep an entry for each call.
        let config = self
            .base
            .to_builder()
            .credentials_provider(credentials)
            .build();
        Ok(Tenant {
            client: Client::from_conf(config),
            renew_at: expires_at
                .checked_sub(RENEW_BEFORE)
                .unwrap_or(SystemTime::UNIX_EPOCH),
        })
    }
}

fn unusable() -> StorageError {
    StorageError::Unavailable("STS issued no usable credentials".to_owned())
}

impl std::fmt::Debug for Tenants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tenants")
            .field("role_arn", &self.role_arn)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use koeba_domain::{RoomId, UserId, WorkspaceId};
    use koeba_emulator::{Emulator, EmulatorConfig, Role, Storage, TENANT_ROLE_ARN};

    use super::*;
    use crate::access::{Access, Item, Stored};
    use crate::keys::{Key, Listing};
    use crate::transaction::Transaction;
    use crate::{Table, TableSettings};

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Anything {
        #[serde(flatten)]
        key: Key,
    }

    impl Stored for Anything {
        const KIND: &'static str = "anything";
    }

    /// Check sheet: WA-01-05.
    #[tokio::test]
    async fn the_credentials_of_one_workspace_reach_no_other_and_no_account() {
        let (_emulator, table) = start().await;
        let tenant = table.tenant(workspace(1)).await.expect("credentials");
        let user = UserId::from_random([1; 16]);
        for key in [
            Key::workspace(workspace(2)),
            Key::member(workspace(2), user),
            Key::room(workspace(2), RoomId::from_random([1; 16])),
            Key::user(user),
            Key::session(user, "hash"),
        ] {
            refused(tenant.get::<Anything>(&key).await);
            refused(put(&tenant, key).await);
        }
        refused(tenant.all::<Anything>(workspace(2), Listing::Rooms).await);
        assert!(
            tenant
                .get::<Anything>(&Key::workspace(workspace(1)))
                .await
                .is_ok()
        );
        assert_eq!(put(&tenant, Key::workspace(workspace(1))).await, Ok(()));
    }

    #[tokio::test]
    async fn one_foreign_item_refuses_a_whole_transaction() {
        let (_emulator, table) = start().await;
        let tenant = table.tenant(workspace(1)).await.expect("credentials");
        let item = |of| Anything {
            key: Key::workspace(workspace(of)),
        };
        let change = Transaction::default()
            .create(&tenant, &item(1), StorageError::AlreadyExists)
            .and_then(|change| change.create(&tenant, &item(2), StorageError::AlreadyExists))
            .expect("a change");
        refused(change.commit(&tenant).await);
        let found = tenant.get::<Anything>(&Key::workspace(workspace(1))).await;
        assert!(found.expect("answers").is_none());
    }

    /// Check sheet: WA-01-05.
    #[tokio::test]
    async fn a_function_s_own_credentials_reach_no_workspace() {
        let (_emulator, table) = start().await;
        let user = UserId::from_random([1; 16]);
        refused(
            table
                .own()
                .get::<Anything>(&Key::member(workspace(1), user))
                .await,
        );
        refused(put(table.own(), Key::workspace(workspace(1))).await);
        assert!(table.own().get::<Anything>(&Key::user(user)).await.is_ok());
    }

    #[tokio::test]
    async fn more_workspaces_than_are_kept_are_served_all_the_same() {
        let (_emulator, table) = start().await;
        for n in 0..=u16::try_from(KEPT).expect("a small number") {
            let mut bytes = [0; 16];
            bytes[..2].copy_from_slice(&n.to_be_bytes());
            let workspace = WorkspaceId::from_random(bytes);
            let tenant = table.tenant(workspace).await.expect("credentials");
            assert!(
                tenant
                    .get::<Anything>(&Key::workspace(workspace))
                    .await
                    .is_ok()
            );
        }
    }

    fn workspace(byte: u8) -> WorkspaceId {
        WorkspaceId::from_random([byte; 16])
    }

    fn refused<T>(outcome: Result<T>) {
        let error = outcome.err().expect("refused");
        assert!(matches!(error, StorageError::Denied(_)), "{error:?}");
    }

    async fn put(access: &Access, key: Key) -> Result<()> {
        let item: Item = Anything { key }.to_item()?;
        let put = access
            .client
            .put_item()
            .table_name(&access.table)
            .set_item(Some(item));
        put.send().await?;
        Ok(())
    }

    async fn start() -> (Emulator, Table) {
        let config = EmulatorConfig::new(Storage::Memory).expect("the policies are understood");
        let emulator = Emulator::start(config).await.expect("the emulator starts");
        emulator.create_table("koeba").expect("the table is made");
        let settings = TableSettings {
            name: "koeba".to_owned(),
            tenant_role_arn: TENANT_ROLE_ARN.to_owned(),
            cursor_key: [7; 32],
        };
        let table = Table::new(&emulator.sdk_config(Role::Rooms), settings);
        (emulator, table)
    }
}

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

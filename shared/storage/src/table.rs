//! The table itself: where it is, and what it looks like.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
    TimeToLiveSpecification,
};
use koeba_domain::{WorkspaceId, WorkspaceScope};

use crate::access::Access;
use crate::cursor::CursorSeal;
use crate::keys::{BY_USER, PK, SK, TTL, USER_PK, USER_SK};
use crate::tenants::Tenants;
use crate::{Directory, Outbox, Result, StorageError, WorkspaceTable};

/// Which table, and what opens it.
#[derive(Clone)]
pub struct TableSettings {
    /// The table's name.
    pub name: String,
    /// The role whose sessions, tagged with a workspace, reach that workspace's data.
    pub tenant_role_arn: String,
    /// The key that seals cursors.
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
    tenants: Tenants,
    seal: CursorSeal,
}

impl Table {
    /// The table that `settings` names, reached as `sdk` says. Connects to nothing yet.
    #[must_use]
    pub fn new(sdk: &SdkConfig, settings: TableSettings) -> Self {
        Self {
            inner: Arc::new(Inner {
                own: Access {
                    client: Client::new(sdk),
                    table: settings.name,
                },
                tenants: Tenants::new(sdk, settings.tenant_role_arn),
                seal: CursorSeal::new(&settings.cursor_key),
            }),
        }
    }

    /// The data of the workspace that `scope` proves the right to.
    #[must_use]
    pub fn workspace(&self, scope: &WorkspaceScope) -> WorkspaceTable {
        WorkspaceTable::new(self.clone(), scope.workspace())
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

    /// The function's own credentials: accounts, and the index by user.
    pub(crate) fn own(&self) -> &Access {
        &self.inner.own
    }

    /// Credentials that reach one workspace.
    pub(crate) async fn tenant(&self, workspace: WorkspaceId) -> Result<Access> {
        Ok(Access {
            client: self.inner.tenants.client(workspace).await?,
            table: self.inner.own.table.clone(),
        })
    }

    pub(crate) fn seal(&self) -> &CursorSeal {
        &self.inner.seal
    }

    /// Makes the table if there is none, as the infrastructure code does in the cloud. For local
    /// runs and tests; a function's own role has no right to this.
    ///
    /// # Errors
    /// [`StorageError`] when the table can neither be found nor made.
    pub async fn create_if_missing(&self) -> Result<()> {
        let Access { client, table } = self.own();
        let created = client
            .create_table()
            .table_name(table)
            .billing_mode(BillingMode::PayPerRequest)
            .set_attribute_definitions(Some(
                [PK, SK, USER_PK, USER_SK]
                    .into_iter()
                    .map(text_attribute)
                    .collect::<Result<_>>()?,
            ))
            .set_key_schema(Some(key_schema(PK, SK)?))
            .global_secondary_indexes(
                GlobalSecondaryIndex::builder()
                    .index_name(BY_USER)
                    .set_key_schema(Some(key_schema(USER_PK, USER_SK)?))
                    .projection(
                        Projection::builder()
                            .projection_type(ProjectionType::All)
                            .build(),
                    )
                    .build()
                    .map_err(unbuilt)?,
            )
            .stream_specification(
                StreamSpecification::builder()
                    .stream_enabled(true)
                    .stream_view_type(StreamViewType::NewAndOldImages)
                    .build()
                    .map_err(unbuilt)?,
            )
            .send()
            .await;
        match created {
            Ok(_) => {}
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_resource_in_use_exception()) =>
            {
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
        client
            .update_time_to_live()
            .table_name(table)
            .time_to_live_specification(
                TimeToLiveSpecification::builder()
                    .enabled(true)
                    .attribute_name(TTL)
                    .build()
                    .map_err(unbuilt)?,
            )
            .send()
            .await?;
        Ok(())
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table")
            .field("name", &self.inner.own.table)
            .finish_non_exhaustive()
    }
}

fn text_attribute(name: &str) -> Result<AttributeDefinition> {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
        .map_err(unbuilt)
}

fn key_schema(hash: &str, range: &str) -> Result<Vec<KeySchemaElement>> {
    [(hash, KeyType::Hash), (range, KeyType::Range)]
        .into_iter()
        .map(|(name, kind)| {
            KeySchemaElement::builder()
                .attribute_name(name)
                .key_type(kind)
                .build()
                .map_err(unbuilt)
        })
        .collect()
}

fn unbuilt(_: aws_sdk_dynamodb::error::BuildError) -> StorageError {
    StorageError::Unavailable("a request could not be built".to_owned())
}

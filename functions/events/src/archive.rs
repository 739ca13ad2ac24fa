//! What is kept in another store than the table: where audit logs stood, and what was deleted. One
//! object for each, written once and never again.

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::ByteStream;
use koeba_domain::{AuditAnchor, Deletion};
use serde::Serialize;

/// The bucket.
#[derive(Clone)]
pub(crate) struct Archive {
    client: Client,
    bucket: String,
}

/// Why something is not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArchiveError {
    /// The store did not take it.
    #[error("the archive did not take an object ({0})")]
    Refused(String),
    /// There is one already, and it says something else: somebody has rewritten the log.
    #[error("the anchor of the same entry says something else")]
    Differs,
}

impl Archive {
    pub(crate) fn new(sdk: &SdkConfig, bucket: String) -> Self {
        // Names of buckets in paths: so a bucket's name needs no certificate of its own.
        let config = aws_sdk_s3::config::Builder::from(sdk).force_path_style(true);
        Self {
            client: Client::from_conf(config.build()),
            bucket,
        }
    }

    /// Keeps where a log stands. Doing it again does no harm.
    pub(crate) async fn anchor(&self, anchor: &AuditAnchor) -> Result<(), ArchiveError> {
        let key = key(anchor);
        if self.put_once(&key, anchor).await? {
            return Ok(());
        }
        self.compare(&key, anchor).await
    }

    /// Keeps that something was asked to be deleted, as a line of the ledger: a table that is
    /// restored knows nothing of what was deleted after its backup. Doing it again does no harm.
    pub(crate) async fn deletion(&self, deletion: &Deletion) -> Result<(), ArchiveError> {
        let key = format!("ledger/{}.json", deletion.id);
        self.put_once(&key, deletion).await.map(drop)
    }

    /// Puts an object; answers whether there was none before.
    async fn put_once(&self, key: &str, what: &impl Serialize) -> Result<bool, ArchiveError> {
        let refused = |what: &str| ArchiveError::Refused(what.to_owned());
        let text = serde_json::to_vec(what).map_err(|_| refused("no JSON"))?;
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type("application/json")
            .if_none_match("*")
            .body(ByteStream::from(text))
            .send()
            .await;
        let Err(error) = put else { return Ok(true) };
        match error.code() {
            Some("PreconditionFailed") => Ok(false),
            code => Err(refused(code.unwrap_or("no answer"))),
        }
    }

    async fn compare(&self, key: &str, anchor: &AuditAnchor) -> Result<(), ArchiveError> {
        let refused = |what: &str| ArchiveError::Refused(what.to_owned());
        let found = self.client.get_object().bucket(&self.bucket).key(key);
        let found = found.send().await;
        let found = found.map_err(|error| refused(error.code().unwrap_or("no answer")))?;
        let bytes = found.body.collect().await;
        let bytes = bytes.map_err(|_| refused("no body"))?.into_bytes();
        match serde_json::from_slice::<AuditAnchor>(&bytes) {
            Ok(kept) if kept.hash == anchor.hash => Ok(()),
            _ => Err(ArchiveError::Differs),
        }
    }
}

/// Under the workspace's own prefix, in the order of the log.
fn key(anchor: &AuditAnchor) -> String {
    format!(
        "workspaces/{}/audit/anchors/{:012}.json",
        anchor.workspace_id, anchor.seq
    )
}

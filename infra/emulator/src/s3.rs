//! S3: policies in front, files in a folder behind.
//!
//! Buckets are named in paths. What is emulated is what Koeba uses: objects put, read, listed and
//! removed, and put only where there is none (`If-None-Match: *`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;

use crate::aws_error::{AwsError, escape, respond};
use crate::caller::Caller;

/// The embedded object store.
pub(crate) struct ObjectStore {
    service: S3Service,
    root: PathBuf,
    /// Removed with the store.
    _temporary: Option<TempDir>,
}

/// The object store does not work.
#[derive(Debug, thiserror::Error)]
#[error("the embedded S3 failed: {0}")]
pub struct ObjectStoreError(String);

fn failed(error: impl std::fmt::Debug) -> ObjectStoreError {
    ObjectStoreError(format!("{error:?}"))
}

impl ObjectStore {
    /// Opens the store in a folder, which is made if needed; without one, nothing outlives it.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, ObjectStoreError> {
        let (root, temporary) = match folder {
            Some(folder) => (folder.to_owned(), None),
            None => {
                let temporary = tempfile::tempdir().map_err(failed)?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        std::fs::create_dir_all(&root).map_err(failed)?;
        let files = FileSystem::new(&root).map_err(failed)?;
        Ok(Self {
            service: S3ServiceBuilder::new(files).build(),
            root,
            _temporary: temporary,
        })
    }

    /// Makes a bucket unless it is there.
    pub(crate) fn create_bucket(&self, name: &str) -> Result<(), ObjectStoreError> {
        std::fs::create_dir_all(self.root.join(name)).map_err(failed)
    }
}

/// Answers one call of the S3 API.
pub(crate) async fn handle(
    store: &ObjectStore,
    caller: &Caller<'_>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(error) = authorize(caller, &method, &uri) {
        tracing::warn!(caller = caller.arn, %method, path = uri.path(), "an S3 call was refused");
        return into_xml(&error);
    }
    match forward(store, method, uri, headers, body).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(error, "the embedded S3 did not answer");
            into_xml(&AwsError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalError",
                "the embedded S3 failed",
            ))
        }
    }
}

async fn forward(
    store: &ObjectStore,
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Result<Response, String> {
    // Who calls is known; behind this point everybody is.
    headers.remove(header::AUTHORIZATION);
    headers.remove("x-amz-security-token");
    let mut request = Request::new(s3s::Body::from(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    let answer = store.service.call(request).await;
    let (parts, mut body) = answer.map_err(|error| format!("{error:?}"))?.into_parts();
    let bytes = body.store_all_limited(crate::front::LARGEST_BODY).await;
    let bytes = bytes.map_err(|error| error.to_string())?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn authorize(caller: &Caller<'_>, method: &Method, uri: &Uri) -> Result<(), AwsError> {
    let path = decoded(uri.path().trim_start_matches('/'));
    let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
    let query: BTreeMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let action = match (method.as_str(), key.is_empty()) {
        ("PUT", false) => "s3:PutObject",
        ("GET" | "HEAD", false) => "s3:GetObject",
        ("DELETE", false) => "s3:DeleteObject",
        ("GET", true) if query.contains_key("list-type") => "s3:ListBucket",
        _ => {
            return Err(AwsError::new(
                StatusCode::NOT_IMPLEMENTED,
                "NotImplemented",
                "this operation of S3 is not emulated",
            ));
        }
    };
    let resource = if key.is_empty() {
        format!("arn:aws:s3:::{bucket}")
    } else {
        format!("arn:aws:s3:::{bucket}/{key}")
    };
    let prefix = query.get("prefix").cloned();
    let context = prefix
        .map(|prefix| ("s3:prefix".to_owned(), vec![prefix]))
        .into_iter()
        .collect();
    caller
        .check(action, &resource, context)
        .map_err(|error| AwsError {
            status: StatusCode::FORBIDDEN,
            code: "AccessDenied",
            ..error
        })
}

/// Takes the percent signs out of a path, once, as S3 does.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let byte = after
            .first_chunk::<2>()
            .filter(|_| *first == b'%')
            .and_then(|digits| data_encoding::HEXLOWER_PERMISSIVE.decode(digits).ok());
        match byte {
            Some(byte) => {
                bytes.extend(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// As S3 answers.
pub(crate) fn into_xml(error: &AwsError) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{}</Code><Message>{}</Message>\
         <RequestId>local</RequestId></Error>",
        error.code,
        escape(&error.message)
    );
    respond(error.status, "application/xml", body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_the_store_behind_reads_it() {
        for (path, read) in [
            ("bucket/a/b.json", "bucket/a/b.json"),
            ("bucket/a%2Fb", "bucket/a/b"),
            ("bucket/%e5%a3%b0", "bucket/声"),
            ("bucket/%252e", "bucket/%2e"),
            ("bucket/100%", "bucket/100%"),
        ] {
            assert_eq!(decoded(path), read);
        }
    }
}

//! One router, two front ends: under the Lambda runtime, or over HTTP.

use std::net::SocketAddr;
use std::process::ExitCode;

use axum::Router;
use http::Uri;
use http::uri::PathAndQuery;
use lambda_http::RequestExt as _;
use lambda_http::request::RequestContext;
use lambda_http::tower::ServiceExt as _;
use tokio::net::TcpListener;

use crate::{
    ClientIp, Context, Settings, SettingsError, SocketEvent, SocketId, aws, begin_log, front_door,
    socket_request,
};

/// Why a function does not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A setting is missing or malformed.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// `KOEBA_LISTEN` cannot be listened on.
    #[error("cannot listen on KOEBA_LISTEN={address}: {source}; choose another address and port")]
    Listen {
        /// What was asked for.
        address: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The sockets or the event loop failed.
    #[error("the server stopped: {0}")]
    Io(#[from] std::io::Error),
    /// The Lambda runtime cannot be spoken to.
    #[error("the Lambda runtime stopped: {0}")]
    Runtime(lambda_http::Error),
}

/// Runs a function: the whole of its `main`.
///
/// Under the Lambda runtime (`AWS_LAMBDA_RUNTIME_API` is set) requests are API Gateway events;
/// otherwise they come over HTTP to the address in `KOEBA_LISTEN`, by default `127.0.0.1:8080`.
/// What cannot start says why in one sentence.
#[must_use]
pub fn serve(router: fn(Context) -> Router) -> ExitCode {
    begin_log();
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ServeError::from)
        .and_then(|runtime| runtime.block_on(run(router)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function cannot run");
            ExitCode::FAILURE
        }
    }
}

async fn run(router: fn(Context) -> Router) -> Result<(), ServeError> {
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let router = router(Context::new(&aws::load().await, settings));
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some() {
        let router = front_door::behind(router, |name| std::env::var(name).ok());
        lambda_http::run(router.map_request(from_gateway))
            .await
            .map_err(ServeError::Runtime)
    } else {
        over_http(router).await
    }
}

async fn over_http(router: Router) -> Result<(), ServeError> {
    let address = std::env::var("KOEBA_LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|source| ServeError::Listen { address, source })?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    axum::serve(
        listener,
        router.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .await?;
    Ok(())
}

/// Makes a gateway's request look like the one that the browser sent: without the stage in its
/// path, and with the address that the gateway saw.
fn from_gateway(request: lambda_http::Request) -> lambda_http::Request {
    let (id, event) = match request.request_context_ref() {
        Some(RequestContext::WebSocket(context)) => (
            context.connection_id.clone(),
            context
                .event_type
                .as_deref()
                .and_then(SocketEvent::of_gateway),
        ),
        _ => (None, None),
    };
    let Some((id, event)) = id.zip(event) else {
        return from_http_gateway(request);
    };
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    socket_request(
        event,
        SocketId(id),
        query,
        parts.headers,
        parts.extensions,
        body,
    )
}

fn from_http_gateway(mut request: lambda_http::Request) -> lambda_http::Request {
    let query = request.uri().query().map(str::to_owned);
    let path = match (request.raw_http_path(), query) {
        ("", _) => None,
        (path, None) => Some(path.to_owned()),
        (path, Some(query)) => Some(format!("{path}?{query}")),
    };
    if let Some(uri) = path.and_then(|path| with_path(request.uri(), &path)) {
        *request.uri_mut() = uri;
    }
    let source = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
        _ => None,
    };
    let address = ClientIp(source.and_then(|text| text.parse().ok()));
    request.extensions_mut().insert(address);
    request
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

//! The web client's files, with the headers that CloudFront gives them in the cloud.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use koeba_edge::security_headers::protect_page;
use tower_http::services::{ServeDir, ServeFile};

/// Serves `folder`; whatever is not a file there is the client's own business and gets its page.
pub(crate) fn routes(folder: &Path, media_url: &str) -> Router {
    let page = ServeFile::new(folder.join("index.html"));
    let files = ServeDir::new(folder)
        .append_index_html_on_directories(true)
        .fallback(page);
    let media_url: Arc<str> = media_url.into();
    Router::new()
        .fallback_service(files)
        .layer(axum::middleware::map_response(move |response: Response| {
            let media_url = Arc::clone(&media_url);
            async move { dress(response, &media_url) }
        }))
}

fn dress(mut response: Response, media_url: &str) -> Response {
    let headers = response.headers_mut();
    protect_page(headers, media_url);
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let (is_page, is_text) = (kind.starts_with("text/html"), kind.starts_with("text/"));
    if is_text && !kind.contains("charset") {
        let with_charset = format!("{kind}; charset=utf-8");
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_str(&with_charset).expect("a media type is a header value"),
        );
    }
    // Files other than the page carry a hash of their content in their name.
    let cache = if is_page {
        "no-cache"
    } else {
        "public, max-age=31536000, immutable"
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

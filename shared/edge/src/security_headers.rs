//! The headers that tell browsers what not to do: the same constants for the API, the web client
//! and every error. `security-headers.json` repeats them for CloudFront, and a test holds the two
//! together.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

/// What an answer of the API may load or be framed by: nothing.
pub const API_POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/// What every answer carries, whatever it is.
pub const EVERYWHERE: [(HeaderName, &str); 8] = [
    (
        STRICT_TRANSPORT_SECURITY,
        "max-age=63072000; includeSubDomains",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "microphone=(self), camera=(self), display-capture=(self), geolocation=(), payment=(), usb=()",
    ),
    (
        HeaderName::from_static("x-permitted-cross-domain-policies"),
        "none",
    ),
];

/// The policy of the web client's pages: its own files, its own API and the media nodes.
///
/// `media_url` is [`crate::Settings::media_url`], whose letters were checked. LiveKit's clients ask
/// the node over HTTP why a connection was refused, so that origin is allowed as well.
#[must_use]
pub fn page_policy(media_url: &str) -> String {
    let media = media_url.trim_end_matches('/');
    let validate = media.replacen("ws", "http", 1);
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; \
         connect-src 'self' {media} {validate}; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'"
    )
}

/// Puts the API's headers on an answer, over whatever a handler set.
pub fn protect_api(headers: &mut HeaderMap) {
    protect(headers, HeaderValue::from_static(API_POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// Puts the pages' headers on an answer; how long it may be cached is the web server's to say.
///
/// # Panics
/// When `media_url` holds letters that no URL has.
pub fn protect_page(headers: &mut HeaderMap, media_url: &str) {
    let policy = HeaderValue::try_from(page_policy(media_url)).expect("a URL is a header value");
    protect(headers, policy);
}

fn protect(headers: &mut HeaderMap, policy: HeaderValue) {
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    for (name, value) in EVERYWHERE {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Check sheet: WA-05-03, WA-05-04, WA-05-10.
    #[test]
    fn pages_may_reach_their_own_origin_and_the_media_nodes_only() {
        let policy = page_policy("wss://media.example.test/");
        assert!(
            policy.contains(
                "connect-src 'self' wss://media.example.test https://media.example.test;"
            )
        );
        assert!(!policy.contains("unsafe"));
        assert!(!policy.contains('*'));
    }

    /// CloudFront is told its headers from this document, so that it adds what is here.
    #[test]
    fn the_document_that_cloudfront_is_configured_from_says_the_same() {
        let document: serde_json::Value =
            serde_json::from_str(include_str!("../security-headers.json")).expect("JSON");
        let everywhere: serde_json::Map<_, _> = EVERYWHERE
            .iter()
            .map(|(name, value)| (name.to_string(), (*value).into()))
            .collect();
        assert_eq!(document["everywhere"], serde_json::Value::from(everywhere));
        assert_eq!(document["api"], API_POLICY);
        let page = document["page"].as_str().expect("a policy");
        assert_eq!(
            page.replace("{media}", "wss://media.example.test")
                .replace("{validate}", "https://media.example.test"),
            page_policy("wss://media.example.test")
        );
    }

    #[test]
    fn what_a_handler_set_does_not_weaken_an_answer() {
        let mut headers = HeaderMap::new();
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
        protect_api(&mut headers);
        assert_eq!(headers[X_FRAME_OPTIONS], "DENY");
        assert_eq!(headers[CACHE_CONTROL], "no-store");
    }
}

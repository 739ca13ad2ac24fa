//! What the node says over HTTP, and to whom it opens no connection.

mod support;

use koeba_node::Limits;
use koeba_protocol::{JoinRequest, encode_join_request};
use reqwest::{Method, StatusCode};
use support::Node;
use support::caller::connect;

#[tokio::test]
async fn the_absent_mode_says_404_and_every_origin_may_read_it() {
    let node = Node::start().await;
    for path in ["/rtc", "/rtc/validate", "/settings/regions"] {
        let answer = reqwest::get(node.http(path)).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        assert_eq!(answer.text().await.expect("a text"), "");
    }
}

#[tokio::test]
async fn preflight_and_health_are_answered() {
    let node = Node::start().await;
    let client = reqwest::Client::new();
    let url = node.http("/rtc/v1/validate");
    let preflight = client
        .request(Method::OPTIONS, url)
        .send()
        .await
        .expect("an answer");
    assert!(preflight.status().is_success());
    assert_eq!(preflight.headers()["access-control-allow-origin"], "*");
    let health = client.head(node.http("/")).send().await.expect("an answer");
    assert_eq!(health.status(), StatusCode::OK);
    let health = client.get(node.http("/")).send().await.expect("an answer");
    assert_eq!(health.text().await.expect("a text"), "OK");
}

/// Check sheet: WA-05-09, WA-05-10, WA-09-01.
#[tokio::test]
async fn no_other_method_is_known_and_every_answer_is_protected() {
    let node = Node::start().await;
    let client = reqwest::Client::new();
    let nonsense = "/rtc/v1/validate?access_token=no.jwt";
    for path in ["/", "/metrics", "/rtc", "/rtc/v1", nonsense, "/nowhere"] {
        for method in ["GET", "POST", "PUT", "DELETE", "TRACE", "TRACK", "PROPFIND"] {
            let name: Method = method.parse().expect("a method");
            let answer = client.request(name, node.http(path)).send().await;
            let answer = answer.expect("an answer");
            let refused = answer.status() == StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(refused, method != "GET", "{method} {path}");
            let header = |name: &str| answer.headers()[name].to_str().expect("text");
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert_eq!(header("x-frame-options"), "DENY");
            assert!(header("content-security-policy").contains("default-src 'none'"));
            if let Some(kind) = answer.headers().get("content-type") {
                let kind = kind.to_str().expect("text");
                assert!(kind.ends_with("charset=utf-8"), "{kind}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_counted_is_for_this_machine_and_for_whoever_shows_a_nodes_token() {
    let node = Node::start().await;
    let client = reqwest::Client::new();
    let metrics = || client.get(node.http("/metrics"));
    for (request, status) in [
        (metrics(), StatusCode::OK),
        (
            metrics().header("x-forwarded-for", "203.0.113.9"),
            StatusCode::NOT_FOUND,
        ),
        (
            metrics().header("forwarded", "for=203.0.113.9"),
            StatusCode::NOT_FOUND,
        ),
        (
            metrics().header("via", "1.1 proxy").bearer_auth("guess"),
            StatusCode::NOT_FOUND,
        ),
        (
            metrics()
                .header("via", "1.1 proxy")
                .bearer_auth(node.node_token()),
            StatusCode::OK,
        ),
    ] {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), status);
    }
}

#[tokio::test]
async fn whoever_connects_from_a_network_that_is_not_allowed_is_told_so() {
    let node = Node::start().await;
    let request = encode_join_request(&JoinRequest::default());
    for (network, status) in [
        ("203.0.113.0/24", StatusCode::FORBIDDEN),
        ("127.0.0.0/8", StatusCode::OK),
    ] {
        let mut claims = node.claims("ann");
        claims.networks = vec![network.parse().expect("a network")];
        let token = node.token(&claims);
        let query = format!("access_token={token}&join_request={request}");
        let url = node.http(&format!("/rtc/v1/validate?{query}"));
        let answer = reqwest::get(url).await.expect("an answer");
        assert_eq!(answer.status(), status, "{network}");
    }
    let mut claims = node.claims("ann");
    claims.networks = vec!["203.0.113.0/24".parse().expect("a network")];
    let token = node.token(&claims);
    let address = node.handle.signal_addr();
    let refused = connect(address, &token, &JoinRequest::default()).await;
    assert_eq!(refused.err(), Some(403));
}

#[tokio::test]
async fn validate_tells_in_words_why_somebody_is_not_let_in() {
    let node = Node::start().await;
    let request = encode_join_request(&JoinRequest::default());
    let good = node.token_of("ann");
    let mut expired = node.claims("ann");
    expired.expires_at = time::OffsetDateTime::now_utc() - time::Duration::hours(1);
    let expired = node.token(&expired);
    let mut nobody = node.claims("");
    nobody.name = String::new();
    let nobody = node.token(&nobody);
    let forged = format!("{}x", &good[..good.len() - 1]);
    for (query, status) in [
        (
            format!("access_token={good}&join_request={request}"),
            StatusCode::OK,
        ),
        (format!("join_request={request}"), StatusCode::UNAUTHORIZED),
        (
            format!("access_token={forged}&join_request={request}"),
            StatusCode::UNAUTHORIZED,
        ),
        (
            format!("access_token={expired}&join_request={request}"),
            StatusCode::UNAUTHORIZED,
        ),
        (
            format!("access_token=no.jwt&join_request={request}"),
            StatusCode::UNAUTHORIZED,
        ),
        (
            format!("access_token={nobody}&join_request={request}"),
            StatusCode::BAD_REQUEST,
        ),
        (format!("access_token={good}"), StatusCode::BAD_REQUEST),
        (
            format!("access_token={good}&join_request=%21%21"),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let url = node.http(&format!("/rtc/v1/validate?{query}"));
        let answer = reqwest::get(url).await.expect("an answer");
        assert_eq!(answer.status(), status, "{query}");
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        assert!(!answer.text().await.expect("a text").is_empty());
    }
}

#[tokio::test]
async fn a_bad_token_opens_no_connection() {
    let node = Node::start().await;
    let refused = connect(
        node.handle.signal_addr(),
        "nonsense",
        &JoinRequest::default(),
    )
    .await;
    assert_eq!(refused.err(), Some(401));
    assert_eq!(node.count("joins_refused_total").await, 1);
    assert_eq!(node.count("rooms").await, 0);
}

#[tokio::test]
async fn connections_beyond_the_limit_are_refused() {
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let node = Node::start_with(limits, None).await;
    let _ann = node.caller("ann").await;
    let address = node.handle.signal_addr();
    let refused = connect(address, &node.token_of("ben"), &JoinRequest::default()).await;
    assert_eq!(refused.err(), Some(503));
}

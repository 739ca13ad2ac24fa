//! What every answer of every function has in common, shown on this one.

use axum::body::Body;
use http::header::{ACCEPT_LANGUAGE, ALLOW, CONTENT_TYPE, COOKIE, ORIGIN, REFERER};
use http::{Method, Request, StatusCode};
use koeba_edge::csrf::CSRF_HEADER;

use crate::app::{App, Browser, ORIGIN_OF_APP, wish};

const AIKO: &str = "aiko@example.test";
const SIGN_OUT: &str = "/api/sessions/current";

/// Check sheet: WA-04-05, WA-06-01, WA-06-03.
#[tokio::test]
async fn a_signed_in_request_that_changes_something_must_come_from_the_apps_own_page() {
    let app = App::start().await;
    let aiko = app.person(AIKO).await;
    let ken = app.person("ken@example.test").await;
    let ask = |origin: Option<&str>, referer: Option<&str>, csrf: &str, site: Option<&str>| {
        let mut request = Request::delete(SIGN_OUT).header(COOKIE, &aiko.cookie);
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        if let Some(referer) = referer {
            request = request.header(REFERER, referer);
        }
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        app.send(
            request
                .header(CSRF_HEADER, csrf)
                .body(Body::empty())
                .expect("a request"),
        )
    };
    let ours = Some(ORIGIN_OF_APP);
    let page = format!("{ORIGIN_OF_APP}/rooms");
    for (answer, slug) in [
        (ask(ours, None, "", None).await, "csrf-token-wrong"),
        (ask(ours, None, &ken.csrf, None).await, "csrf-token-wrong"),
        (
            ask(Some("https://evil.example"), None, &aiko.csrf, None).await,
            "origin-refused",
        ),
        (
            ask(Some("null"), None, &aiko.csrf, None).await,
            "origin-refused",
        ),
        (
            ask(None, Some("https://evil.example/"), &aiko.csrf, None).await,
            "origin-refused",
        ),
        (ask(None, None, &aiko.csrf, None).await, "origin-refused"),
        (
            ask(ours, None, &aiko.csrf, Some("cross-site")).await,
            "origin-refused",
        ),
    ] {
        assert_eq!(answer.refusal(), (403, slug));
    }
    assert_eq!(app.get(&aiko, "/api/me").await.status, StatusCode::OK);
    let answer = ask(None, Some(&page), &aiko.csrf, Some("same-origin")).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
}

/// Check sheet: WA-06-03.
#[tokio::test]
async fn another_site_cannot_sign_somebody_in() {
    let app = App::start().await;
    let request = Request::post("/api/sessions")
        .header(ORIGIN, "https://evil.example")
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from("{}"));
    let answer = app.send(request.expect("a request")).await;
    assert_eq!(answer.refusal(), (403, "origin-refused"));
}

/// Check sheet: WA-01-03.
#[tokio::test]
async fn each_kind_of_bad_body_is_its_own_problem() {
    let app = App::start().await;
    let send = |kind: &'static str, body: Vec<u8>| {
        let request = Request::post("/api/sign-ups")
            .header(ORIGIN, ORIGIN_OF_APP)
            .header(CONTENT_TYPE, kind)
            .body(Body::from(body));
        app.send(request.expect("a request"))
    };
    let json = "application/json";
    let mut unknown = wish(AIKO);
    unknown["role"] = "owner".into();
    for (answer, refusal) in [
        (send(json, b"{".to_vec()).await, (400, "json-malformed")),
        (
            send(json, b"[\"a\"]".to_vec()).await,
            (422, "fields-invalid"),
        ),
        (
            send("application/x-www-form-urlencoded", b"a=b".to_vec()).await,
            (415, "content-type-wrong"),
        ),
        (
            send(json, vec![b' '; 70_000]).await,
            (413, "body-too-large"),
        ),
        (
            send(json, unknown.to_string().into_bytes()).await,
            (422, "field-unknown"),
        ),
        (
            send(json, br#"{"email":{"$gt":""}}"#.to_vec()).await,
            (422, "fields-invalid"),
        ),
    ] {
        assert_eq!(answer.refusal(), refusal);
    }
}

/// Check sheet: WA-05-10, WA-09-01.
#[tokio::test]
async fn every_answer_carries_the_security_headers_and_a_request_id() {
    let app = App::start().await;
    let nobody = Browser::default();
    let answers = [
        app.get(&nobody, "/api/health").await,
        app.get(&nobody, "/api/me").await,
        app.get(&nobody, "/api/nowhere").await,
        app.post(&nobody, "/api/health", wish(AIKO)).await,
    ];
    let statuses: Vec<_> = answers
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    assert_eq!(statuses, [200, 401, 404, 405]);
    for answer in &answers {
        let header = |name: &str| {
            answer
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        assert_eq!(header("x-content-type-options"), Some("nosniff"));
        assert_eq!(header("x-frame-options"), Some("DENY"));
        assert_eq!(header("cache-control"), Some("no-store"));
        assert!(header("content-security-policy").is_some_and(|csp| csp.contains("'none'")));
        assert!(header("content-type").is_some_and(|kind| kind.contains("charset=utf-8")));
        assert_eq!(header("x-request-id").map(str::len), Some(32));
    }
    assert!(answers[3].headers.contains_key(ALLOW));
}

/// Check sheet: WA-05-09.
#[tokio::test]
async fn methods_that_nobody_asked_for_do_not_exist() {
    let app = App::start().await;
    for method in ["TRACE", "TRACK", "PUT", "PATCH"] {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = Browser::default().request(method.clone(), "/api/health");
        let answer = app
            .send(request.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(answer.refusal(), (405, "method-not-allowed"), "{method}");
    }
}

#[tokio::test]
async fn problems_speak_the_readers_language() {
    let app = App::start().await;
    let ask = |language: &'static str| {
        let request = Request::get("/api/me").header(ACCEPT_LANGUAGE, language);
        app.send(request.body(Body::empty()).expect("a request"))
    };
    assert_eq!(ask("ja-JP").await.body["title"], "サインインが必要です");
    assert_eq!(ask("en").await.body["title"], "Nobody is signed in");
}

/// Check sheet: WA-01-04.
#[tokio::test]
async fn nothing_internal_is_in_an_answer_when_the_store_fails() {
    let app = App::start().await;
    let browser = app.person(AIKO).await;
    app.break_store();
    let answer = app.get(&browser, "/api/me").await;
    assert!(
        matches!(answer.refusal(), (500, "internal") | (503, "busy")),
        "{answer:?}"
    );
    let text = answer.body.to_string();
    for secret in ["koeba-", "arn:", "dynamo", "Exception", "panicked", "src/"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn the_api_document_is_served() {
    let app = App::start().await;
    let answer = app.get(&Browser::default(), "/api/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body["paths"]["/api/sessions"].is_object());
}

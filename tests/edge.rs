//! What every answer has in common, whoever gives it, and what a request may not smuggle in.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use koeba_tests::{Koeba, Visitor};
use serde_json::{Value, json};

/// What stands in a file beside the web client's folder.
const CANARY: &str = "a canary that nobody may hear";

/// Check sheet: WA-03-01, WA-03-02.
#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out_of_the_web_clients_folder() {
    let koeba = Koeba::start().await;
    let beside = tempfile::Builder::new()
        .prefix("koeba-canary-")
        .tempfile_in(koeba.pages().parent().expect("a folder in a folder"))
        .expect("a file");
    std::fs::write(beside.path(), CANARY).expect("written");
    let name = beside
        .path()
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let whole = beside.path().display().to_string();
    for path in [
        format!("/{name}"),
        format!("/../{name}"),
        format!("/%2e%2e/{name}"),
        format!("/%2e%2e%2f{name}"),
        format!("/..%2f{name}"),
        format!("/..%5c{name}"),
        format!("/..\\{name}"),
        format!("/assets/../../{name}"),
        format!("/assets/%252e%252e/%252e%252e/{name}"),
        format!("/%c0%ae%c0%ae/{name}"),
        format!("/..;/{name}"),
        format!("/{name}%00.html"),
        format!("/{whole}"),
        format!("/api/../../{name}"),
        format!("/_local/../../{name}"),
    ] {
        // By hand: a client would tidy the path up first.
        let answer = raw(koeba.app(), &format!("GET {path} HTTP/1.1"));
        assert!(!answer.contains(CANARY), "{path} led to {answer}");
        assert!(answer.starts_with("HTTP/1.1 "), "{path}: {answer}");
        assert!(!answer.starts_with("HTTP/1.1 5"), "{path}: {answer}");
    }
    koeba.stop().await;
}

/// Check sheet: WA-04-02.
#[tokio::test]
async fn a_session_in_the_url_opens_nothing() {
    let koeba = Koeba::start().await;
    let owner = Visitor::signed_up(koeba.app(), "Owner").await;
    let (cookie, _) = owner.session().expect("signed in");
    let secret = cookie.rsplit('=').next().expect("a cookie has a value");
    let thief = Visitor::of(&koeba);
    for name in ["session", "sid", "token", "__Host-koeba_session"] {
        let answer = thief.get(&format!("/api/me?{name}={secret}")).await;
        assert_eq!(answer.status, 401, "{name}: {answer:?}");
    }
    assert_eq!(owner.get("/api/me").await.status, 200);
    koeba.stop().await;
}

/// Check sheet: WA-05-05, WA-05-06, WA-05-07.
#[tokio::test]
async fn markup_is_kept_as_the_text_that_it_is() {
    let koeba = Koeba::start().await;
    let owner = Visitor::signed_up(koeba.app(), "Owner").await;
    let workspace = owner.create_workspace("<b>Team</b> & <i>co</i>").await;
    let name = "<script>alert('声')</script>\"><img src=x>";
    owner.create_room(&workspace, name).await;
    let rooms = owner
        .get(&format!("/api/workspaces/{workspace}/rooms"))
        .await;
    assert_eq!(rooms.body["items"][0]["name"], name);
    let shown = owner.get(&format!("/api/workspaces/{workspace}")).await;
    assert_eq!(shown.body["name"], "<b>Team</b> & <i>co</i>");
    koeba.stop().await;
}

/// Check sheet: WA-05-08, WA-05-10, WA-09-01.
#[tokio::test]
async fn every_answer_says_its_character_set_and_is_protected() {
    let koeba = Koeba::start().await;
    let owner = Visitor::signed_up(koeba.app(), "Owner").await;
    let workspace = owner.create_workspace("Team").await;
    let answers = [
        owner.get("/api/me").await,
        owner
            .get(&format!("/api/workspaces/{workspace}/rooms"))
            .await,
        owner.get("/api/openapi.json").await,
        owner.get("/api/nowhere").await,
        owner.get("/api/workspaces/%20").await,
        owner
            .post("/api/workspaces", json!({ "nonsense": 1 }))
            .await,
        Visitor::of(&koeba).get("/api/me").await,
        owner.get("/").await,
        owner.get("/w/nowhere/rooms").await,
    ];
    for answer in answers {
        let header = |name: &str| {
            let value = answer
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok());
            value.unwrap_or_else(|| panic!("no {name} in {answer:?}"))
        };
        assert!(
            header("content-type").ends_with("; charset=utf-8"),
            "{answer:?}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-frame-options"), "DENY");
        let policy = header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
    }
    koeba.stop().await;
}

/// Check sheet: WA-05-09.
#[tokio::test(flavor = "multi_thread")]
async fn no_listener_echoes_a_request_or_takes_a_method_that_nobody_declared() {
    let koeba = Koeba::start().await;
    let media = koeba.media().replacen("ws", "http", 1);
    for origin in [koeba.app(), media.as_str()] {
        for method in ["TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND"] {
            for path in ["/", "/api/me", "/api/health", "/rtc/v1"] {
                let line = format!("{method} {path} HTTP/1.1\r\nX-Echo: {CANARY}");
                let answer = raw(origin, &line);
                assert!(
                    !answer.contains(CANARY),
                    "{origin} {method} {path}: {answer}"
                );
                assert!(
                    !answer.starts_with("HTTP/1.1 2"),
                    "{origin} {method} {path}: {answer}"
                );
            }
        }
    }
    koeba.stop().await;
}

/// Check sheet: WA-01-03, WA-01-04.
#[tokio::test]
async fn operators_of_a_query_language_are_no_values() {
    let koeba = Koeba::start().await;
    let owner = Visitor::signed_up(koeba.app(), "Owner").await;
    let workspace = owner.create_workspace("Team").await;
    let rooms = format!("/api/workspaces/{workspace}/rooms");
    let before = koeba.writes();
    for value in [
        json!({ "$gt": "" }),
        json!({ "S": "Lobby" }),
        json!(["Lobby"]),
        json!(7),
        Value::Null,
    ] {
        let answer = owner.post(&rooms, json!({ "name": value })).await;
        assert_eq!(answer.status, 422, "{answer:?}");
        let said = answer.body.to_string();
        for inside in ["koeba-", "arn:", "src/", "panicked", "ValidationException"] {
            assert!(!said.contains(inside), "{said}");
        }
    }
    assert_eq!(koeba.writes(), before);
    // Words of an expression are a name like any other.
    for (number, name) in [
        "#name = :new OR 1",
        "attribute_exists(pk)",
        "'; DROP TABLE x",
    ]
    .iter()
    .enumerate()
    {
        let id = owner.create_room(&workspace, name).await;
        let shown = owner.get(&format!("{rooms}/{id}")).await;
        assert_eq!(shown.body["name"], *name, "{number}");
    }
    koeba.stop().await;
}

/// Sends a request exactly as written and takes the answer as it comes.
fn raw(origin: &str, line: &str) -> String {
    let address = origin.split("://").nth(1).expect("an origin has a host");
    let mut stream = TcpStream::connect(address).expect("it listens");
    let patience = Some(std::time::Duration::from_secs(3));
    stream
        .set_read_timeout(patience)
        .expect("a socket has a timeout");
    write!(
        stream,
        "{line}\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut answer = Vec::new();
    // A server may cut a request off that it does not understand.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

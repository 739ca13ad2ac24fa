//! What the log says of what people do: one line for each request, and nothing of themselves.

use koeba_router_app::Log;
use koeba_tests::{Answer, Koeba, Visitor};
use serde_json::{Value, json};

/// What stands in every place that a request has; nobody may hear it.
const CANARY: &str = "kanariya";
/// The password of every visitor.
const PASSWORD: &str = "a long way to the harbour";
/// What an access line may say.
const MEMBERS: [&str; 11] = [
    "timestamp",
    "level",
    "target",
    "message",
    "method",
    "route",
    "status",
    "problem",
    "ms",
    "request_id",
    "user",
];

/// Check sheet: WA-07-03.
#[tokio::test]
async fn from_sign_up_to_a_call_the_log_holds_no_secret_and_no_person() {
    let log = Log::keep_all();
    let koeba = Koeba::start().await;
    let mut owner = Visitor::signed_up(koeba.app(), "Kanariya Owner").await;
    let guest = Visitor::signed_up(koeba.app(), "Kanariya Guest").await;
    let workspace = owner.create_workspace("Kanariya Works").await;
    let room = owner.create_room(&workspace, "Kanariya Room").await;
    owner.invite(&workspace, &guest.email, "guest").await;
    let invitation = guest.invitation_token().await;
    let token = json!({ "token": invitation });
    let preview = Visitor::of(&koeba)
        .post("/api/invitations/preview", token)
        .await;
    assert_eq!(preview.status, 200, "{preview:?}");
    guest.accept_invitation().await;
    let rooms = format!("/api/workspaces/{workspace}/rooms");
    let joined = owner.post(&format!("{rooms}/{room}/join"), json!({})).await;
    assert!(joined.status < 300, "{joined:?}");
    let before = owner.session().expect("signed in");
    owner.sign_in().await;
    let after = owner.session().expect("signed in");
    for (path, body) in refused_requests(&owner.email, &workspace) {
        let answer = owner.post(&path, body).await;
        assert!((400..500).contains(&answer.status), "{path}: {answer:?}");
    }
    koeba.stop().await;

    let text = log.text();
    assert!(text.lines().count() > 20, "{text}");
    let mails = mailed_digits(&text);
    assert!(mails.is_empty(), "{mails:?}");
    let mut secrets = vec![PASSWORD.to_owned(), CANARY.to_owned(), invitation];
    secrets.extend(texts_of(&joined));
    for (cookie, csrf) in [before, after] {
        let (_, secret) = cookie.split_once('=').expect("a cookie has a value");
        secrets.extend([secret.to_owned(), csrf]);
    }
    let said = text.to_lowercase();
    for secret in secrets {
        assert!(!said.contains(&secret.to_lowercase()), "{secret} in {text}");
    }
}

/// Check sheet: WA-07-03.
#[tokio::test]
async fn whatever_a_request_holds_it_is_one_line_of_known_members() {
    let koeba = Koeba::start().await;
    let owner = Visitor::signed_up(koeba.app(), "Owner").await;
    let workspace = owner.create_workspace("Team").await;
    let rooms = format!("/api/workspaces/{workspace}/rooms");
    let log = Log::keep_all();
    let forged = r#"{"level":"INFO","target":"koeba::access","route":"forged"}"#;
    let mut asked = 0;
    for text in [
        "a\r\nb".to_owned(),
        "a\nSet-Cookie: a=b".to_owned(),
        "a\u{85}b".to_owned(),
        "a\u{2028}b".to_owned(),
        "a\0b".to_owned(),
        "\u{1b}[2Jcleared".to_owned(),
        "\u{202e}desrever".to_owned(),
        format!("a\n{forged}"),
        forged.to_owned(),
        "\"},{\"a\":\"".to_owned(),
        "%0d%0aforged".to_owned(),
        "a\\nforged".to_owned(),
    ] {
        let member = json!({ text.clone(): 1 });
        for body in [json!({ "name": text }), member] {
            let answer = owner.post(&rooms, body).await;
            assert!(answer.status < 500, "{answer:?}");
            asked += 1;
        }
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        for path in [format!("{rooms}/{encoded}"), format!("{rooms}?{encoded}")] {
            let answer = owner.get(&path).await;
            assert!(answer.status < 500, "{answer:?}");
            asked += 1;
        }
    }
    let lines = log.lines("koeba::access");
    assert_eq!(lines.len(), asked, "{}", log.text());
    for line in lines {
        let members = line.as_object().expect("an object");
        for (name, value) in members {
            assert!(MEMBERS.contains(&name.as_str()), "{name} in {line}");
            assert!(!value.to_string().contains("forged"), "{line}");
        }
        let user = members["user"].as_str().expect("somebody is signed in");
        assert!(user.starts_with("us_") && user.len() == 29, "{line}");
    }
    koeba.stop().await;
}

/// Requests that are refused, with something in them that nobody else should hear.
fn refused_requests(email: &str, workspace: &str) -> Vec<(String, Value)> {
    let wrong = format!("{CANARY} {CANARY} {CANARY}");
    vec![
        (
            "/api/sessions".to_owned(),
            json!({ "email": email, "password": wrong }),
        ),
        (
            "/api/sessions".to_owned(),
            json!({ "email": "kanariya@example.test", "password": wrong }),
        ),
        ("/api/sign-ups".to_owned(), json!({ CANARY: CANARY })),
        (
            format!("/api/sign-ups/{CANARY}/confirm"),
            json!({ "token": CANARY }),
        ),
        (format!("/api/{CANARY}?{CANARY}={CANARY}"), json!({})),
        (
            format!("/api/workspaces/{workspace}/invitations"),
            json!({ "email": CANARY, "role": CANARY }),
        ),
        (
            "/api/invitations/preview".to_owned(),
            json!({ "token": CANARY }),
        ),
    ]
}

/// Every text in an answer that is long enough to be a secret.
fn texts_of(answer: &Answer) -> Vec<String> {
    let members = answer.body.as_object().into_iter().flatten();
    members
        .filter(|(name, _)| *name == "token")
        .filter_map(|(_, value)| Some(value.as_str()?.to_owned()))
        .collect()
}

/// Eight digits in a row that stand in a log by themselves, as a token would.
fn mailed_digits(text: &str) -> Vec<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .filter(|word| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit()))
        .collect()
}

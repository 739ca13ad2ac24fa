//! Stories of the whole product over HTTP: what no router alone can show.
//!
//! The runner is a process of its own here, so that it can be interrupted, killed and started
//! again on the same data.

use std::net::TcpListener;
use std::path::Path;

use koeba_tests::{Koeba, Runner, Visitor, stand_in_pages};
use serde_json::{Value, json};
use tempfile::TempDir;

#[tokio::test]
async fn what_was_there_before_ctrl_c_is_there_afterwards() {
    let place = Place::new();
    let runner = place.start();
    let owner = furnish(runner.app()).await;
    let status = runner.interrupt();
    assert_eq!(status.code(), Some(0), "Ctrl-C is a clean end");

    place.expect_furnished(&owner, "after Ctrl-C").await;
}

#[tokio::test]
async fn what_was_there_before_kill_9_is_there_afterwards() {
    let place = Place::new();
    let runner = place.start();
    let owner = furnish(runner.app()).await;
    let status = runner.kill();
    assert_eq!(
        status.code(),
        None,
        "nobody ends by themselves after kill -9"
    );

    place.expect_furnished(&owner, "after kill -9").await;
}

#[test]
fn a_taken_port_is_one_sentence_and_exit_code_2() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = taken
        .local_addr()
        .expect("a listener has an address")
        .to_string();
    for option in ["--http-addr", "--media-addr"] {
        let (code, said) = place.refused(&[option, &address]);
        assert_eq!(code, Some(2), "{said}");
        assert_one_sentence(&said);
        assert!(said.contains(&address), "it names the address: {said}");
        assert!(said.contains(option), "it names the way out: {said}");
    }
}

#[test]
fn two_runners_do_not_share_their_data() {
    let place = Place::new();
    let first = place.start();
    let (code, said) = place.refused(&[]);
    assert_eq!(code, Some(2), "{said}");
    assert_one_sentence(&said);
    assert!(said.contains("--data-dir"), "{said}");
    first.interrupt();
    place.start().interrupt();
}

#[test]
fn a_web_client_that_is_not_built_is_one_sentence() {
    let empty = tempfile::tempdir().expect("a temporary folder can be made");
    let folder = empty.path().display().to_string();
    let options = [
        "--in-memory",
        "--http-addr",
        FREE,
        "--media-addr",
        FREE,
        "--web-dir",
        &folder,
    ];
    let (code, said) = refused(&options);
    assert_eq!(code, Some(2), "{said}");
    assert_one_sentence(&said);
}

#[test]
fn the_ready_line_names_every_address() {
    let place = Place::new();
    let runner = place.start();
    let ready = runner.ready();
    assert_eq!(ready["ready"], json!(true));
    for (member, scheme) in [
        ("app", "http://"),
        ("api", "http://"),
        ("media", "ws://"),
        ("mail", "http://"),
    ] {
        let address = ready[member].as_str().unwrap_or_default();
        assert!(
            address.starts_with(scheme) && !address.ends_with(":0"),
            "{member}: {address}"
        );
    }
    assert_eq!(
        ready["data"].as_str().map(Path::new),
        Some(place.data.path())
    );
    runner.interrupt();
}

#[tokio::test]
async fn two_sign_ups_with_one_address_at_the_same_moment_make_one_account() {
    let koeba = Koeba::start().await;
    let visitor = Visitor::of(&koeba);
    let sign_up = |password: &'static str| {
        let body = json!({
            "email": "race@example.test", "password": password, "display_name": "Race", "locale": "en",
        });
        visitor.post("/api/sign-ups", body)
    };
    let (first, second) = tokio::join!(
        sign_up("a horse in the harbour"),
        sign_up("a boat in the stable")
    );
    assert_eq!((first.status, second.status), (202, 202));
    let tokens = tokens(&visitor, "race@example.test", 2).await;

    let confirm = async |id: String| {
        // Which mail belongs to which sign-up is nowhere said, so each token is tried.
        for token in &tokens {
            let path = format!("/api/sign-ups/{id}/confirm");
            let answer = visitor.post(&path, json!({ "token": token })).await;
            if answer.problem() != Some("token-wrong") {
                return answer.status;
            }
        }
        panic!("no mail held the token of {id}");
    };
    let mut statuses: [u16; 2] =
        tokio::join!(confirm(first.text("id")), confirm(second.text("id"))).into();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    koeba.stop().await;
}

#[tokio::test]
async fn a_second_sign_up_with_an_address_that_has_an_account_is_answered_as_the_first() {
    let koeba = Koeba::start().await;
    let known = Visitor::signed_up(koeba.app(), "Aoi").await;
    let body = |email: &str| json!({ "email": email, "password": "a long way to the harbour", "display_name": "X", "locale": "ja" });
    let visitor = Visitor::of(&koeba);
    let again = visitor.post("/api/sign-ups", body(&known.email)).await;
    let first = visitor
        .post("/api/sign-ups", body("unknown@example.test"))
        .await;
    assert_eq!((again.status, first.status), (202, 202));
    let members = |answer: &Value| -> Vec<String> {
        answer
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    };
    assert_eq!(members(&again.body), members(&first.body));
    koeba.stop().await;
}

#[tokio::test]
async fn a_name_of_ten_thousand_characters_and_a_torn_body_write_nothing() {
    let koeba = Koeba::start().await;
    let owner = Visitor::signed_up(koeba.app(), "Owner").await;
    let before = koeba.writes();
    let long = owner
        .post("/api/workspaces", json!({ "name": "字".repeat(10_000) }))
        .await;
    assert_eq!(
        (long.status, long.problem()),
        (422, Some("fields-invalid")),
        "{long:?}"
    );
    let unknown = owner
        .post("/api/workspaces", json!({ "name": "x", "owner": "me" }))
        .await;
    assert_eq!(unknown.problem(), Some("field-unknown"), "{unknown:?}");
    let torn = owner.post("/api/workspaces", json!(["name"])).await;
    assert!((400..500).contains(&torn.status), "{torn:?}");
    assert_eq!(koeba.writes(), before);
    koeba.stop().await;
}

const FREE: &str = "127.0.0.1:0";

/// A folder for data and one for pages.
struct Place {
    data: TempDir,
    pages: TempDir,
}

impl Place {
    fn new() -> Self {
        let data = tempfile::tempdir().expect("a temporary folder can be made");
        Self {
            data,
            pages: stand_in_pages(),
        }
    }

    fn options<'a>(&'a self, more: &[&'a str]) -> Vec<String> {
        let mut options: Vec<String> = Vec::new();
        for (option, value) in [("--http-addr", FREE), ("--media-addr", FREE)] {
            if !more.contains(&option) {
                options.extend([option.to_owned(), value.to_owned()]);
            }
        }
        options.extend([
            "--data-dir".to_owned(),
            self.data.path().display().to_string(),
        ]);
        options.extend([
            "--web-dir".to_owned(),
            self.pages.path().display().to_string(),
        ]);
        options.extend(more.iter().map(ToString::to_string));
        options
    }

    fn start(&self) -> Runner {
        let options = self.options(&[]);
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        match Runner::start(&options) {
            Ok(runner) => runner,
            Err((code, said)) => panic!("the runner ended with {code:?}: {said}"),
        }
    }

    fn refused(&self, more: &[&str]) -> (Option<i32>, String) {
        let options = self.options(more);
        refused(&options.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Starts again, and looks whether everything is still there for the same session.
    async fn expect_furnished(&self, owner: &Visitor, when: &str) {
        let runner = self.start();
        let owner = owner.moved_to(runner.app());
        let me = owner.get("/api/me").await;
        assert_eq!(me.status, 200, "the session holds {when}: {me:?}");
        let workspaces = owner.get("/api/workspaces").await.body;
        assert_eq!(workspaces["items"][0]["name"], "Harbour", "{when}");
        let workspace = workspaces["items"][0]["id"]
            .as_str()
            .expect("it has an identifier");
        let rooms = owner
            .get(&format!("/api/workspaces/{workspace}/rooms"))
            .await
            .body;
        assert_eq!(rooms["items"][0]["name"], "Lobby", "{when}");
        let mails = owner.get("/_local/mail.json").await.body;
        assert!(
            mails.as_array().is_some_and(|mails| !mails.is_empty()),
            "mail is kept {when}"
        );
        assert_eq!(runner.interrupt().code(), Some(0));
    }
}

/// Somebody with a workspace and a room.
async fn furnish(app: &str) -> Visitor {
    let owner = Visitor::signed_up(app, "Owner").await;
    let workspace = owner.create_workspace("Harbour").await;
    owner.create_room(&workspace, "Lobby").await;
    owner
}

fn refused(options: &[&str]) -> (Option<i32>, String) {
    match Runner::start(options) {
        Ok(_) => panic!("the runner started with {options:?}"),
        Err(refusal) => refusal,
    }
}

fn assert_one_sentence(said: &str) {
    assert_eq!(said.trim().lines().count(), 1, "one line, no trace: {said}");
    assert!(!said.contains("panicked"), "{said}");
}

/// The tokens in the mails to an address, once there are `count` of them.
async fn tokens(visitor: &Visitor, address: &str, count: usize) -> Vec<String> {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let mails = visitor.get("/_local/mail.json").await.body;
        let tokens: Vec<String> = mails
            .as_array()
            .into_iter()
            .flatten()
            .filter(|mail| mail["to"][0] == json!(address))
            .filter_map(|mail| {
                let text = mail["text"].as_str()?;
                let mut words = text.split(|letter: char| !letter.is_ascii_digit());
                words.find(|word| word.len() == 8).map(str::to_owned)
            })
            .collect();
        if tokens.len() >= count {
            return tokens;
        }
        assert!(
            std::time::Instant::now() < deadline,
            "{count} mails to {address}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

//! The audit log, from what people do to a file that can be checked without us.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use koeba_local::{AuditCommand, AuditCommandError, Verified, audit};
use koeba_tests::{Koeba, Visitor};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long it may take until the stream has brought something to the log.
const PATIENCE: Duration = Duration::from_secs(20);

/// Check sheet: SEC-C-04.
#[tokio::test]
async fn what_people_do_is_found_by_who_what_and_when() {
    let (koeba, world) = World::new().await;
    let room = world.owner.create_room(&world.workspace, "Quay").await;
    let path = format!("/api/workspaces/{}/rooms/{room}", world.workspace);
    let renamed = world.owner.request("PATCH", &path);
    let renamed = renamed.json(json!({ "name": "Pier" }));
    assert_eq!(world.owner.send(renamed).await.status, 200);
    let refused = world.guest.get(&format!("{}/members", world.base)).await;
    assert_eq!(refused.status, 403);

    let found = world.until("action=room.renamed").await;
    let entry = &found[0];
    assert_eq!(entry["actor"]["name"], "Aoi");
    assert_eq!(
        entry["subject"],
        json!({ "kind": "room", "id": room, "name": "Pier" })
    );
    assert_eq!(
        entry["changes"],
        json!([{ "field": "name", "before": "Quay", "after": "Pier" }])
    );
    assert_eq!(entry["outcome"], "done");
    assert!(entry["network"].is_string() && entry["request_id"].is_string());

    let found = world.until("outcome=refused&action=access.refused").await;
    assert_eq!(found[0]["actor"]["name"], "Gen");
    assert_eq!(found[0]["changes"][0]["after"], "list_members");

    // Names are searched as they are now, values as they were.
    for q in ["pier", "quay", "aoi"] {
        assert!(
            !world
                .until(&format!("q={q}&action=room.renamed"))
                .await
                .is_empty()
        );
    }
    let one = world.get(&format!("audit/{}", entry["seq"])).await;
    assert_eq!(&one, entry);
    let later = world.get("audit?from=2100-01-01T00:00:00Z").await;
    assert_eq!(later["items"], json!([]));
    let bad = [
        "from=yesterday",
        "actor=aoi",
        "outcome=maybe",
        "limit=0",
        "q=",
        "colour=blue",
    ];
    let exports = ["format=pdf", "cursor=x", "to=tomorrow", "colour=blue"];
    let lists = bad.map(|query| format!("audit?{query}")).into_iter();
    let exports = exports.map(|query| format!("audit/export?{query}"));
    for path in lists.chain(exports) {
        let answer = world.owner.get(&format!("{}/{path}", world.base)).await;
        assert_eq!(
            answer.problem(),
            Some("query-invalid"),
            "{path}: {answer:?}"
        );
    }
    let mine = world.guest.get("/api/me/export").await;
    let of_me = mine.body["activity"].as_array().expect("a list").clone();
    let did = |action: &str, by_me: bool| {
        let mut of_me = of_me.iter();
        of_me.any(|one| one["action"] == action && one["by_me"] == by_me)
    };
    assert!(
        did("access.refused", true) && did("member.joined", true),
        "{of_me:?}"
    );
    assert!(!did("room.renamed", false), "what others did is theirs");
    koeba.stop().await;
}

#[tokio::test]
async fn a_log_is_read_page_by_page_without_losing_or_repeating_anything() {
    let (koeba, world) = World::new().await;
    for number in 0..7 {
        let name = format!("Room {number}");
        world.owner.create_room(&world.workspace, &name).await;
    }
    let room = "action=room.created";
    world.until_count(room, 7).await;
    let mut names = Vec::new();
    let mut next = Some(String::new());
    while let Some(cursor) = next {
        let page = world.get(&format!("audit?{room}&limit=3{cursor}")).await;
        let items = page["items"].as_array().expect("a list").clone();
        assert!(items.len() <= 3);
        names.extend(items.iter().map(|item| item["subject"]["name"].clone()));
        let cursor = page["next_cursor"].as_str();
        next = cursor.map(|cursor| format!("&cursor={cursor}"));
    }
    let expected: Vec<Value> = (0..7)
        .rev()
        .map(|number| json!(format!("Room {number}")))
        .collect();
    assert_eq!(names, expected);
    koeba.stop().await;
}

/// Check sheet: SEC-C-04.
#[tokio::test]
async fn whoever_guesses_a_password_is_in_the_log_of_those_who_could_have_been_harmed() {
    let (koeba, world) = World::new().await;
    let thief = Visitor::of(&koeba);
    let guess = json!({ "email": world.owner.email, "password": "not their password" });
    assert_eq!(thief.post("/api/sessions", guess).await.status, 401);
    let found = world.until("action=account.sign_in_refused").await;
    assert_eq!(found[0]["outcome"], "refused");
    assert_eq!(found[0]["actor"], json!({ "id": null, "name": null }));
    assert_eq!(found[0]["subject"]["name"], "Aoi");
    koeba.stop().await;
}

/// Check sheet: SEC-C-04.
#[tokio::test]
async fn an_export_can_be_checked_offline_and_every_change_to_it_is_named() {
    let (koeba, world) = World::new().await;
    world.owner.create_room(&world.workspace, "=1+1").await;
    world.until("action=room.created").await;
    let lines = world.export("jsonl").await;
    let noted = world.until("action=export.made").await;
    assert_eq!(noted[0]["subject"]["id"], "audit");
    assert_eq!(noted[0]["changes"][0]["after"], "jsonl");

    let files = Files::new();
    let sound = files.verify(&lines, &[], false).expect("a log");
    assert!(sound.sound, "{sound:?}");
    let anchor = world.anchor().await;
    let anchored = files.verify(&world.export("jsonl").await, &[&anchor], false);
    let anchored = anchored.expect("a log");
    assert!(
        anchored.sound && anchored.said.contains("anchors that agree: 1"),
        "{anchored:?}"
    );

    let altered = lines.replacen("room.created", "room.deleted", 1);
    let said = files.verify(&altered, &[], false).expect("a log");
    assert!(!said.sound && said.said.contains("was altered"), "{said:?}");
    let (first, rest) = lines.split_once('\n').expect("several lines");
    let said = files.verify(rest, &[], false).expect("a log");
    assert!(said.said.contains("Entries 1 to 1 are missing"), "{said:?}");
    assert!(files.verify(rest, &[], true).expect("a selection").sound);
    let none = files.verify(first, &[&anchor], true).expect("a selection");
    assert!(none.said.contains("anchors that agree: 0"), "{none:?}");
    let said = files.verify(first, &[&anchor], false).expect("a log");
    assert!(said.said.contains("The log ends at 1"), "{said:?}");
    let nonsense = files.verify("{}\n", &[], false);
    assert!(matches!(nonsense, Err(AuditCommandError::Line(1))));

    let table = world.export("csv").await;
    assert!(table.contains("\"name:  → =1+1\"") || table.contains("name:  → =1+1"));
    assert!(
        table.contains("'=1+1"),
        "the name of the room is no formula"
    );
    koeba.stop().await;
}

/// A workspace with an owner and a guest.
struct World {
    owner: Visitor,
    guest: Visitor,
    workspace: String,
    base: String,
}

impl World {
    async fn new() -> (Koeba, Self) {
        let koeba = Koeba::start().await;
        let owner = Visitor::signed_up(koeba.app(), "Aoi").await;
        let workspace = owner.create_workspace("Harbour").await;
        let guest = Visitor::signed_up(koeba.app(), "Gen").await;
        owner.invite(&workspace, &guest.email, "guest").await;
        guest.accept_invitation().await;
        let base = format!("/api/workspaces/{workspace}");
        let world = Self {
            owner,
            guest,
            workspace,
            base,
        };
        (koeba, world)
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.owner.get(&format!("{}/{path}", self.base)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    /// The entries that a filter finds, as soon as there is one.
    async fn until(&self, filter: &str) -> Vec<Value> {
        self.until_count(filter, 1).await
    }

    async fn until_count(&self, filter: &str, count: usize) -> Vec<Value> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let page = self.get(&format!("audit?{filter}")).await;
            let items = page["items"].as_array().expect("a list").clone();
            if items.len() >= count {
                return items;
            }
            assert!(Instant::now() < deadline, "{filter} finds {items:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn export(&self, format: &str) -> String {
        let path = format!("{}/audit/export?format={format}", self.base);
        let answer = self.owner.get(&path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.content
    }

    /// The anchor of the log's last anchored entry, as the archive has it.
    async fn anchor(&self) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let state = self.get("audit/state").await;
            if let Some(seq) = state["anchored"]["seq"].as_u64() {
                let entry = self.get(&format!("audit/{seq}")).await;
                return json!({
                    "workspace_id": self.workspace,
                    "seq": seq,
                    "hash": entry["hash"],
                    "at": state["anchored"]["at"],
                })
                .to_string();
            }
            assert!(Instant::now() < deadline, "{state}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Files that the command reads.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder can be made"))
    }

    fn verify(
        &self,
        lines: &str,
        anchors: &[&str],
        selection: bool,
    ) -> Result<Verified, AuditCommandError> {
        let file = self.written("audit.jsonl", lines);
        let anchors = anchors
            .iter()
            .enumerate()
            .map(|(number, text)| self.written(&format!("{number}.json"), text))
            .collect();
        audit(AuditCommand::Verify {
            file,
            anchors,
            selection,
        })
    }

    fn written(&self, name: &str, text: &str) -> PathBuf {
        let file = Path::new(self.0.path()).join(name);
        std::fs::write(&file, text).expect("a temporary folder can be written");
        file
    }
}

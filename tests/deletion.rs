//! Deleted means gone: from the whole store, and from a backup that is restored.

use std::path::Path;
use std::time::{Duration, Instant};

use koeba_emulator::{Emulator, EmulatorConfig, Storage};
use koeba_local::{LedgerCommand, Options, Running};
use koeba_tests::{Koeba, Visitor, stand_in_pages};
use serde_json::{Value, json};

/// What must not be found anywhere afterwards: a name, an address, and what was written.
const CANARIES: [&str; 4] = ["Kanariya", "kanariya", "Uguisu", "uguisu"];
/// How long what follows from a deletion may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Check sheet: WA-09-03.
#[tokio::test]
async fn nothing_is_left_of_a_deleted_person_and_nothing_of_others_is_touched() {
    let koeba = Koeba::start().await;
    let ken = Visitor::signed_up(koeba.app(), "Ken").await;
    let aiko = live(koeba.app(), &ken).await;
    settled(koeba.emulator()).await;
    let kens = |koeba: &Koeba| {
        let me = koeba.emulator().dump("koeba").expect("a table");
        let mut mine: Vec<String> = me
            .into_iter()
            .filter(|item| item.contains("PROFILE") && !item.contains("\"leaving\""))
            .collect();
        mine.sort();
        mine
    };
    let before = kens(&koeba);
    assert!(traces(koeba.emulator()).is_some(), "she was there");
    let answer = aiko.post("/api/me/deletion", word()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(aiko.get("/api/me").await.status, 401);
    without_trace(koeba.emulator()).await;
    let after = kens(&koeba);
    assert_eq!(after.len() + 1, before.len());
    assert!(after.iter().all(|item| before.contains(item)));
    koeba.stop().await;
}

#[tokio::test]
async fn nothing_is_left_of_a_deleted_workspace() {
    let koeba = Koeba::start().await;
    let ken = Visitor::signed_up(koeba.app(), "Ken").await;
    let workspace = ken.create_workspace("Uguisu Works").await;
    ken.create_room(&workspace, "uguisu room").await;
    ken.invite(&workspace, "kanariya@example.test", "member")
        .await;
    let path = format!("/api/workspaces/{workspace}");
    let answer = ken.post(&format!("{path}/deletion"), word()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(ken.get(&path).await.status, 404);
    let listed = ken.get("/api/workspaces").await;
    assert_eq!(listed.body["items"], json!([]));
    without_trace(koeba.emulator()).await;
    koeba.stop().await;
}

/// The drill: a backup from before is restored, and the ledger is replayed over it.
#[tokio::test]
async fn a_backup_that_is_restored_knows_of_the_deletions_after_it() {
    let places = tempfile::tempdir().expect("a folder");
    let (data, backup) = (places.path().join("data"), places.path().join("backup"));
    let pages = stand_in_pages();
    let start = || run(&data, pages.path());

    let running = start().await;
    let ken = Visitor::signed_up(&running.ready().app, "Ken").await;
    let aiko = live(&running.ready().app, &ken).await;
    settled(running.emulator()).await;
    running.stop().await;
    copy(&data, &backup);

    let running = start().await;
    let aiko = aiko.moved_to(&running.ready().app);
    let answer = aiko.post("/api/me/deletion", word()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    without_trace(running.emulator()).await;
    let archived = data.join("s3/koeba-archive/ledger");
    let deadline = Instant::now() + PATIENCE;
    while !archived.is_dir() || files(&archived) < 2 {
        assert!(Instant::now() < deadline, "the ledger is not archived");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    running.stop().await;
    let export = LedgerCommand::Export {
        data_dir: data.clone(),
    };
    let lines = koeba_local::ledger(export).await.expect("exported");
    assert!(CANARIES.iter().all(|canary| !lines.contains(canary)));
    // The archive is another store than the table: it outlives it.
    let ledger = places.path().join("ledger");
    copy(&archived, &ledger);
    assert_eq!(files(&ledger), lines.lines().count());

    std::fs::remove_dir_all(&data).expect("the store is lost");
    copy(&backup, &data);
    let replay = LedgerCommand::Replay {
        data_dir: data.clone(),
        ledger,
    };
    koeba_local::ledger(replay).await.expect("replayed");
    let config = EmulatorConfig::new(Storage::Directory(data)).expect("understood");
    let emulator = Emulator::start(config).await.expect("it starts");
    assert_eq!(traces(&emulator), None);
    emulator.shutdown().await;
}

/// Somebody who leaves traces wherever one can.
async fn live(app: &str, ken: &Visitor) -> Visitor {
    let team = ken.create_workspace("Team").await;
    let aiko = Visitor::signed_up(app, "Kanariya Aiko").await;
    ken.invite(&team, &aiko.email, "member").await;
    aiko.accept_invitation().await;
    let room = ken.create_room(&team, "Lobby").await;
    let path = format!("/api/workspaces/{team}/rooms/{room}/join");
    aiko.post(&path, json!({})).await;
    let own = aiko.create_workspace("Uguisu Works").await;
    aiko.create_room(&own, "uguisu room").await;
    let elsewhere = ken.create_workspace("Elsewhere").await;
    ken.invite(&elsewhere, &aiko.email, "guest").await;
    aiko
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).expect("a folder").count()
}

fn word() -> Value {
    json!({ "confirm": "DELETE" })
}

/// The first item that tells of somebody who should not be there.
fn traces(emulator: &Emulator) -> Option<String> {
    let tables = ["koeba", "koeba-keys"].into_iter();
    let mut items = tables.flat_map(|table| emulator.dump(table).expect("a table"));
    items.find(|item| CANARIES.iter().any(|canary| item.contains(canary)))
}

/// Waits until the mails that are owed are delivered and forgotten, and nothing tells of anybody.
async fn without_trace(emulator: &Emulator) {
    let deadline = Instant::now() + PATIENCE;
    while let Some(trace) = traces(emulator) {
        assert!(Instant::now() < deadline, "still there: {trace}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until every mail that is owed is delivered.
async fn settled(emulator: &Emulator) {
    let deadline = Instant::now() + PATIENCE;
    let owed = || {
        let items = emulator.dump("koeba").expect("a table");
        items
            .iter()
            .any(|item| item.contains("OUTBOX") && item.contains("params"))
    };
    while owed() {
        assert!(Instant::now() < deadline, "mails are still owed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn run(data: &Path, pages: &Path) -> Running {
    let options = Options {
        data_dir: data.to_owned(),
        in_memory: false,
        web_dir: pages.to_owned(),
        ..Options::throw_away()
    };
    koeba_local::start(options).await.expect("it starts")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

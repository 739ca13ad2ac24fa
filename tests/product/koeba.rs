//! The whole of Koeba in this process.

use std::path::Path;

use koeba_emulator::Emulator;
use koeba_local::{Options, Running};
use serde_json::Value;
use tempfile::TempDir;

/// A running Koeba that keeps nothing.
pub struct Koeba {
    running: Running,
    pages: TempDir,
}

/// What is written in its own time, or of refused requests too.
const LEFT_OUT: [&str; 6] = [
    "OUTBOX",
    "#OCCUPANCY",
    "LIMIT#",
    "#AUDIT",
    "#REFUSALS",
    "STREAM#",
];

/// The name of the table in a local runner.
const TABLE: &str = "koeba";

impl Koeba {
    /// Starts one on free ports.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start() -> Self {
        let pages = stand_in_pages();
        let options = Options {
            web_dir: pages.path().to_owned(),
            ..Options::throw_away()
        };
        let running = koeba_local::start(options)
            .await
            .expect("a throw-away Koeba starts");
        Self { running, pages }
    }

    /// Where its pages and its API are.
    #[must_use]
    pub fn app(&self) -> &str {
        &self.running.ready().app
    }

    /// The folder that its pages are served from.
    #[must_use]
    pub fn pages(&self) -> &Path {
        self.pages.path()
    }

    /// Where its media node is.
    #[must_use]
    pub fn media(&self) -> &str {
        &self.running.ready().media
    }

    /// The embedded AWS services behind it.
    #[must_use]
    pub const fn emulator(&self) -> &Emulator {
        self.running.emulator()
    }

    /// How many times something was written that a request could have written. What the delivery
    /// of mail, the audit log and the rooms' own reports write is left out, for it comes in its own
    /// time, and so are the counts of what is limited and the records of refusals, which are made of
    /// refused requests too.
    ///
    /// # Panics
    /// When the table's stream cannot be read.
    #[must_use]
    pub fn writes(&self) -> usize {
        let event = self
            .emulator()
            .stream_event(TABLE)
            .expect("the stream can be read");
        let value = serde_json::to_value(event).expect("an event is JSON");
        let records = value["Records"].as_array().expect("an event has records");
        records.iter().filter(|record| !follows(record)).count()
    }

    /// Stops its media node alone.
    pub async fn stop_node(&mut self) {
        self.running.stop_node().await;
    }

    /// Stops it in good order.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// Whether a stream record follows from a change by itself, later: mail, what rooms and limits
/// count, and what a member's item repeats of their account, which names no other request.
fn follows(record: &Value) -> bool {
    let change = &record["dynamodb"];
    let key = change["Keys"]["pk"]["S"].as_str().unwrap_or_default();
    let is_copy = record["eventName"] == "MODIFY"
        && key.ends_with("#MEMBERS")
        && change["OldImage"]["trace"] == change["NewImage"]["trace"];
    let sort_key = change["Keys"]["sk"]["S"].as_str().unwrap_or_default();
    is_copy || sort_key.starts_with("REFUSED#") || LEFT_OUT.iter().any(|part| key.contains(part))
}

/// A folder that stands in for the built web client.
///
/// # Panics
/// When no temporary folder can be made.
#[must_use]
pub fn stand_in_pages() -> TempDir {
    let pages = tempfile::tempdir().expect("a temporary folder can be made");
    std::fs::write(
        pages.path().join("index.html"),
        "<!doctype html><title>Koeba</title>",
    )
    .expect("a temporary folder can be written");
    pages
}

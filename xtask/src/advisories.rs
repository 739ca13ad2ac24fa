//! `cargo xtask advisories`: are the locked versions of everything that is not ours free of known
//! vulnerabilities?
//!
//! Compares every lock file of the repository, in Rust, npm and Python alike, with the advisories
//! of the Open Source Vulnerabilities database (<https://osv.dev>), which holds those of `RustSec`,
//! of GitHub and of the Python Packaging Authority. The database is a folder laid out as
//! `osv-scanner` keeps it: `<ecosystem>/all.zip`. `--fetch` gets it; without, nothing is asked of
//! any network. What is accepted for a while stands in `infra/compliance/advisories.json`, with
//! the reason and the day on which it ends.

mod accepted;
mod locked;
mod osv;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

use self::accepted::Accepted;
use self::locked::{Ecosystem, Locked};
use self::osv::{Advisory, Database};
use crate::command::Command;
use crate::failure::Failure;
use crate::places;
use crate::table::Table;

/// What to compare with, and as of when.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Where the database is, as `osv-scanner` keeps it (default: target/advisories)
    #[arg(long, value_name = "FOLDER")]
    database: Option<PathBuf>,
    /// Get the database first, with curl
    #[arg(long)]
    fetch: bool,
    /// Judge as of this day (default: today)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
    today: Option<Date>,
}

/// What is accepted for a while.
const ACCEPTED: &str = "infra/compliance/advisories.json";
/// Where the database is published: <https://google.github.io/osv.dev/data/>.
const SOURCE: &str = "https://osv-vulnerabilities.storage.googleapis.com";
/// An older database proves nothing.
const OLDEST: Duration = Duration::days(30);

/// A locked version that an advisory is about.
struct Hit<'a> {
    locked: &'a Locked,
    advisory: Advisory,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let folder = match &options.database {
        Some(folder) => folder.clone(),
        None => places::target().join("advisories"),
    };
    let today = options
        .today
        .unwrap_or_else(|| OffsetDateTime::now_utc().date());
    if options.fetch {
        fetch(&folder)?;
    }
    let locked = locked::everything(places::root())?;
    let accepted = accepted::read(&places::root().join(ACCEPTED))?;
    let mut hits = Vec::new();
    for ecosystem in Ecosystem::ALL {
        let mine: Vec<&Locked> = locked
            .iter()
            .filter(|one| one.ecosystem == ecosystem)
            .collect();
        let database = Database::read(&folder, ecosystem)?;
        demand_recent(&database, today)?;
        eprintln!(
            "{}: {} versions in lock files, {} advisories up to {}",
            ecosystem.name(),
            mine.len(),
            database.len(),
            database.newest()
        );
        hits.extend(hits_of(&mine, &database));
    }
    judge(&hits, &accepted, today)
}

fn demand_recent(database: &Database, today: Date) -> Result<(), Failure> {
    if today - database.newest() <= OLDEST {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the newest advisory for {} is of {}, more than {} days ago: run `cargo xtask advisories --fetch`",
        database.ecosystem().name(),
        database.newest(),
        OLDEST.whole_days(),
    )))
}

fn hits_of<'a>(locked: &[&'a Locked], database: &Database) -> Vec<Hit<'a>> {
    let mut hits = Vec::new();
    for one in locked {
        for advisory in database.about(&one.name) {
            if advisory.affects(&one.name, &one.version) {
                hits.push(Hit {
                    locked: one,
                    advisory: advisory.clone(),
                });
            }
        }
    }
    hits
}

/// Tells everything that was found, and fails if some of it is neither accepted nor a mere notice.
fn judge(hits: &[Hit], accepted: &[Accepted], today: Date) -> Result<(), Failure> {
    let mut table = Table::new(&["package", "version", "advisory", "mended in", "lock file"]);
    let mut open = BTreeSet::new();
    for Hit { locked, advisory } in hits {
        let outcome = if accepted.iter().any(|one| one.covers(&advisory.id, today)) {
            " (accepted)"
        } else if advisory.is_mere_notice() {
            " (no vulnerability)"
        } else {
            open.insert(format!("{} {}", locked.name, locked.version));
            ""
        };
        table.row([
            locked.name.clone(),
            locked.version.clone(),
            format!("{}{outcome}", advisory.id),
            advisory.mended_in(&locked.name),
            locked.file.clone(),
        ]);
    }
    if !hits.is_empty() {
        println!("{}", table.render());
    }
    for one in accepted {
        if !hits.iter().any(|hit| hit.advisory.id == one.id) {
            return Err(Failure::new(format!(
                "{ACCEPTED} accepts {}, which nothing is affected by any more: take it out",
                one.id
            )));
        }
    }
    if open.is_empty() {
        println!("No locked version has a known vulnerability.");
        return Ok(());
    }
    let named = open.into_iter().collect::<Vec<_>>().join(", ");
    Err(Failure::new(format!(
        "known vulnerabilities in {named}: take the versions that mend them, or accept them for a \
         while in {ACCEPTED}, with a reason"
    )))
}

fn fetch(folder: &Path) -> Result<(), Failure> {
    for ecosystem in Ecosystem::ALL {
        let file = osv::archive(folder, ecosystem);
        let parent = file.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| {
            Failure::because(format!("cannot make {}", parent.display()), error)
        })?;
        Command::new("curl")
            .args(["--fail", "--location", "--silent", "--show-error"])
            .args(["--retry", "3", "--output"])
            .args([&file])
            .args([format!("{SOURCE}/{}/all.zip", ecosystem.name())])
            .run()?;
    }
    Ok(())
}

/// A day as ISO 8601 writes it.
fn parse_day(text: &str) -> Result<Date, String> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| format!("{text} is no day; write it as 2026-11-23"))
}

//! `cargo xtask load`: fills a media node with synthetic voices, and says what gets through and what it
//! costs, as a table and as a plot.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::json;

use crate::bench_media::{Load, Node, last, rate, ratio, wait_for};
use crate::command::Command;
use crate::failure::Failure;
use crate::table::Table;
use crate::{binaries, places};

/// What to load a node with.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Rooms
    #[arg(long, default_value_t = 1)]
    rooms: u64,

    /// Participants in each room; several numbers are measured one after the other
    #[arg(long, value_delimiter = ',', default_values_t = [2, 10, 25, 50])]
    participants: Vec<u64>,

    /// How many of them talk [default: all]
    #[arg(long)]
    talkers: Option<u64>,

    /// Seconds in which packets count
    #[arg(long, default_value_t = 10)]
    seconds: u64,

    /// How many voices of a room are forwarded at a time; `off` forwards all
    #[arg(long, default_value = "off")]
    loudest: String,

    /// Where the plot is written
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
}

/// Measures each size against a fresh node, prints the table and draws the plot.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    Command::cargo()
        .args(["build", "--release", "-p", "koeba-node", "-p", "koeba-load"])
        .run()?;
    let mut table = Table::new(&[
        "rooms × participants (talking)",
        "packets/s out",
        "lost %",
        "jitter ms",
        "delay p50 ms",
        "p99 ms",
        "CPU % of one core",
        "callers' own lag p99 ms",
    ]);
    let mut points = String::new();
    for &participants in &options.participants {
        let talkers = options.talkers.unwrap_or(participants).min(participants);
        eprintln!("{} × {participants}, {talkers} talking", options.rooms);
        let (load, cpu) = measure(options, participants, talkers)?;
        table.row([
            format!("{} × {participants} ({talkers})", options.rooms),
            format!("{:.0}", rate(&load)),
            format!("{:.3}", load.loss_percent),
            format!("{:.2}", load.jitter_ms),
            format!("{:.2}", load.delay_p50_ms),
            format!("{:.2}", load.delay_p99_ms),
            format!("{cpu:.1}"),
            format!("{:.2}", load.pacing_lag_p99_ms),
        ]);
        let point = json!({
            "participants": options.rooms * participants,
            "delay_p50_ms": load.delay_p50_ms,
            "delay_p99_ms": load.delay_p99_ms,
            "loss_percent": load.loss_percent,
            "cpu_percent": cpu,
        });
        points += &format!("{point}\n");
    }
    println!("{}", table.render());
    let path = match &options.plot {
        Some(path) => path.clone(),
        None => places::target().join("load.svg"),
    };
    let drawn = draw(&points)?;
    fs::write(&path, drawn)
        .map_err(|error| Failure::because(format!("cannot write {}", path.display()), error))?;
    println!("The plot is {}.", path.display());
    Ok(())
}

/// What the callers saw, and what the node cost meanwhile, in percent of one core.
fn measure(options: &Options, participants: u64, talkers: u64) -> Result<(Load, f64), Failure> {
    let node = Node::start(&["--loudest", &options.loudest])?;
    let program = binaries::of_profile("release", "koeba-load");
    let mut command = std::process::Command::new(program);
    command
        .args(["node", "--json"])
        .args(["--rooms", &options.rooms.to_string()])
        .args(["--participants", &participants.to_string()])
        .args(["--talkers", &talkers.to_string()])
        .args(["--seconds", &options.seconds.to_string()]);
    let mut callers = node.load(&mut command)?;
    wait_for(&mut callers.lines, "window_begins")?;
    let before = node.cpu_ns()?;
    wait_for(&mut callers.lines, "window_ends")?;
    let spent = node.cpu_ns()?.saturating_sub(before);
    let load: Load = last(&mut callers.lines)?;
    let cpu = ratio(spent, 10_000_000) / load.seconds;
    Ok((load, cpu))
}

fn draw(points: &str) -> Result<Vec<u8>, Failure> {
    let failed = |error| Failure::because("the plot could not be drawn", error);
    let program = binaries::of_profile("release", "koeba-load");
    let mut child = std::process::Command::new(program)
        .arg("plot")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(points.as_bytes()).map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Failure::new(
            "the plot could not be drawn; it says why above",
        ))
    }
}

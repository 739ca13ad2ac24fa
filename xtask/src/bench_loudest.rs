//! What forwarding only the loudest saves in a room of fifty who are all unmuted.
//!
//! Five talk and forty-five send the noise of their rooms, without discontinuous transmission: the
//! most that a room can ask of a node. The node's own counter says how much it passed on, because
//! without loudest-N the callers' one thread cannot take in everything.

use crate::bench_media::{self, Load, Node, Room};
use crate::command::Command;
use crate::failure::Failure;
use crate::table::Table;

const ROUNDS: usize = 3;
const LOUD: &str = "5";
const ROOM: Room = Room {
    participants: 50,
    talkers: 50,
};

struct Figures {
    packets_per_s: f64,
    cpu_percent: f64,
    heard_percent: f64,
    lag_ms: f64,
}

/// Measures both and prints the table.
pub(crate) fn run() -> Result<(), Failure> {
    Command::cargo()
        .args(["build", "--release", "-p", "koeba-node", "-p", "koeba-load"])
        .run()?;
    let settings = ["off", LOUD];
    let mut rounds = [Vec::new(), Vec::new()];
    for round in 1..=ROUNDS {
        for (setting, figures) in settings.iter().zip(&mut rounds) {
            eprintln!("round {round} of {ROUNDS}: --loudest {setting}");
            figures.push(measure(setting)?);
        }
    }
    let mut table = Table::new(&[
        "--loudest",
        "packets/s out",
        "CPU % of one core, min",
        "median",
        "of the talkers heard, %",
        "callers' own lag p99 ms",
    ]);
    for (setting, figures) in settings.iter().zip(&rounds) {
        table.row(row(setting, figures));
    }
    println!("{}", table.render());
    let median = |at: usize, value: fn(&Figures) -> f64| sorted(&rounds[at], value)[ROUNDS / 2];
    let ratio = |value| median(0, value) / median(1, value);
    println!(
        "{:.1} times fewer packets, {:.1} times less CPU (medians)",
        ratio(|figures| figures.packets_per_s),
        ratio(|figures| figures.cpu_percent)
    );
    Ok(())
}

fn row(setting: &str, figures: &[Figures]) -> Vec<String> {
    let median = |value| sorted(figures, value)[figures.len() / 2];
    vec![
        setting.to_owned(),
        format!("{:.0}", median(|figures| figures.packets_per_s)),
        format!("{:.1}", sorted(figures, |figures| figures.cpu_percent)[0]),
        format!("{:.1}", median(|figures| figures.cpu_percent)),
        format!("{:.2}", sorted(figures, |figures| figures.heard_percent)[0]),
        format!("{:.1}", median(|figures| figures.lag_ms)),
    ]
}

fn sorted(figures: &[Figures], value: fn(&Figures) -> f64) -> Vec<f64> {
    let mut values: Vec<_> = figures.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn measure(setting: &str) -> Result<Figures, Failure> {
    let node = Node::start(&["--loudest", setting])?;
    let mut callers = bench_media::callers(&ROOM);
    let mut load = node.load(callers.args(["--loud", LOUD]))?;
    bench_media::wait_for(&mut load.lines, "window_begins")?;
    let (cpu, packets) = (node.cpu_ns()?, node.count("packets_forwarded_total")?);
    bench_media::wait_for(&mut load.lines, "window_ends")?;
    let cpu = node.cpu_ns()?.saturating_sub(cpu);
    let packets = node
        .count("packets_forwarded_total")?
        .saturating_sub(packets);
    let report: Load = bench_media::last(&mut load.lines)?;
    Ok(Figures {
        packets_per_s: bench_media::ratio(packets, 1) / report.seconds,
        cpu_percent: bench_media::ratio(cpu, 10_000_000) / report.seconds,
        heard_percent: 100.0 - bench_media::lost_percent(&report),
        lag_ms: report.pacing_lag_p99_ms,
    })
}

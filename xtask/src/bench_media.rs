//! What a media node costs per packet it forwards and per participant it holds.
//!
//! Real sockets on loopback, a fresh node for every figure, synthetic callers in a process of one
//! thread beside it. Beside each room stands the floor: the same traffic through a program that
//! only copies datagrams, measured in the same round. Cost per packet is no constant: it falls with
//! the rate, because a busy process sleeps less often. So compare equal rooms only.

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Stdio};
use std::thread;

use serde::Deserialize;

use crate::binaries;
use crate::command::Command;
use crate::failure::Failure;
use crate::table::Table;

const ROUNDS: usize = 3;
const WARM_UP_S: u64 = 3;
pub(crate) const WINDOW_S: u64 = 10;
const KEY: (&str, &str) = ("KOEBA_TOKEN_KEY_ID", "bench");
const SECRET: (&str, &str) = ("KOEBA_TOKEN_SECRET", "0123456789abcdef0123456789abcdef");

/// A room to measure.
pub(crate) struct Room {
    pub(crate) participants: u64,
    pub(crate) talkers: u64,
}

const ROOMS: [Room; 4] = [
    Room {
        participants: 2,
        talkers: 2,
    },
    Room {
        participants: 10,
        talkers: 10,
    },
    // As much as the callers' one thread can send and hear.
    Room {
        participants: 25,
        talkers: 25,
    },
    Room {
        participants: 50,
        talkers: 5,
    },
];

/// What one round says about one room.
struct Figures {
    cpu_us: f64,
    floor_us: f64,
    resident_kib: f64,
    load: Load,
}

/// The report of the synthetic callers, as far as it is shown.
#[derive(Deserialize)]
pub(crate) struct Load {
    pub(crate) expected: u64,
    pub(crate) received: u64,
    pub(crate) seconds: f64,
    pub(crate) loss_percent: f64,
    pub(crate) jitter_ms: f64,
    pub(crate) delay_p50_ms: f64,
    pub(crate) delay_p99_ms: f64,
    pub(crate) pacing_lag_p99_ms: f64,
}

/// The report of the floor.
#[derive(Deserialize)]
struct Floor {
    forwarded: u64,
    cpu_ns: u64,
}

/// Measures every room and prints the table.
pub(crate) fn run() -> Result<(), Failure> {
    Command::cargo()
        .args(["build", "--release", "-p", "koeba-node", "-p", "koeba-load"])
        .run()?;
    let mut rounds: Vec<Vec<Figures>> = ROOMS.iter().map(|_| Vec::new()).collect();
    // Room by room within each round, so that whatever else the machine does falls on all alike.
    for round in 1..=ROUNDS {
        for (room, figures) in ROOMS.iter().zip(&mut rounds) {
            eprintln!(
                "round {round} of {ROUNDS}: {} participants, {} talking",
                room.participants, room.talkers
            );
            figures.push(measure(room)?);
        }
    }
    let mut table = Table::new(&[
        "participants (talking)",
        "packets/s out",
        "CPU µs/packet, min",
        "median",
        "copying only µs/packet, min",
        "median",
        "ratio",
        "resident KiB/participant",
        "lost %",
        "delay p50 ms",
        "p99 ms",
        "callers' own lag p99 ms",
    ]);
    for (room, figures) in ROOMS.iter().zip(&rounds) {
        table.row(row(room, figures));
    }
    println!("{}", table.render());
    Ok(())
}

fn row(room: &Room, figures: &[Figures]) -> Vec<String> {
    let sorted = |value: &dyn Fn(&Figures) -> f64| {
        let mut values: Vec<_> = figures.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let median = |value: &dyn Fn(&Figures) -> f64| sorted(value)[figures.len() / 2];
    let least = |value: &dyn Fn(&Figures) -> f64| sorted(value)[0];
    let (cpu, floor) = (
        least(&|figures| figures.cpu_us),
        least(&|figures| figures.floor_us),
    );
    let lost = figures.iter().map(|figures| lost_percent(&figures.load));
    vec![
        format!("{} ({})", room.participants, room.talkers),
        format!("{:.0}", median(&|figures| rate(&figures.load))),
        format!("{cpu:.1}"),
        format!("{:.1}", median(&|figures| figures.cpu_us)),
        format!("{floor:.1}"),
        format!("{:.1}", median(&|figures| figures.floor_us)),
        format!("{:.1}×", cpu / floor),
        format!("{:.0}", median(&|figures| figures.resident_kib)),
        format!("{:.3}", lost.fold(0.0, f64::max)),
        format!("{:.2}", median(&|figures| figures.load.delay_p50_ms)),
        format!("{:.2}", median(&|figures| figures.load.delay_p99_ms)),
        format!("{:.2}", median(&|figures| figures.load.pacing_lag_p99_ms)),
    ]
}

fn measure(room: &Room) -> Result<Figures, Failure> {
    let node = Node::start(&["--loudest", "off"])?;
    let resident = node.resident_kib()?;
    let mut load = node.load(&mut callers(room))?;
    wait_for(&mut load.lines, "window_begins")?;
    let cpu = node.cpu_ns()?;
    wait_for(&mut load.lines, "window_ends")?;
    let cpu = node.cpu_ns()?.saturating_sub(cpu);
    let resident = node.resident_kib()?.saturating_sub(resident);
    let report: Load = last(&mut load.lines)?;
    drop(load);
    drop(node);
    let floor: Floor = parse(&floor(room)?)?;
    Ok(Figures {
        cpu_us: ratio(cpu, report.received) / 1e3,
        floor_us: ratio(floor.cpu_ns, floor.forwarded) / 1e3,
        resident_kib: ratio(resident, room.participants),
        load: report,
    })
}

/// A node that nobody has used yet. Ends when dropped.
pub(crate) struct Node {
    child: Ended,
    signalling: String,
}

impl Node {
    /// Starts it with these options beside the usual ones.
    pub(crate) fn start(options: &[&str]) -> Result<Self, Failure> {
        let program = binaries::of_profile("release", "koeba-node");
        let mut process = Running::start(
            std::process::Command::new(program)
                .args(["--signal-addr", "127.0.0.1:0"])
                .args(["--media-addr", "127.0.0.1:0"])
                .args(["--announce-ip", "127.0.0.1"])
                .args(options)
                .envs([KEY, SECRET, ("KOEBA_LOG", "info")]),
        )?;
        let signalling = loop {
            let line = process.lines.next();
            let line = line
                .and_then(Result::ok)
                .ok_or_else(|| Failure::new("the media node ended before it was ready"))?;
            let line: serde_json::Value = parse(&line)?;
            if line["message"] == "ready"
                && let Some(address) = line["signal_addr"].as_str()
            {
                break address.to_owned();
            }
        };
        // Read on to nowhere, so that the node never waits for a reader.
        thread::spawn(move || process.lines.for_each(drop));
        Ok(Self {
            child: process.child,
            signalling,
        })
    }

    pub(crate) fn load(&self, callers: &mut std::process::Command) -> Result<Running, Failure> {
        Running::start(
            callers
                .args(["--url", &format!("ws://{}", self.signalling)])
                .envs([KEY, SECRET]),
        )
    }

    /// Processor time of all its threads, from the scheduler's own account. What other files say
    /// is sampled at the tick, which traffic every 20 ms falls in step with.
    pub(crate) fn cpu_ns(&self) -> Result<u64, Failure> {
        let failed = |error| Failure::because("a process' threads cannot be read", error);
        let tasks = format!("/proc/{}/task", self.child.0.id());
        let mut sum = 0;
        for task in fs::read_dir(tasks).map_err(failed)? {
            let path = task.map_err(failed)?.path().join("schedstat");
            let text = fs::read_to_string(path).map_err(failed)?;
            let first = text.split_whitespace().next();
            sum += first.and_then(|ns| ns.parse::<u64>().ok()).unwrap_or(0);
        }
        Ok(sum)
    }

    /// What it has counted under this name since it started.
    pub(crate) fn count(&self, name: &str) -> Result<u64, Failure> {
        let failed = |error| Failure::because("the media node does not say what it counts", error);
        let mut stream = TcpStream::connect(&self.signalling).map_err(failed)?;
        let request = "GET /metrics HTTP/1.0\r\nhost: node\r\n\r\n";
        stream.write_all(request.as_bytes()).map_err(failed)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(failed)?;
        let name = format!("koeba_node_{name} ");
        let value = answer.lines().find_map(|line| line.strip_prefix(&name));
        let value = value.and_then(|value| value.parse().ok());
        value.ok_or_else(|| Failure::new(format!("the media node does not count {name}")))
    }

    fn resident_kib(&self) -> Result<u64, Failure> {
        let path = format!("/proc/{}/status", self.child.0.id());
        let text = fs::read_to_string(path)
            .map_err(|error| Failure::because("a process' memory cannot be read", error))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kib.ok_or_else(|| Failure::new("the system does not tell a process' resident memory"))
    }
}

pub(crate) fn callers(room: &Room) -> std::process::Command {
    let mut command = load_command("node", room);
    command.args(["--warm-up", &WARM_UP_S.to_string()]);
    command
}

fn floor(room: &Room) -> Result<String, Failure> {
    let mut running = Running::start(&mut load_command("floor", room))?;
    let line = running.lines.next().and_then(Result::ok);
    line.ok_or_else(|| Failure::new("the copying program measured nothing"))
}

fn load_command(what: &str, room: &Room) -> std::process::Command {
    let program = binaries::of_profile("release", "koeba-load");
    let mut command = std::process::Command::new(program);
    command
        .args([what, "--json"])
        .args(["--participants", &room.participants.to_string()])
        .args(["--talkers", &room.talkers.to_string()])
        .args(["--seconds", &WINDOW_S.to_string()]);
    command
}

/// A process, line by line.
pub(crate) struct Running {
    child: Ended,
    pub(crate) lines: Output,
}

pub(crate) type Output = Lines<BufReader<ChildStdout>>;

impl Running {
    fn start(command: &mut std::process::Command) -> Result<Self, Failure> {
        let name = command.get_program().to_string_lossy().into_owned();
        let failed = |error: &dyn std::fmt::Display| {
            Failure::because(format!("`{name}` did not start"), error)
        };
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failed(&error))?;
        let stdout = child.stdout.take().ok_or_else(|| failed(&"no output"))?;
        Ok(Self {
            child: Ended(child),
            lines: BufReader::new(stdout).lines(),
        })
    }
}

/// A process that does not outlive this.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn wait_for(lines: &mut Output, moment: &str) -> Result<(), Failure> {
    for line in lines {
        let line = line.map_err(|error| Failure::because("the callers went silent", error))?;
        let line: serde_json::Value = parse(&line)?;
        if line["moment"] == moment {
            return Ok(());
        }
    }
    Err(Failure::new("the callers gave up; they say why above"))
}

pub(crate) fn last<T: for<'de> Deserialize<'de>>(lines: &mut Output) -> Result<T, Failure> {
    let line = lines.next().and_then(Result::ok);
    parse(&line.ok_or_else(|| Failure::new("the callers gave up; they say why above"))?)
}

fn parse<T: for<'de> Deserialize<'de>>(line: &str) -> Result<T, Failure> {
    serde_json::from_str(line).map_err(|error| Failure::because("a program said nonsense", error))
}

pub(crate) fn rate(load: &Load) -> f64 {
    ratio(load.received, 1) / load.seconds
}

pub(crate) fn lost_percent(load: &Load) -> f64 {
    100.0 * ratio(load.expected.saturating_sub(load.received), load.expected)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nanoseconds and packets of a run are far below 2^53"
)]
pub(crate) fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

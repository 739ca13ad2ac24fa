use std::fmt;

use serde::{Deserialize, Serialize};

use crate::board::Seen;
use crate::run::Options;

/// What a run measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rooms.
    pub rooms: usize,
    /// Participants in each.
    pub participants: usize,
    /// Of them, how many talk.
    pub talkers: usize,
    /// Length of the window in which packets counted.
    pub seconds: f64,
    /// From the first connection until everybody heard everybody, in milliseconds.
    pub ready_ms: f64,
    /// Packets that should have arrived at somebody.
    pub expected: u64,
    /// Packets that did.
    pub received: u64,
    /// The share that did not, in percent.
    pub loss_percent: f64,
    /// Delay from one client's socket to another client, half of the packets: milliseconds.
    pub delay_p50_ms: f64,
    /// The same, 99 of 100 packets.
    pub delay_p99_ms: f64,
    /// The same, the worst.
    pub delay_max_ms: f64,
    /// How much the delays of packets that arrived one after the other differ, on average:
    /// milliseconds.
    #[serde(default)]
    pub jitter_ms: f64,
    /// How late the clients themselves sent, 99 of 100 packets: a high figure means that the
    /// machine was too busy for the others to mean much.
    pub pacing_lag_p99_ms: f64,
    /// Datagrams that the clients could not hand to the system.
    pub send_errors: u64,
}

impl Report {
    pub(crate) fn new(options: &Options, seconds: f64, ready_ms: f64, seen: Seen) -> Self {
        let received = u64::try_from(seen.delays_ns.len()).unwrap_or(u64::MAX);
        let jitter_ms = jitter(&seen.delays_ns);
        let mut delays = seen.delays_ns;
        let mut lags = seen.lags_ns;
        delays.sort_unstable();
        lags.sort_unstable();
        let missing = seen.expected.saturating_sub(received);
        Self {
            rooms: options.rooms,
            participants: options.participants,
            talkers: options.talkers(),
            seconds,
            ready_ms,
            expected: seen.expected,
            received,
            loss_percent: 100.0 * ratio(missing, seen.expected),
            delay_p50_ms: percentile(&delays, 50),
            delay_p99_ms: percentile(&delays, 99),
            delay_max_ms: percentile(&delays, 100),
            jitter_ms,
            pacing_lag_p99_ms: percentile(&lags, 99),
            send_errors: seen.send_errors,
        }
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    // Exact up to 2^53, which no run reaches.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of packets are far below 2^53"
    )]
    let (part, whole) = (part as f64, whole.max(1) as f64);
    part / whole
}

/// Of nanoseconds in the order of arrival, in milliseconds.
fn jitter(delays: &[u32]) -> f64 {
    let steps = delays
        .windows(2)
        .map(|two| u64::from(two[0].abs_diff(two[1])));
    let count = u64::try_from(delays.len().saturating_sub(1)).unwrap_or(u64::MAX);
    ratio(steps.sum(), count) / 1e6
}

/// Of sorted nanoseconds, in milliseconds.
fn percentile(sorted: &[u32], percent: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let value = sorted.get(last * percent / 100).copied().unwrap_or(0);
    f64::from(value) / 1e6
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "rooms {} × participants {} ({} talking), {:.1} s",
            self.rooms, self.participants, self.talkers, self.seconds
        )?;
        writeln!(f, "everybody heard everybody after {:.0} ms", self.ready_ms)?;
        writeln!(
            f,
            "packets expected {}, received {}, lost {:.3} %, not sent {}",
            self.expected, self.received, self.loss_percent, self.send_errors
        )?;
        write!(
            f,
            "delay p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms, jitter {:.2} ms (clients' own lag p99 {:.2} ms)",
            self.delay_p50_ms,
            self.delay_p99_ms,
            self.delay_max_ms,
            self.jitter_ms,
            self.pacing_lag_p99_ms
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let sorted: Vec<u32> = (1..=100).map(|ms| ms * 1_000_000).collect();
        assert!((percentile(&sorted, 50) - 50.0).abs() < f64::EPSILON);
        assert!((percentile(&sorted, 100) - 100.0).abs() < f64::EPSILON);
        assert!(percentile(&[], 99).abs() < f64::EPSILON);
    }

    #[test]
    fn jitter_is_how_much_one_delay_differs_from_the_next() {
        assert!((jitter(&[1_000_000, 3_000_000, 2_000_000]) - 1.5).abs() < 1e-9);
        assert!(jitter(&[5]).abs() < f64::EPSILON && jitter(&[]).abs() < f64::EPSILON);
    }

    #[test]
    fn what_did_not_arrive_is_lost() {
        let seen = Seen {
            expected: 4,
            send_errors: 0,
            delays_ns: vec![1, 1, 1],
            lags_ns: Vec::new(),
        };
        let report = Report::new(&Options::new("ws://127.0.0.1:1", "k", "s"), 1.0, 0.0, seen);
        assert!((report.loss_percent - 25.0).abs() < 1e-9);
    }
}

//! How well media gets through, from what the engine counts.

use std::time::Duration;

use str0m::media::{MediaKind, Mid, Rid};
use str0m::stats::{MediaEgressStats, MediaIngressStats, PeerStats};

/// How often a peer is measured: LiveKit's interval for telling connection quality.
pub(crate) const INTERVAL: Duration = Duration::from_secs(5);

/// How well a client's media got through since the last measurement.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measurement {
    /// To the client and back.
    pub round_trip: Option<Duration>,
    /// Of what it sent, the share that did not arrive, 0 to 1: that of its worst stream. None if it
    /// sent nothing.
    pub loss_up: Option<f32>,
    /// The same of what was sent to it, as it says itself.
    pub loss_down: Option<f32>,
    /// How unevenly its packets arrived (RFC 3550, section 6.4.1).
    pub jitter: Duration,
}

/// Which way a stream goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// A stream as the engine counts it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Flow {
    way: Way,
    mid: Mid,
    rid: Option<Rid>,
}

/// Puts the engine's counts together.
#[derive(Default)]
pub(crate) struct Meter {
    measuring: Option<Measurement>,
    /// How many packets each stream had counted before.
    counted: Vec<(Flow, u64)>,
}

impl Meter {
    /// The counts of the whole peer, which come before those of its streams.
    pub(crate) fn peer(&mut self, stats: &PeerStats) {
        let pair = stats.selected_candidate_pair.as_ref();
        self.measuring = Some(Measurement {
            round_trip: stats
                .rtt
                .or_else(|| pair.and_then(|pair| pair.current_round_trip_time)),
            ..Measurement::default()
        });
    }

    /// The counts of a stream that the client sends.
    pub(crate) fn arrived(&mut self, stats: &MediaIngressStats, kind: MediaKind) {
        let flows = self.flows(Way::Up, stats.mid, stats.rid, stats.packets);
        let Some(measuring) = self.measuring.as_mut().filter(|_| flows) else {
            return;
        };
        measuring.loss_up = worse(measuring.loss_up, stats.loss);
        let clock_rate = match kind {
            MediaKind::Audio => 48_000,
            MediaKind::Video => 90_000,
        };
        let jitter = Duration::from_secs(1) * stats.jitter / clock_rate;
        measuring.jitter = measuring.jitter.max(jitter);
    }

    /// The counts of a stream that the client receives.
    pub(crate) fn sent(&mut self, stats: &MediaEgressStats) {
        let flows = self.flows(Way::Down, stats.mid, stats.rid, stats.packets);
        let Some(measuring) = self.measuring.as_mut().filter(|_| flows) else {
            return;
        };
        measuring.loss_down = worse(measuring.loss_down, stats.loss);
    }

    /// What was measured, when all counts are in.
    pub(crate) fn take(&mut self) -> Option<Measurement> {
        self.measuring.take()
    }

    /// Whether anything came of a stream since it was looked at last. What is said of one that
    /// rests is of a time when it flowed.
    fn flows(&mut self, way: Way, mid: Mid, rid: Option<Rid>, packets: u64) -> bool {
        let flow = Flow { way, mid, rid };
        if let Some((_, before)) = self.counted.iter_mut().find(|(known, _)| *known == flow) {
            return std::mem::replace(before, packets) != packets;
        }
        self.counted.push((flow, packets));
        packets > 0
    }
}

fn worse(known: Option<f32>, loss: Option<f32>) -> Option<f32> {
    match (known, loss) {
        (Some(known), Some(loss)) => Some(known.max(loss)),
        (known, loss) => known.or(loss),
    }
}

//! Sequence numbers and timestamps as one receiver sees them.

use std::time::{Duration, Instant};

use crate::packet::Source;

/// Not 0: a receiver must be able to take a packet that overtook the first one.
const FIRST_SEQUENCE: u64 = 1_000;
/// Of a source that is replaced by another, at least so much time is taken to have passed.
const LEAST_PAUSE_MS: u128 = 20;
/// A longer pause is a mute or silence, not loss.
const PAUSE: Duration = Duration::from_millis(800);

/// Maps one source after the other onto one continuous outgoing stream.
///
/// A source's numbers begin anywhere and begin anew with every source; a receiver starts at
/// rollover 0 and must see one sequence without holes or repeats.
#[derive(Clone, Debug)]
pub(crate) struct Rebase {
    clock_per_ms: u32,
    current: Option<Mapping>,
}

#[derive(Clone, Debug)]
struct Mapping {
    source: Source,
    first_in: u64,
    first_out: u64,
    time_offset: u32,
    highest_in: u64,
    highest_out: u64,
    time_out: u32,
    at: Instant,
}

impl Rebase {
    /// For Opus, whose clock runs at 48 kHz (RFC 7587).
    pub(crate) const fn audio() -> Self {
        Self {
            clock_per_ms: 48,
            current: None,
        }
    }

    /// For video, whose clock runs at 90 kHz (RFC 7741).
    pub(crate) const fn video() -> Self {
        Self {
            clock_per_ms: 90,
            current: None,
        }
    }

    /// The outgoing sequence number and timestamp, or nothing for a packet from before the
    /// mapping began.
    pub(crate) fn map(
        &mut self,
        now: Instant,
        source: Source,
        sequence: u64,
        time: u32,
    ) -> Option<(u64, u32)> {
        let mapping = match &mut self.current {
            None => self.current.insert(Mapping {
                source,
                first_in: sequence,
                first_out: FIRST_SEQUENCE,
                time_offset: 0,
                highest_in: sequence,
                highest_out: FIRST_SEQUENCE,
                time_out: time,
                at: now,
            }),
            Some(mapping) => {
                if mapping.source != source {
                    mapping.change_source(now, self.clock_per_ms, source, sequence, time);
                } else if sequence > mapping.highest_in + 1
                    && now.saturating_duration_since(mapping.at) > PAUSE
                {
                    mapping.continue_from(sequence);
                }
                mapping
            }
        };
        let out = mapping.first_out + sequence.checked_sub(mapping.first_in)?;
        let time_out = time.wrapping_add(mapping.time_offset);
        if sequence >= mapping.highest_in {
            mapping.highest_in = sequence;
            mapping.highest_out = out;
            mapping.time_out = time_out;
            mapping.at = now;
        }
        Some((out, time_out))
    }
}

impl Mapping {
    fn change_source(
        &mut self,
        now: Instant,
        clock_per_ms: u32,
        source: Source,
        sequence: u64,
        time: u32,
    ) {
        let pause = now.saturating_duration_since(self.at).as_millis();
        let pause = pause.max(LEAST_PAUSE_MS) * u128::from(clock_per_ms);
        let pause = u32::try_from(pause.min(u128::from(u32::MAX / 2)))
            .expect("the pause was clamped to 31 bits");
        self.time_offset = self.time_out.wrapping_add(pause).wrapping_sub(time);
        self.source = source;
        self.continue_from(sequence);
    }

    const fn continue_from(&mut self, sequence: u64) {
        self.first_in = sequence;
        self.first_out = self.highest_out + 1;
        self.highest_in = sequence;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Source = Source { peer: 1, ssrc: 10 };
    const B: Source = Source { peer: 2, ssrc: 10 };

    #[test]
    fn the_order_and_the_holes_of_a_source_stay() {
        let mut rebase = Rebase::audio();
        let now = Instant::now();
        let map = |rebase: &mut Rebase, n| rebase.map(now, A, n, 960).map(|(out, _)| out);
        assert_eq!(map(&mut rebase, 65_534), Some(1_000));
        assert_eq!(map(&mut rebase, 65_537), Some(1_003));
        assert_eq!(map(&mut rebase, 65_536), Some(1_002));
        assert_eq!(map(&mut rebase, 65_000), None);
    }

    #[test]
    fn a_source_that_starts_over_continues_the_stream() {
        let mut rebase = Rebase::audio();
        let start = Instant::now();
        rebase.map(start, A, 66_666, 5_000);
        let later = start + Duration::from_millis(20);
        assert_eq!(rebase.map(later, B, 3, 77), Some((1_001, 5_960)));
        assert_eq!(rebase.map(later, B, 4, 1_037), Some((1_002, 6_920)));
    }

    #[test]
    fn the_clock_of_pictures_runs_at_90_khz() {
        let mut rebase = Rebase::video();
        let start = Instant::now();
        rebase.map(start, A, 5, 9_000);
        let later = start + Duration::from_millis(100);
        assert_eq!(rebase.map(later, B, 70, 1), Some((1_001, 18_000)));
    }

    #[test]
    fn a_pause_leaves_no_hole_and_keeps_the_clock() {
        let mut rebase = Rebase::audio();
        let start = Instant::now();
        rebase.map(start, A, 10, 0);
        let later = start + Duration::from_secs(5);
        assert_eq!(rebase.map(later, A, 260, 240_000), Some((1_001, 240_000)));
    }
}

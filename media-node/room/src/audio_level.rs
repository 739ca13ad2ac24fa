//! How loud a track is, after LiveKit's rules, so that its clients show what they are used to.

use std::time::{Duration, Instant};

/// Media time over which a track is judged.
const WINDOW_MS: u32 = 400;
/// The share of the window that has to be loud.
const MIN_ACTIVE_MS: u32 = WINDOW_MS * 40 / 100;
/// Loud is this many dB below overload, or fewer.
const ACTIVE_LEVEL: u8 = 35;
/// Exponential average over two windows.
const SMOOTHING: f64 = 2.0 / 3.0;
/// Levels are told in steps of an eighth.
const STEPS: f64 = 8.0;
const RTP_TICKS_PER_MS: u32 = 48;

/// What one packet says about loudness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioObservation {
    /// The packet's RTP time stamp, at 48 kHz.
    pub rtp_timestamp: u32,
    /// RFC 6464: dB below overload, 0 is the loudest and 127 is silence.
    pub level: u8,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct AudioLevel {
    last_timestamp: Option<u32>,
    last_observed: Option<Instant>,
    observed_ms: u32,
    active_ms: u32,
    loudest: u8,
    smoothed: f64,
}

impl AudioLevel {
    pub(crate) fn observe(&mut self, now: Instant, observation: AudioObservation) {
        self.last_observed = Some(now);
        let AudioObservation {
            rtp_timestamp,
            level,
        } = observation;
        let Some(last) = self.last_timestamp.replace(rtp_timestamp) else {
            return;
        };
        let ticks = rtp_timestamp.wrapping_sub(last);
        if ticks >= 1 << 31 {
            // Out of order: it was counted as part of the gap that its successor closed.
            self.last_timestamp = Some(last);
            return;
        }
        // A gap longer than the window says no more than a gap as long as the window.
        let elapsed = (ticks / RTP_TICKS_PER_MS).min(WINDOW_MS);
        if self.observed_ms == 0 {
            self.loudest = u8::MAX;
        }
        self.observed_ms += elapsed;
        if level <= ACTIVE_LEVEL {
            self.active_ms += elapsed;
            self.loudest = self.loudest.min(level);
        }
        if self.observed_ms >= WINDOW_MS {
            self.close_window();
        }
    }

    fn close_window(&mut self) {
        if self.active_ms >= MIN_ACTIVE_MS {
            let weight = 20.0 * (f64::from(self.active_ms) / f64::from(WINDOW_MS)).log10();
            let linear = linear(f64::from(self.loudest) - weight);
            self.smoothed += (linear - self.smoothed) * SMOOTHING;
        } else {
            self.smoothed = 0.0;
        }
        self.observed_ms = 0;
        self.active_ms = 0;
    }

    /// Forgets what was heard: the track is muted.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// The level in eighths, 0 when the track does not count as speaking.
    pub(crate) fn eighths(&mut self, now: Instant) -> u8 {
        let silent = self.last_observed.is_none_or(|last| {
            now.saturating_duration_since(last) > Duration::from_millis(WINDOW_MS.into())
        });
        if silent {
            self.reset();
        }
        if self.smoothed < linear(f64::from(ACTIVE_LEVEL)) {
            return 0;
        }
        let wanted = (self.smoothed * STEPS).ceil().clamp(1.0, STEPS);
        (1..8).find(|&step| f64::from(step) >= wanted).unwrap_or(8)
    }

    /// Whether there is anything left that a later look could find changed.
    pub(crate) fn is_quiet(&self) -> bool {
        self.last_observed.is_none()
    }
}

fn linear(decibels_below: f64) -> f64 {
    10_f64.powf(-decibels_below / 20.0).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_at_15_db_counts_as_speaking_after_one_window() {
        let mut world = World::new();
        world.packets(20, 15);
        assert_eq!(world.level.eighths(world.now), 0);
        world.packets(1, 15);
        // 10^(-15/20) is 0.18, smoothed to 0.12: one eighth.
        assert_eq!(world.level.eighths(world.now), 1);
    }

    #[test]
    fn levels_follow_the_published_formula() {
        let mut world = World::new();
        world.packets(61, 6);
        // 0.501 after three windows is 0.501 * (1 - (1/3)^3) = 0.483, times eight, rounded up.
        assert_eq!(world.level.eighths(world.now), 4);
    }

    #[test]
    fn noise_below_35_db_does_not_count() {
        let mut world = World::new();
        world.packets(100, 36);
        assert_eq!(world.level.eighths(world.now), 0);
    }

    #[test]
    fn a_click_shorter_than_two_fifths_of_the_window_does_not_count() {
        let mut world = World::new();
        world.packets(1, 127);
        world.packets(7, 10);
        world.packets(13, 127);
        assert_eq!(world.level.eighths(world.now), 0);
    }

    #[test]
    fn a_track_that_falls_silent_is_forgotten_after_a_window() {
        let mut world = World::new();
        world.packets(60, 6);
        world.now += Duration::from_millis(401);
        assert_eq!(world.level.eighths(world.now), 0);
        assert!(world.level.is_quiet());
    }

    #[test]
    fn a_packet_out_of_order_adds_no_time() {
        let mut world = World::new();
        world.packets(10, 6);
        let before = world.level.observed_ms;
        let late = AudioObservation {
            rtp_timestamp: world.timestamp.wrapping_sub(960 * 5),
            level: 6,
        };
        world.level.observe(world.now, late);
        assert_eq!(world.level.observed_ms, before);
    }

    #[test]
    fn the_time_stamp_may_wrap_around() {
        let mut world = World::new();
        world.timestamp = u32::MAX - 960 * 5;
        world.packets(61, 6);
        assert_eq!(world.level.eighths(world.now), 4);
    }

    struct World {
        now: Instant,
        timestamp: u32,
        level: AudioLevel,
    }

    impl World {
        fn new() -> Self {
            Self {
                now: Instant::now(),
                timestamp: 0,
                level: AudioLevel::default(),
            }
        }

        fn packets(&mut self, count: u32, level: u8) {
            for _ in 0..count {
                self.timestamp = self.timestamp.wrapping_add(960);
                self.now += Duration::from_millis(20);
                let rtp_timestamp = self.timestamp;
                self.level.observe(
                    self.now,
                    AudioObservation {
                        rtp_timestamp,
                        level,
                    },
                );
            }
        }
    }
}

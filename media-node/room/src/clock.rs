//! Wall-clock times and versions, both from the moment and the milliseconds a room was opened at.

use std::time::Instant;

/// 2026-01-01T00:00:00Z: the origin of versions.
const VERSION_ORIGIN_MS: u64 = 1_767_225_600_000;
/// One version per tenth of a second keeps 32 bits good until 2039.
const VERSION_UNIT_MS: u64 = 100;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    origin: Instant,
    origin_ms: u64,
}

impl Clock {
    pub(crate) const fn new(origin: Instant, origin_ms: u64) -> Self {
        Self { origin, origin_ms }
    }

    /// `now` in milliseconds since the epoch. It never goes backwards.
    pub(crate) fn wall_ms(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.origin).as_millis();
        self.origin_ms
            .saturating_add(u64::try_from(since).unwrap_or(u64::MAX))
    }

    /// The version that follows `previous`.
    ///
    /// Clients ignore an update whose version is not above the last one they saw, also when the
    /// update comes from another node than that one. So versions count time, not changes.
    pub(crate) fn version_after(&self, previous: u32, now: Instant) -> u32 {
        let units = self.wall_ms(now).saturating_sub(VERSION_ORIGIN_MS) / VERSION_UNIT_MS;
        let timed = u32::try_from(units).unwrap_or(u32::MAX);
        timed.max(previous.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_version_is_above_one_given_earlier_by_another_node() {
        let now = Instant::now();
        let first = Clock::new(now, VERSION_ORIGIN_MS + 5_000_000);
        let second = Clock::new(now, VERSION_ORIGIN_MS + 5_001_000);
        let before = first.version_after(0, now);
        assert!(second.version_after(0, now) > before);
    }

    #[test]
    fn two_versions_of_the_same_moment_still_rise() {
        let now = Instant::now();
        let clock = Clock::new(now, VERSION_ORIGIN_MS);
        let first = clock.version_after(0, now);
        assert_eq!(clock.version_after(first, now), first + 1);
    }

    #[test]
    fn a_moment_before_the_room_is_taken_for_its_opening() {
        let now = Instant::now() + Duration::from_secs(10);
        let clock = Clock::new(now, 1_000);
        assert_eq!(clock.wall_ms(now - Duration::from_secs(5)), 1_000);
        assert_eq!(clock.version_after(0, now), 1);
    }
}

//! What time it is, as a value that a test can hold still.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use koeba_domain::Moment;
use time::Duration;

/// Tells the time: the machine's, or one that a test sets.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// Milliseconds since the Unix epoch, shared by every clone.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `moment` until [`Self::advance`] moves it; its clones move with it.
    #[must_use]
    pub fn fixed(moment: Moment) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(milliseconds(
            moment - Moment::UNIX_EPOCH,
        )))))
    }

    /// The moment, to the millisecond: what the store keeps, so a value reads back as written.
    #[must_use]
    pub fn now(&self) -> Moment {
        let milliseconds = match &self.0 {
            Source::System => milliseconds(Moment::now_utc() - Moment::UNIX_EPOCH),
            Source::Fixed(at) => at.load(Ordering::SeqCst),
        };
        Moment::UNIX_EPOCH + Duration::milliseconds(milliseconds)
    }

    /// Moves a fixed clock; the machine's clock takes no orders.
    pub fn advance(&self, by: Duration) {
        if let Source::Fixed(at) = &self.0 {
            at.fetch_add(milliseconds(by), Ordering::SeqCst);
        }
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.whole_milliseconds()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn every_clone_of_a_fixed_clock_moves_with_it() {
        let clock = Clock::fixed(datetime!(2026-04-01 09:00 UTC));
        let clone = clock.clone();
        clock.advance(Duration::minutes(10));
        assert_eq!(clone.now(), datetime!(2026-04-01 09:10 UTC));
    }

    #[test]
    fn the_time_is_told_to_the_millisecond() {
        assert_eq!(Clock::system().now().nanosecond() % 1_000_000, 0);
    }
}

//! How large a picture a participant's line carries, judged by what it loses.

use std::time::{Duration, Instant};

use crate::layers::Layer;

/// More than this is lost where a line is full; what radio loses by itself is less.
const FULL_PER_MILLE: u16 = 100;
/// Less than this is lost where there is room for more.
const CLEAR_PER_MILLE: u16 = 20;
/// So long nothing may be lost before more is tried.
const PATIENCE: Duration = Duration::from_secs(10);
/// What failed again and again is tried no more often than this.
const MOST_PATIENCE: Duration = Duration::from_secs(120);

/// What was learnt of a participant's line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Downlink {
    ceiling: Layer,
    clear_since: Option<Instant>,
    raised_at: Option<Instant>,
    patience: Duration,
}

impl Default for Downlink {
    fn default() -> Self {
        Self {
            ceiling: Layer::HIGHEST,
            clear_since: None,
            raised_at: None,
            patience: PATIENCE,
        }
    }
}

impl Downlink {
    /// The largest picture that it may be sent.
    pub(crate) const fn ceiling(&self) -> Layer {
        self.ceiling
    }

    /// Hears which share of what was sent to it was lost lately, in thousandths. True if the
    /// ceiling has moved.
    pub(crate) fn measured(&mut self, now: Instant, lost_per_mille: u16) -> bool {
        if lost_per_mille >= FULL_PER_MILLE {
            let tried = self.raised_at.take();
            if tried.is_some_and(|at| now.saturating_duration_since(at) < self.patience) {
                self.patience = (self.patience * 2).min(MOST_PATIENCE);
            }
            self.clear_since = None;
            return self.move_to(self.ceiling.below());
        }
        if lost_per_mille >= CLEAR_PER_MILLE {
            self.clear_since = None;
            return false;
        }
        let since = *self.clear_since.get_or_insert(now);
        if now.saturating_duration_since(since) < self.patience {
            return false;
        }
        self.clear_since = Some(now);
        self.raised_at = Some(now);
        self.move_to(self.ceiling.above())
    }

    fn move_to(&mut self, ceiling: Layer) -> bool {
        std::mem::replace(&mut self.ceiling, ceiling) != ceiling
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASURED_EVERY: Duration = Duration::from_secs(5);

    #[test]
    fn a_line_that_loses_much_gets_smaller_pictures_and_larger_ones_when_it_has_recovered() {
        let (mut downlink, start) = (Downlink::default(), Instant::now());
        assert!(!downlink.measured(start, 60), "some loss is no full line");
        assert!(downlink.measured(start, 150));
        assert!(downlink.measured(start, 150));
        assert!(!downlink.measured(start, 150), "there is nothing smaller");
        assert_eq!(downlink.ceiling(), Layer::LOWEST);
        let ceilings = watch(&mut downlink, start, 6);
        assert_eq!(ceilings, [0, 0, 1, 1, 2, 2]);
    }

    #[test]
    fn what_fails_is_tried_less_and_less_often() {
        let (mut downlink, mut now) = (Downlink::default(), Instant::now());
        downlink.measured(now, 300);
        let mut waits = Vec::new();
        for _ in 0..6 {
            let mut measured = 0;
            while downlink.ceiling() < Layer::HIGHEST {
                now += MEASURED_EVERY;
                downlink.measured(now, 0);
                measured += 1;
            }
            waits.push(measured);
            now += MEASURED_EVERY;
            downlink.measured(now, 300);
        }
        assert_eq!(waits, [3, 5, 9, 17, 25, 25]);
    }

    fn watch(downlink: &mut Downlink, start: Instant, times: u32) -> Vec<usize> {
        (1..=times)
            .map(|n| {
                downlink.measured(start + MEASURED_EVERY * n, 0);
                downlink.ceiling().index()
            })
            .collect()
    }
}

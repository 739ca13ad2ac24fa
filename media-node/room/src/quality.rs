//! How well a call goes, from what was measured.

use std::time::Duration;

use crate::output::Quality;

/// Points that a call loses for each percent of packets lost. Voice is sent twice (RFC 2198), so
/// that 5 % are noticed and 15 % hurt.
const LOSS_WEIGHT: f32 = 4.0;
/// Delay that a conversation does not notice, in milliseconds: what is beyond counts fourfold
/// (ITU-T G.107, the knee of the delay impairment).
const DELAY_KNEE_MS: f32 = 160.0;

impl Quality {
    /// What people notice of a call in which the share `loss` (0 to 1) of the packets is missing,
    /// and a packet takes `round_trip` there and back with that much `jitter`. Scored as LiveKit's
    /// server does (`pkg/sfu/connectionquality`): 100 points less what delay and loss take, more
    /// than 80 excellent, more than 40 good.
    #[must_use]
    pub fn measured(loss: f32, round_trip: Duration, jitter: Duration) -> Self {
        let delay_ms = (round_trip / 2 + jitter * 2).as_secs_f32() * 1_000.0;
        let for_delay = if delay_ms > DELAY_KNEE_MS {
            (delay_ms - 120.0) / 10.0
        } else {
            delay_ms / 40.0
        };
        let score = 100.0 - for_delay - loss * 100.0 * LOSS_WEIGHT;
        if score > 80.0 {
            Self::Excellent
        } else if score > 40.0 {
            Self::Good
        } else {
            Self::Poor
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEAR: Duration = Duration::from_millis(30);
    const STEADY: Duration = Duration::from_millis(2);

    #[test]
    fn loss_is_noticed_at_five_percent_and_hurts_at_fifteen() {
        for (loss, quality) in [
            (0.0, Quality::Excellent),
            (0.04, Quality::Excellent),
            (0.06, Quality::Good),
            (0.14, Quality::Good),
            (0.16, Quality::Poor),
            (1.0, Quality::Poor),
        ] {
            assert_eq!(Quality::measured(loss, NEAR, STEADY), quality, "{loss}");
        }
    }

    #[test]
    fn a_far_or_uneven_path_is_worse_than_a_near_and_steady_one() {
        let far = Duration::from_millis(700);
        let uneven = Duration::from_millis(400);
        assert_eq!(Quality::measured(0.0, far, STEADY), Quality::Good);
        assert_eq!(Quality::measured(0.0, NEAR, uneven), Quality::Poor);
    }
}

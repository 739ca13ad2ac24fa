//! A signed-in browser.

use serde::{Deserialize, Serialize};
use time::Duration;

use crate::{Moment, UserId};

/// How long a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// From the last use.
    pub idle: Duration,
    /// From sign-in, whatever happens.
    pub absolute: Duration,
}

impl SessionLimits {
    /// What holds until a workspace's policy says otherwise: 30 days, idle for a week at most.
    pub const DEFAULT: Self = Self {
        idle: Duration::days(7),
        absolute: Duration::days(30),
    };

    /// How stale `last_used_at` may get before it is written again; a write per request would
    /// cost more than the request.
    pub const TOUCH_AFTER: Duration = Duration::minutes(5);
}

/// A signed-in browser, as the store has it. The session's secret is not part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who signed in.
    pub user: UserId,
    /// When.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: Moment,
    /// When it was last used, to within [`SessionLimits::TOUCH_AFTER`].
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub last_used_at: Moment,
}

/// Why a session no longer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionEnd {
    /// Not used for [`SessionLimits::idle`].
    #[error("the session was idle for too long")]
    Idle,
    /// Older than [`SessionLimits::absolute`].
    #[error("the session has reached its longest life")]
    Absolute,
}

impl Session {
    /// Decides whether the session still counts.
    ///
    /// # Errors
    /// [`SessionEnd`] says which limit it passed. The store's own expiry may come days later, so
    /// this is the check that counts.
    pub fn check(&self, limits: SessionLimits, now: Moment) -> Result<(), SessionEnd> {
        if now >= self.created_at + limits.absolute {
            Err(SessionEnd::Absolute)
        } else if now >= self.last_used_at + limits.idle {
            Err(SessionEnd::Idle)
        } else {
            Ok(())
        }
    }

    /// Whether the use at `now` should be written down.
    #[must_use]
    pub fn wants_touch(&self, now: Moment) -> bool {
        now - self.last_used_at >= SessionLimits::TOUCH_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const START: Moment = datetime!(2026-04-01 09:00 UTC);
    const LIMITS: SessionLimits = SessionLimits::DEFAULT;

    fn used_at(last_used_at: Moment) -> Session {
        Session {
            user: UserId::from_random([1; 16]),
            created_at: START,
            last_used_at,
        }
    }

    #[test]
    fn a_session_in_use_lives_to_its_absolute_limit_and_no_longer() {
        let almost = START + LIMITS.absolute - Duration::SECOND;
        assert_eq!(used_at(almost).check(LIMITS, almost), Ok(()));
        assert_eq!(
            used_at(almost).check(LIMITS, START + LIMITS.absolute),
            Err(SessionEnd::Absolute)
        );
    }

    #[test]
    fn a_forgotten_session_ends_at_its_idle_limit() {
        assert_eq!(
            used_at(START).check(LIMITS, START + LIMITS.idle),
            Err(SessionEnd::Idle)
        );
    }

    #[test]
    fn a_busy_session_is_written_once_in_five_minutes() {
        assert!(!used_at(START).wants_touch(START + Duration::minutes(4)));
        assert!(used_at(START).wants_touch(START + Duration::minutes(5)));
    }
}

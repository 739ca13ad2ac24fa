//! A signed-in browser.

use serde::{Deserialize, Serialize};
use time::Duration;

use crate::{IpNet, Line, Moment, SessionId, UserId};

/// What a browser is called in the list of devices, such as `Firefox, Windows`.
pub type DeviceName = Line<64>;

/// How long a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLimits {
    /// From the last use.
    #[serde(rename = "idle_seconds", with = "seconds")]
    pub idle: Duration,
    /// From sign-in, whatever happens.
    #[serde(rename = "absolute_seconds", with = "seconds")]
    pub absolute: Duration,
}

impl SessionLimits {
    /// What holds for people without a workspace: 30 days, idle for a week at most.
    pub const DEFAULT: Self = Self {
        idle: Duration::days(7),
        absolute: Duration::days(30),
    };

    /// No policy allows more (check sheet row 39): a year.
    pub const CEILING: Self = Self {
        idle: Duration::days(365),
        absolute: Duration::days(365),
    };

    /// How stale `last_used_at` may get before it is written again; a write per request would
    /// cost more than the request.
    pub const TOUCH_AFTER: Duration = Duration::minutes(5);

    /// Whichever is longer, limit by limit, but never above [`Self::CEILING`].
    #[must_use]
    pub fn or_longer(self, other: Self) -> Self {
        Self {
            idle: self.idle.max(other.idle).min(Self::CEILING.idle),
            absolute: self
                .absolute
                .max(other.absolute)
                .min(Self::CEILING.absolute),
        }
    }
}

/// How far somebody has come with signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStage {
    /// All the way.
    Full,
    /// The password was right; their second step is awaited.
    SecondStepDue,
    /// The password was right; they must have a second step, and have none yet.
    SetUpDue,
}

/// A second step of signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondStepMethod {
    /// Digits sent by mail. No authenticator in the sense of NIST SP 800-63B-4; a policy can
    /// forbid it.
    EmailToken,
    /// Digits from an authenticator app (RFC 6238).
    Totp,
    /// A passkey (W3C Web Authentication).
    Passkey,
    /// One of the codes that were printed for the day when everything else is lost.
    RecoveryCode,
}

/// A signed-in browser, as the store has it. The session's secret is not part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Which; stays the same when the secret is renewed.
    pub id: SessionId,
    /// Who signed in.
    pub user: UserId,
    /// What it is called in the list of devices.
    pub device: DeviceName,
    /// From where signing in began.
    pub network: Option<IpNet>,
    /// How far signing in has come.
    pub stage: SessionStage,
    /// The second step that was taken, if one was.
    pub proof: Option<SecondStepMethod>,
    /// How long it may live.
    pub limits: SessionLimits,
    /// When signing in began.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: Moment,
    /// When its present secret was issued.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub issued_at: Moment,
    /// When it was last used, to within [`SessionLimits::TOUCH_AFTER`].
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub last_used_at: Moment,
    /// When its owner last proved to be there, by password or passkey.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub authenticated_at: Moment,
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
    /// How long a proof of being there is good for what is dear: changes of password, address,
    /// second step and role, exports, deletion (check sheet row 51).
    pub const STEP_UP_LIFETIME: Duration = Duration::minutes(5);

    /// A session that begins now, with the password just proven.
    #[must_use]
    pub const fn begin(
        id: SessionId,
        user: UserId,
        device: DeviceName,
        stage: SessionStage,
        limits: SessionLimits,
        now: Moment,
    ) -> Self {
        Self {
            id,
            user,
            device,
            network: None,
            stage,
            proof: None,
            limits,
            created_at: now,
            issued_at: now,
            last_used_at: now,
            authenticated_at: now,
        }
    }

    /// The same session under a new secret.
    #[must_use]
    pub fn renewed(&self, now: Moment) -> Self {
        Self {
            issued_at: now,
            last_used_at: now,
            ..self.clone()
        }
    }

    /// The same session, all the way signed in by `method`, under a new secret.
    #[must_use]
    pub fn completed(&self, method: SecondStepMethod, now: Moment) -> Self {
        Self {
            stage: SessionStage::Full,
            proof: Some(method),
            ..self.renewed(now)
        }
    }

    /// The same session whose owner has just proven to be there, under a new secret.
    #[must_use]
    pub fn stepped_up(&self, now: Moment) -> Self {
        Self {
            authenticated_at: now,
            ..self.renewed(now)
        }
    }

    /// Until when the last proof of being there is good.
    #[must_use]
    pub fn stepped_up_until(&self) -> Moment {
        self.authenticated_at + Self::STEP_UP_LIFETIME
    }

    /// Decides whether the session still counts, under its own limits.
    ///
    /// # Errors
    /// [`SessionEnd`] says which limit it passed. The store's own expiry may come days later, so
    /// this is the check that counts.
    pub fn check(&self, now: Moment) -> Result<(), SessionEnd> {
        self.check_under(self.limits, now)
    }

    /// Decides whether the session still counts under a policy's limits.
    ///
    /// # Errors
    /// [`SessionEnd`] says which limit it passed.
    pub fn check_under(&self, limits: SessionLimits, now: Moment) -> Result<(), SessionEnd> {
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

/// Durations as whole seconds.
mod seconds {
    use serde::{Deserialize, Deserializer, Serializer};
    use time::Duration;

    pub(super) fn serialize<S: Serializer>(
        duration: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(duration.whole_seconds())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        i64::deserialize(deserializer).map(Duration::seconds)
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
            last_used_at,
            ..Session::begin(
                SessionId::from_random([2; 16]),
                UserId::from_random([1; 16]),
                DeviceName::new("Firefox").expect("a line"),
                SessionStage::SecondStepDue,
                LIMITS,
                START,
            )
        }
    }

    /// Check sheet: WA-04-07.
    #[test]
    fn a_session_in_use_lives_to_its_absolute_limit_and_no_longer() {
        let almost = START + LIMITS.absolute - Duration::SECOND;
        assert_eq!(used_at(almost).check(almost), Ok(()));
        assert_eq!(
            used_at(almost).check(START + LIMITS.absolute),
            Err(SessionEnd::Absolute)
        );
    }

    #[test]
    fn a_forgotten_session_ends_at_its_idle_limit() {
        assert_eq!(
            used_at(START).check(START + LIMITS.idle),
            Err(SessionEnd::Idle)
        );
    }

    #[test]
    fn a_busy_session_is_written_once_in_five_minutes() {
        assert!(!used_at(START).wants_touch(START + Duration::minutes(4)));
        assert!(used_at(START).wants_touch(START + Duration::minutes(5)));
    }

    #[test]
    fn renewing_lengthens_no_life() {
        let later = START + Duration::days(29);
        let renewed = used_at(later)
            .renewed(later)
            .completed(SecondStepMethod::Totp, later);
        assert_eq!(renewed.stage, SessionStage::Full);
        assert_eq!(
            renewed.check(START + LIMITS.absolute),
            Err(SessionEnd::Absolute)
        );
        assert_eq!(renewed.authenticated_at, START);
        assert_eq!(renewed.stepped_up(later).authenticated_at, later);
    }

    #[test]
    fn no_limit_passes_a_year() {
        let forever = SessionLimits {
            idle: Duration::days(9_999),
            absolute: Duration::days(9_999),
        };
        assert_eq!(LIMITS.or_longer(forever), SessionLimits::CEILING);
        assert_eq!(LIMITS.or_longer(LIMITS), LIMITS);
    }
}

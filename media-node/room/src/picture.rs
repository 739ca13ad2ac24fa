//! Pictures on their way through a room: how much of them, and when a whole one is asked for.

use std::time::{Duration, Instant};

use crate::room::Room;
use crate::sid::TrackSid;

/// How often a publisher is asked for a whole picture at most: one costs as much as a second of
/// the others, and everybody who waits is served by the same. LiveKit asks as often.
const KEYFRAME_INTERVAL: Duration = Duration::from_millis(500);

/// What becomes of a packet of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureVerdict {
    /// It goes on to those who are subscribed.
    pub forward: bool,
    /// The publisher has to be asked for a whole picture now.
    pub request_keyframe: bool,
}

/// What a room knows of a video track besides its publication.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    /// Somebody waits for a whole picture, and the publisher was not asked since.
    wanted: bool,
    asked_at: Option<Instant>,
    /// Bytes that may still be forwarded, as of `refilled_at`.
    allowance: u64,
    refilled_at: Option<Instant>,
}

impl Picture {
    pub(crate) const fn want_keyframe(&mut self) {
        self.wanted = true;
    }

    /// Answers whether to ask now; what comes too early is asked for later.
    fn ask(&mut self, now: Instant) -> bool {
        let early = self
            .asked_at
            .is_some_and(|at| now.saturating_duration_since(at) < KEYFRAME_INTERVAL);
        if !self.wanted || early {
            return false;
        }
        self.wanted = false;
        self.asked_at = Some(now);
        true
    }

    /// A bucket that holds what one second may bring.
    fn spend(&mut self, now: Instant, bytes: u64, bytes_per_s: u64) -> bool {
        let passed = self.refilled_at.map_or(Duration::from_secs(1), |at| {
            now.saturating_duration_since(at)
                .min(Duration::from_secs(1))
        });
        let gained = u128::from(bytes_per_s) * passed.as_micros() / 1_000_000;
        let gained = u64::try_from(gained).unwrap_or(u64::MAX);
        if gained > 0 {
            self.allowance = self.allowance.saturating_add(gained).min(bytes_per_s);
            self.refilled_at = Some(now);
        }
        let enough = self.allowance >= bytes;
        if enough {
            self.allowance -= bytes;
        }
        enough
    }
}

impl Room {
    /// Sees one packet of a video track, `bytes` long, and says what becomes of it. More than
    /// [`crate::RoomConfig::max_video_bitrate`] does not go on.
    pub fn observe_video(&mut self, now: Instant, track: TrackSid, bytes: usize) -> PictureVerdict {
        let bytes_per_s = self.config.max_video_bitrate / 8;
        let Some(publication) = self.tracks.get_mut(&track) else {
            return PictureVerdict {
                forward: false,
                request_keyframe: false,
            };
        };
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        PictureVerdict {
            forward: publication.picture.spend(now, bytes, bytes_per_s),
            request_keyframe: !publication.forward_to.is_empty() && publication.picture.ask(now),
        }
    }

    /// Somebody who receives a video track needs a whole picture. Returns whether its publisher
    /// has to be asked now; if not, [`Room::observe_video`] says when.
    pub fn want_keyframe(&mut self, now: Instant, track: TrackSid) -> bool {
        let Some(publication) = self.tracks.get_mut(&track) else {
            return false;
        };
        publication.picture.want_keyframe();
        publication.picture.ask(now)
    }

    /// Who publishes a track, and in which section.
    #[must_use]
    pub fn origin(&self, track: TrackSid) -> Option<(crate::ParticipantSid, &str)> {
        let publication = self.tracks.get(&track)?;
        Some((publication.publisher, &publication.info.mid))
    }
}

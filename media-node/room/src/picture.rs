//! Pictures on their way through a room: how much of them, and when a whole one is asked for.

use std::time::{Duration, Instant};

use crate::layers::{Layer, Layers};
use crate::room::Room;
use crate::sid::TrackSid;

/// How often a publisher is asked for a whole picture at most: one costs as much as a second of
/// the others, and everybody who waits is served by the same. LiveKit asks as often.
const KEYFRAME_INTERVAL: Duration = Duration::from_millis(500);

/// What the room sees of a packet of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureObservation {
    /// In which of its sizes the picture is; the lowest if it comes in one.
    pub layer: Layer,
    /// How long the payload is.
    pub bytes: usize,
    /// Whether the picture ends with it.
    pub ends_picture: bool,
}

/// What becomes of a packet of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureVerdict {
    /// It goes on to those who are subscribed.
    pub forward: bool,
    /// The publisher has to be asked for a whole picture of this size now.
    pub request_keyframe: bool,
    /// Something is to be done: [`Room::poll_output`] says what.
    pub has_outputs: bool,
}

/// What a room knows of a video track besides its publication.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    whole: [Whole; Layer::COUNT],
    pub(crate) layers: Layers,
    /// Bytes that may still be forwarded, as of `refilled_at`.
    allowance: u64,
    refilled_at: Option<Instant>,
}

/// Whole pictures of one size.
#[derive(Debug, Default)]
struct Whole {
    /// Somebody waits for one, and the publisher was not asked since.
    wanted: bool,
    asked_at: Option<Instant>,
}

impl Picture {
    pub(crate) const fn want_keyframe(&mut self, layer: Layer) {
        self.whole[layer.index()].wanted = true;
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

impl Whole {
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
}

impl Room {
    /// Sees one packet of a video track and says what becomes of it. More than
    /// [`crate::RoomConfig::max_video_bitrate`] does not go on.
    pub fn observe_video(
        &mut self,
        now: Instant,
        track: TrackSid,
        observation: PictureObservation,
    ) -> PictureVerdict {
        let PictureObservation {
            layer,
            bytes,
            ends_picture,
        } = observation;
        let bytes_per_s = self.config.max_video_bitrate / 8;
        let Some(publication) = self.tracks.get_mut(&track) else {
            return PictureVerdict {
                forward: false,
                request_keyframe: false,
                has_outputs: false,
            };
        };
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let picture = &mut publication.picture;
        let forward = picture.spend(now, bytes, bytes_per_s);
        if picture.layers.see(now, layer, ends_picture) {
            self.settle_layers(track);
        }
        let publication = self.tracks.get_mut(&track);
        let publication = publication.expect("it was there a moment ago");
        let whole = &mut publication.picture.whole[layer.index()];
        PictureVerdict {
            forward,
            request_keyframe: !publication.forward_to.is_empty() && whole.ask(now),
            has_outputs: !self.outputs.is_empty(),
        }
    }

    /// Somebody who receives a video track needs a whole picture of this size. Returns whether its
    /// publisher has to be asked now; if not, [`Room::observe_video`] says when.
    pub fn want_keyframe(&mut self, now: Instant, track: TrackSid, layer: Layer) -> bool {
        let Some(publication) = self.tracks.get_mut(&track) else {
            return false;
        };
        publication.picture.want_keyframe(layer);
        publication.picture.whole[layer.index()].ask(now)
    }

    /// Who publishes a track, and in which section.
    #[must_use]
    pub fn origin(&self, track: TrackSid) -> Option<(crate::ParticipantSid, &str)> {
        let publication = self.tracks.get(&track)?;
        Some((publication.publisher, &publication.info.mid))
    }
}

//! Which voices of a room go on to its listeners: the loudest few, asked packet by packet.
//!
//! Every voice has an envelope. It rises to a louder packet almost at once, so that whoever begins
//! to talk is in within a packet or two; it stays for a moment and then falls slowly, so that
//! whoever pauses between two words is still in. A place is taken from the voice whose envelope is
//! lowest, and only by one that is clearly louder.
//!
//! While there are places for all nobody is left out, however quiet: a call of a few is never
//! touched.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::room::Room;
use crate::sid::TrackSid;
use crate::track::{TrackKind, TrackSource};

/// What is usual: see decision 0036.
pub const DEFAULT_LOUDEST: usize = 5;

/// As much of the way up to a louder packet is gone at once. One click does not reach the level of
/// a voice that is already in; two packets of a voice do.
const ATTACK: f32 = 0.7;
/// How long an envelope stays where it is: the pause between two words.
const HOLD: Duration = Duration::from_millis(500);
/// How fast it falls afterwards.
const RELEASE_DB_PER_S: f32 = 20.0;
/// By how much a voice has to be louder to take another's place.
const MARGIN_DB: f32 = 6.0;
/// What lies below, in dB below overload, is silence to anybody.
const SILENCE: u8 = 90;

impl Room {
    /// Hears one packet of a track and says whether it goes on to those who are subscribed.
    /// `level` is as in RFC 6464: dB below overload, 0 is the loudest and 127 is silence.
    ///
    /// What cannot be compared is always heard: packets without a level, pictures, and the sound
    /// of a shared screen, whose quiet passages count.
    pub fn is_heard(&mut self, now: Instant, track: TrackSid, level: Option<u8>) -> bool {
        let (Some(level), Some(publication)) = (level, self.tracks.get(&track)) else {
            return true;
        };
        let request = &publication.info.request;
        if request.kind != TrackKind::Audio || request.source == TrackSource::ScreenShareAudio {
            return true;
        }
        self.loudest.hear(now, track, level)
    }

    /// Whether there is such a track in the room now.
    #[must_use]
    pub fn is_published(&self, track: TrackSid) -> bool {
        self.tracks.contains_key(&track)
    }
}

/// The voices of a room and those of them that are in.
#[derive(Debug)]
pub(crate) struct Loudest {
    /// How many may be in; 0 means all.
    most: usize,
    voices: BTreeMap<TrackSid, Envelope>,
    /// Never more than `most`, each of them in `voices`.
    heard: Vec<TrackSid>,
}

impl Loudest {
    pub(crate) const fn new(most: usize) -> Self {
        Self {
            most,
            voices: BTreeMap::new(),
            heard: Vec::new(),
        }
    }

    fn hear(&mut self, now: Instant, track: TrackSid, level: u8) -> bool {
        if self.most == 0 {
            return true;
        }
        let envelope = self
            .voices
            .entry(track)
            .or_insert_with(|| Envelope::silent(now));
        envelope.rise(now, level);
        let loudness = envelope.at(now);
        if self.heard.contains(&track) {
            return true;
        }
        if self.heard.len() < self.most {
            self.heard.push(track);
            return true;
        }
        let voices = &self.voices;
        let heard = self.heard.iter_mut();
        let weakest = heard
            .map(|held| (voices[held].at(now), held))
            .min_by(|(one, _), (other, _)| one.total_cmp(other));
        match weakest {
            Some((weakest, place)) if loudness > weakest + MARGIN_DB => {
                *place = track;
                true
            }
            _ => false,
        }
    }

    /// Frees the place of a track that is muted or gone.
    pub(crate) fn forget(&mut self, track: TrackSid) {
        self.voices.remove(&track);
        self.heard.retain(|held| *held != track);
    }
}

/// How loud a voice is, in dB; 0 is overload.
#[derive(Clone, Copy, Debug)]
struct Envelope {
    loudness: f32,
    /// When it was last raised.
    raised_at: Instant,
}

impl Envelope {
    fn silent(now: Instant) -> Self {
        Self {
            loudness: -f32::from(SILENCE),
            raised_at: now,
        }
    }

    fn at(&self, now: Instant) -> f32 {
        let falling = now.saturating_duration_since(self.raised_at);
        let fallen = RELEASE_DB_PER_S * falling.saturating_sub(HOLD).as_secs_f32();
        (self.loudness - fallen).max(-f32::from(SILENCE))
    }

    fn rise(&mut self, now: Instant, level: u8) {
        let level = -f32::from(level.min(SILENCE));
        let current = self.at(now);
        if level > current {
            self.loudness = current + (level - current) * ATTACK;
            self.raised_at = now;
        }
    }
}

use crate::data::DataLimits;
use crate::loudest::DEFAULT_LOUDEST;
use std::time::{Duration, Instant};

/// What a room is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomConfig {
    /// The name that clients are shown and that their tokens claim.
    pub name: String,
    /// The application's text about the room.
    pub metadata: String,
    /// Random bits from the caller, from which the room's sid and its tracks' sids are derived.
    pub seed: u64,
    /// The moment the room is made.
    pub opened_at: Instant,
    /// The same moment in milliseconds since the epoch: how the room tells wall-clock times.
    pub opened_at_ms: u64,
    /// How long a room stays open when nobody has come yet.
    pub empty_timeout: Duration,
    /// How long a room stays open when everybody has left.
    pub departure_timeout: Duration,
    /// How long a new participant may take to bring its transport up.
    pub connect_timeout: Duration,
    /// How long a participant whose media flows may be without signalling before it counts as gone.
    pub absence_timeout: Duration,
    /// How long those who were in the room on another node may take to come back.
    pub restore_timeout: Duration,
    /// How long a participant whose media has fallen silent may take to come back: nobody is shown to
    /// be there who is not.
    pub loss_timeout: Duration,
    /// How many may be in the room; further ones are refused.
    pub max_participants: usize,
    /// How many tracks one participant may publish, those not yet offered included.
    pub max_tracks: usize,
    /// How much data one participant may send.
    pub data: DataLimits,
    /// Whether video may be published.
    pub video: bool,
    /// How much of one video track is forwarded, in bits per second; what is more is dropped.
    pub max_video_bitrate: u64,
    /// How many voices are forwarded at a time, the loudest; 0 means all. See [`Room::is_heard`].
    ///
    /// [`Room::is_heard`]: crate::Room::is_heard
    pub loudest: usize,
    /// How often speakers are compared with what was last said about them.
    pub speaker_interval: Duration,
}

impl RoomConfig {
    /// A room with the usual limits: LiveKit's timeouts, 100 participants, 8 tracks each, audio.
    #[must_use]
    pub fn new(name: impl Into<String>, seed: u64, opened_at: Instant, opened_at_ms: u64) -> Self {
        Self {
            name: name.into(),
            metadata: String::new(),
            seed,
            opened_at,
            opened_at_ms,
            empty_timeout: Duration::from_secs(300),
            departure_timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(20),
            absence_timeout: Duration::from_secs(15),
            restore_timeout: Duration::from_secs(8),
            loss_timeout: Duration::from_millis(3_500),
            max_participants: 100,
            max_tracks: 8,
            data: DataLimits::default(),
            video: false,
            max_video_bitrate: 10_000_000,
            loudest: DEFAULT_LOUDEST,
            speaker_interval: Duration::from_millis(400),
        }
    }
}

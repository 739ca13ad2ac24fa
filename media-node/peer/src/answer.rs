use koeba_room::{Section, TrackSid};

use crate::sdp_answer::OfferError;

/// What comes back for an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The session description for the client.
    pub sdp: String,
    /// Every bound section with its track.
    pub mid_to_track: Vec<(String, TrackSid)>,
    /// Every section in which the client sends voice or pictures.
    pub sections: Vec<Section>,
    /// How many more audio sections the client has to offer for every track to get one.
    pub missing_audio: usize,
    /// The same of video sections.
    pub missing_video: usize,
}

/// Why an offer got no answer.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The offer makes no sense.
    #[error(transparent)]
    Offer(#[from] OfferError),
    /// The engine refused the offer.
    #[error("the offer is refused: {0}")]
    Refused(String),
    /// The peer failed earlier.
    #[error("the transport has failed")]
    Failed,
}

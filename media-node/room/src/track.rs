use crate::sid::TrackSid;

/// What a track carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrackKind {
    /// Sound.
    Audio,
    /// Pictures.
    Video,
}

/// Where a track comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrackSource {
    /// The client did not say.
    #[default]
    Unknown,
    /// A camera.
    Camera,
    /// A microphone.
    Microphone,
    /// A shared screen.
    ScreenShare,
    /// The sound of a shared screen.
    ScreenShareAudio,
}

/// End-to-end encryption of a track. The node passes it on and never looks inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// Only the transport is encrypted.
    #[default]
    None,
    /// LiveKit's frame encryption.
    Gcm,
    /// The application's own.
    Custom,
}

/// One picture size of a video track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VideoLayer {
    /// LiveKit's `VideoQuality`: 0 is low.
    pub quality: i32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bits per second.
    pub bitrate: u32,
    /// The RTP stream id that carries it.
    pub rid: String,
}

/// One of several codecs a track is sent in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SimulcastCodec {
    /// The codec's short name, for example `vp8`.
    pub codec: String,
    /// The client's id for this encoding.
    pub cid: String,
}

/// A client's wish to publish a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackRequest {
    /// The client's own id of the track, echoed verbatim.
    pub cid: String,
    /// A name for people.
    pub name: String,
    /// What it carries.
    pub kind: TrackKind,
    /// Where it comes from.
    pub source: TrackSource,
    /// Whether it starts muted.
    pub muted: bool,
    /// Width in pixels, of video.
    pub width: u32,
    /// Height in pixels, of video.
    pub height: u32,
    /// Tracks of one stream are played in step.
    pub stream: String,
    /// The client will send plain Opus only.
    pub disable_red: bool,
    /// End-to-end encryption.
    pub encryption: Encryption,
    /// LiveKit's `AudioTrackFeature` numbers, passed on.
    pub audio_features: Vec<i32>,
    /// Picture sizes, of video.
    pub layers: Vec<VideoLayer>,
    /// Codecs, of video.
    pub codecs: Vec<SimulcastCodec>,
    /// LiveKit's `BackupCodecPolicy` number, passed on.
    pub backup_codec_policy: i32,
}

impl TrackRequest {
    /// A request for a track with nothing special about it.
    #[must_use]
    pub fn new(cid: impl Into<String>, kind: TrackKind, source: TrackSource) -> Self {
        Self {
            cid: cid.into(),
            name: String::new(),
            kind,
            source,
            muted: false,
            width: 0,
            height: 0,
            stream: String::new(),
            disable_red: false,
            encryption: Encryption::None,
            audio_features: Vec::new(),
            layers: Vec::new(),
            codecs: Vec::new(),
            backup_codec_policy: 0,
        }
    }
}

/// A section in which the client's latest offer says it sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The section's id, from the client.
    pub mid: String,
    /// The track id that the section names, which is usually the `cid` of a [`TrackRequest`].
    pub cid: String,
    /// What the section carries.
    pub kind: TrackKind,
    /// The codec agreed on, for example `audio/opus`.
    pub mime_type: String,
}

/// What is told about a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackInfo {
    /// The room's id of the track.
    pub sid: TrackSid,
    /// What the publisher asked for. `muted` is kept current.
    pub request: TrackRequest,
    /// The codec, once the track's section is known; empty before.
    pub mime_type: String,
    /// The publisher's section, once known; empty before.
    pub mid: String,
}

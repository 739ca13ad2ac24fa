use std::sync::Arc;

use crate::data::Data;
use crate::input::ProfileChange;
use crate::layers::Layer;
use crate::participant::{ParticipantInfo, RoomInfo};
use crate::sid::{ParticipantSid, TrackSid};
use crate::track::{TrackInfo, TrackKind, TrackRequest};

/// Something the caller has to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Send a message over the signalling connections of these participants.
    Send {
        /// To whom; never empty, never twice the same.
        to: Vec<ParticipantSid>,
        /// What.
        message: Message,
    },
    /// A subscription begins: find a slot for it and ask the client to renegotiate.
    Subscribed(Subscription),
    /// A subscription ends: free its slot.
    Unsubscribed {
        /// Whose.
        subscriber: ParticipantSid,
        /// Of which track.
        track: TrackSid,
    },
    /// Of a picture that comes in several sizes somebody gets this one from now on.
    LayerChosen {
        /// Who.
        subscriber: ParticipantSid,
        /// Of which track.
        track: TrackSid,
        /// Which size; of a picture in one size, the lowest.
        layer: Layer,
    },
    /// Close the signalling connection after what was sent; the participant is expected back.
    CloseSignal {
        /// Whose.
        participant: ParticipantSid,
    },
    /// The participant is no longer in the room, or was never let in: drop its transport and
    /// close its signalling connection after what was sent.
    Departed {
        /// Who.
        participant: ParticipantSid,
        /// Why.
        reason: LeaveReason,
    },
    /// Pass data on over the data channels of these participants, with its sender written in.
    Data {
        /// To whom; never empty, never the sender.
        to: Vec<ParticipantSid>,
        /// From whom; receivers tell repetitions by it.
        from: ParticipantSid,
        /// The sender as it is told; empty when it is hidden.
        identity: String,
        /// What.
        data: Box<Data>,
    },
    /// Whoever has not come back from another node by now is not waited for any longer: free what
    /// is kept for their tracks.
    RestoringEnded,
    /// [`crate::Room::roster`] is not what it was.
    RosterChanged,
    /// The room is over; nothing comes out of it any more.
    Closed,
}

/// A track on its way to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subscription {
    /// Who receives it.
    pub subscriber: ParticipantSid,
    /// Who publishes it.
    pub publisher: ParticipantSid,
    /// The track.
    pub track: TrackSid,
    /// What it carries.
    pub kind: TrackKind,
}

/// Something a client is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// Always the first message to a participant that was let in.
    Joined {
        /// The room.
        room: RoomInfo,
        /// The participant itself.
        you: Box<ParticipantInfo>,
        /// Everybody else it may know of.
        others: Vec<Arc<ParticipantInfo>>,
    },
    /// Always the first message to a participant that has resumed.
    Resumed {
        /// The number of the last reliable data that arrived from it: it repeats what is newer.
        last_data: u32,
    },
    /// Participants that came, changed or went.
    Participants(Vec<Arc<ParticipantInfo>>),
    /// The room changed.
    Room(RoomInfo),
    /// The answer to [`crate::Input::AddTrack`].
    TrackPublished {
        /// The client's id of the track.
        cid: String,
        /// The track.
        track: Box<TrackInfo>,
    },
    /// The client's own track is no longer published.
    TrackUnpublished {
        /// Which.
        track: TrackSid,
    },
    /// The client's own track was muted by somebody with authority over the room.
    Muted {
        /// Which.
        track: TrackSid,
    },
    /// Somebody subscribed to the client's track for the first time.
    TrackSubscribed {
        /// Which.
        track: TrackSid,
    },
    /// In which of its sizes the client's own picture is looked at: it may leave out the others.
    LookedAt {
        /// Which.
        track: TrackSid,
        /// Its codec, for example `video/VP8`.
        mime_type: String,
        /// All up to this; none if nobody looks.
        up_to: Option<Layer>,
    },
    /// Speakers whose level changed; those left out are as before.
    Speakers(Vec<Speaker>),
    /// How well media of these participants gets through.
    Qualities(Vec<(ParticipantSid, Quality)>),
    /// The track that the client asked to subscribe to is not there.
    NoSuchTrack {
        /// The track as the client wrote it.
        track: String,
    },
    /// A publisher allowed or forbade this client one of its tracks.
    SubscriptionAllowed {
        /// The publisher.
        publisher: ParticipantSid,
        /// Which.
        track: TrackSid,
        /// Whether it may be subscribed to now.
        allowed: bool,
    },
    /// The outcome of a request.
    Answered {
        /// The client's number of the request, 0 if it gave none.
        request_id: u32,
        /// How it went.
        outcome: Outcome,
        /// Which request.
        request: Answered,
    },
    /// The client's time here is over.
    Leave {
        /// What it shall do.
        action: LeaveAction,
        /// Why.
        reason: LeaveReason,
    },
}

/// A request that is answered, echoed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// To publish a track.
    AddTrack(Box<TrackRequest>),
    /// To mute or unmute a track.
    Mute {
        /// Which.
        track: TrackSid,
        /// What was asked.
        muted: bool,
    },
    /// To pass data on.
    Data,
    /// To change the profile.
    ChangeProfile(Box<ProfileChange>),
}

/// How a request went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// What it is about is not there.
    NotFound,
    /// The participant has no right to it.
    NotAllowed,
    /// It would be too much.
    LimitExceeded,
    /// It will be done when something else has ended.
    Queued,
    /// The room does not do such things.
    Unsupported,
    /// The request makes no sense.
    Invalid,
}

/// How loud a participant is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speaker {
    /// Who.
    pub participant: ParticipantSid,
    /// From 0 to 1, in steps of an eighth.
    pub level: f32,
    /// Whether it counts as speaking.
    pub active: bool,
}

/// How well media gets through.
///
/// There is no "lost": a client that reads it about itself for ten seconds while it publishes
/// starts over, and silence must never do that to a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// Voices break up.
    Poor,
    /// Noticeable.
    Good,
    /// Nothing to notice.
    Excellent,
}

/// What a client shall do after it was told to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveAction {
    /// Go away.
    Disconnect,
    /// Open a new signalling connection and go on.
    Resume,
    /// Join again.
    Reconnect,
}

/// Why somebody is no longer in the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveReason {
    /// It said so.
    ClientInitiated,
    /// The same identity joined again.
    DuplicateIdentity,
    /// The node ends.
    ServerShutdown,
    /// Somebody removed it.
    ParticipantRemoved,
    /// The room was deleted.
    RoomDeleted,
    /// It wants to go on with something that is not known here.
    StateMismatch,
    /// It could not be let in, or its media never came up.
    JoinFailure,
    /// It shall go on at another node.
    Migration,
    /// Its signalling connection ended and it did not come back.
    SignalClose,
    /// The room is over.
    RoomClosed,
    /// Its media ended and it did not come back.
    ConnectionTimeout,
    /// Its media ended.
    MediaFailure,
}

/// Somebody in the room, as the control plane is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    /// This connection.
    pub sid: ParticipantSid,
    /// Who.
    pub identity: String,
    /// A name for people.
    pub name: String,
    /// Since when, in milliseconds since the epoch.
    pub joined_at_ms: u64,
}

use std::collections::BTreeMap;

use crate::data::Data;
use crate::layers::PictureSize;
use crate::output::{LeaveAction, LeaveReason, Quality, RosterEntry};
use crate::participant::{ClientTraits, Permission};
use crate::restoring::{Restore, Restored};
use crate::sid::{ParticipantSid, TrackSid};
use crate::track::{Section, TrackRequest};

/// Something that happened.
///
/// An input of a participant that is not in the room, or about a track that is not there, changes
/// nothing: what happens at the same time as a departure arrives after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A deadline of [`crate::Room::poll_timeout`] may have passed.
    Timeout,
    /// Somebody whose token was verified asks to join.
    Join(Box<Join>),
    /// The room was on another node until now, and these were in it: they are expected back.
    Expect(Vec<RosterEntry>),
    /// One of those who were in the room on another node is back; its token proves its sid.
    Restore(Box<Restore>),
    /// It says what it has; before its first offer here.
    Restored {
        /// Who.
        participant: ParticipantSid,
        /// What.
        restored: Box<Restored>,
    },
    /// A known participant has a signalling connection again; see [`crate::Room::can_resume`].
    Resume {
        /// Who.
        participant: ParticipantSid,
    },
    /// The signalling connection ended without a word.
    SignalLost {
        /// Whose.
        participant: ParticipantSid,
    },
    /// The client says that it leaves.
    Leave {
        /// Who.
        participant: ParticipantSid,
    },
    /// Media can flow: ICE and DTLS are up, for the first time or again.
    TransportConnected {
        /// Whose.
        participant: ParticipantSid,
    },
    /// Media can no longer flow: ICE consent expired or the transport failed.
    TransportLost {
        /// Whose.
        participant: ParticipantSid,
    },
    /// The client wants to publish a track. Its section is offered before or after this.
    AddTrack {
        /// Who.
        participant: ParticipantSid,
        /// What.
        request: Box<TrackRequest>,
    },
    /// All sections in which the client's latest offer says it sends. A published track whose
    /// section is no longer among them is unpublished.
    Sections {
        /// Whose.
        participant: ParticipantSid,
        /// All of them, in the offer's order.
        sections: Vec<Section>,
    },
    /// The client muted or unmuted its own track.
    Mute {
        /// Who.
        participant: ParticipantSid,
        /// Which.
        track: TrackSid,
        /// Whether it is muted now.
        muted: bool,
    },
    /// The client chooses which tracks it wants.
    Subscribe {
        /// Who.
        participant: ParticipantSid,
        /// The choice.
        change: SubscriptionChange,
    },
    /// The client says how it wants subscribed tracks, without giving up the subscription.
    TrackSettings {
        /// Who.
        participant: ParticipantSid,
        /// Which.
        tracks: Vec<TrackSid>,
        /// How.
        settings: TrackSettings,
    },
    /// The client says who may subscribe to its tracks.
    AllowSubscribers {
        /// Who.
        participant: ParticipantSid,
        /// Whom it allows what.
        rule: SubscriptionRule,
    },
    /// The client changes what is told about it.
    ChangeProfile {
        /// Who.
        participant: ParticipantSid,
        /// What.
        change: Box<ProfileChange>,
    },
    /// The client sent data to others in the room.
    Data {
        /// Who.
        participant: ParticipantSid,
        /// What, and to whom.
        data: Box<Data>,
    },
    /// How well a participant's media gets through, as its transport saw it.
    QualityMeasured {
        /// Whose.
        participant: ParticipantSid,
        /// How well.
        quality: Quality,
        /// The share that was lost of what was sent to it, in thousandths.
        lost_per_mille: u16,
    },
    /// Somebody with the right to do so removes a participant.
    Remove {
        /// Whom.
        participant: ParticipantSid,
        /// Why.
        reason: LeaveReason,
    },
    /// Another node takes the room over: everybody shall go on there, and media goes on here until
    /// they do.
    HandOver,
    /// The room ends now for everybody.
    Close(Close),
}

/// How a room is ended for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close {
    /// Why.
    pub reason: LeaveReason,
    /// What the clients shall do next.
    pub action: LeaveAction,
}

/// A participant about to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// Drawn at random for this connection.
    pub sid: ParticipantSid,
    /// Who it is. A participant of the same identity that is already here is disconnected.
    pub identity: String,
    /// A name for people.
    pub name: String,
    /// The application's text.
    pub metadata: String,
    /// The application's values.
    pub attributes: BTreeMap<String, String>,
    /// What it may do.
    pub permission: Permission,
    /// About its client.
    pub client: ClientTraits,
    /// Subscribe to everything without being asked.
    pub auto_subscribe: bool,
    /// Tracks it wants to publish at once.
    pub tracks: Vec<TrackRequest>,
}

/// Which tracks a client wants, or no longer wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionChange {
    /// The tracks, as the client wrote their sids.
    pub tracks: Vec<String>,
    /// Whether it wants them.
    pub subscribe: bool,
}

/// How a client wants a track that it is subscribed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrackSettings {
    /// Held back: it gets no packets.
    pub paused: bool,
    /// How large, of a picture.
    pub size: PictureSize,
}

/// Who may subscribe to a participant's tracks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SubscriptionRule {
    /// Everybody.
    #[default]
    Everybody,
    /// Those listed, and nobody else.
    Only(Vec<Trusted>),
}

/// Somebody who may subscribe to tracks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// By connection; empty when the identity is given.
    pub sid: String,
    /// By identity; empty when the sid is given.
    pub identity: String,
    /// The tracks allowed, or all of them.
    pub tracks: Option<Vec<TrackSid>>,
}

/// A change of what is told about a participant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// The client's number for this request, echoed in the answer.
    pub request_id: u32,
    /// A new name, unless empty.
    pub name: String,
    /// A new text, unless empty.
    pub metadata: String,
    /// New values; an empty one removes its key.
    pub attributes: BTreeMap<String, String>,
}

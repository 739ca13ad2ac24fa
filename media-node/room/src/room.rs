use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use crate::audio_level::{AudioLevel, AudioObservation};
use crate::clock::Clock;
use crate::config::RoomConfig;
use crate::data::Sending;
use crate::downlink::Downlink;
use crate::input::{Input, SubscriptionRule};
use crate::layers::PictureSize;
use crate::loudest::Loudest;
use crate::output::{LeaveReason, Message, Output, Quality, RosterEntry};
use crate::participant::{ClientTraits, ParticipantInfo, Permission};
use crate::picture::Picture;
use crate::sid::{ParticipantSid, RoomSid, SidSequence, TrackSid};
use crate::track::{Section, TrackInfo, TrackRequest, TrackSource};

/// One room and everybody in it. See the [crate's page](crate) for what its caller must keep.
#[derive(Debug)]
pub struct Room {
    pub(crate) config: RoomConfig,
    pub(crate) clock: Clock,
    pub(crate) sid: RoomSid,
    pub(crate) sids: SidSequence,
    // Ordered maps: the same inputs give the same outputs in the same order.
    pub(crate) participants: BTreeMap<ParticipantSid, Participant>,
    pub(crate) tracks: BTreeMap<TrackSid, Publication>,
    pub(crate) outputs: VecDeque<Output>,
    pub(crate) loudest: Loudest,
    /// When the room ends, while nobody is in it.
    pub(crate) ends_at: Option<Instant>,
    pub(crate) closed: bool,
    /// When speakers are looked at next; none while nobody was heard lately.
    pub(crate) speakers_due: Option<Instant>,
    /// When a change of the head count is told.
    pub(crate) count_due: Option<Instant>,
    /// Who was here on another node and has not come back yet.
    pub(crate) expected: BTreeMap<ParticipantSid, RosterEntry>,
    /// Until when they are waited for.
    pub(crate) restoring_until: Option<Instant>,
    /// The earliest deadline of any participant.
    pub(crate) participants_due: Option<Instant>,
    /// Pictures whose viewers have changed.
    pub(crate) unsettled: BTreeSet<TrackSid>,
    /// When a publisher is told that less of its picture is looked at.
    pub(crate) layers_due: Option<Instant>,
}

#[derive(Debug)]
pub(crate) struct Participant {
    pub(crate) identity: String,
    pub(crate) name: String,
    pub(crate) metadata: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) permission: Permission,
    pub(crate) client: ClientTraits,
    pub(crate) joined_at_ms: u64,
    pub(crate) version: u32,
    /// Media has been up at least once.
    pub(crate) active: bool,
    /// Back from another node, and has not said yet what it publishes.
    pub(crate) restoring: bool,
    /// Set while there is no signalling connection: when the wait for one ends.
    pub(crate) signal_deadline: Option<Instant>,
    /// Set while media cannot flow: when the wait for it ends.
    pub(crate) transport_deadline: Option<Instant>,
    pub(crate) auto_subscribe: bool,
    /// What the client said about single tracks, over `auto_subscribe`.
    pub(crate) choices: BTreeMap<TrackSid, bool>,
    pub(crate) paused: BTreeSet<TrackSid>,
    /// How large it wants to see pictures.
    pub(crate) sizes: BTreeMap<TrackSid, PictureSize>,
    pub(crate) downlink: Downlink,
    /// Sources that an order has silenced.
    pub(crate) silenced: BTreeSet<TrackSource>,
    pub(crate) rule: SubscriptionRule,
    /// Asked for, but no section carries it yet.
    pub(crate) pending: Vec<PendingTrack>,
    /// What the latest offer sends, whether a track was asked for or not.
    pub(crate) sections: Vec<Section>,
    pub(crate) published: Vec<TrackSid>,
    /// Departures to be told when signalling is back.
    pub(crate) missed: Vec<Arc<ParticipantInfo>>,
    pub(crate) quality: Option<Quality>,
    /// The level last told about this participant, in eighths.
    pub(crate) told_level: u8,
    /// What it has sent as data.
    pub(crate) data: Sending,
}

#[derive(Debug)]
pub(crate) struct PendingTrack {
    pub(crate) sid: TrackSid,
    pub(crate) request: TrackRequest,
    /// Waits until a track of the same `cid` is gone.
    pub(crate) queued: bool,
    /// It was published on another node, as which the others still have it.
    pub(crate) restored: Option<Box<TrackInfo>>,
}

#[derive(Debug)]
pub(crate) struct Publication {
    pub(crate) publisher: ParticipantSid,
    pub(crate) info: TrackInfo,
    /// Sorted.
    pub(crate) subscribers: Vec<ParticipantSid>,
    /// Those of `subscribers` that get packets now; empty while muted.
    pub(crate) forward_to: Vec<ParticipantSid>,
    /// Those told that the publisher does not let them subscribe.
    pub(crate) denied: BTreeSet<ParticipantSid>,
    pub(crate) ever_subscribed: bool,
    pub(crate) level: AudioLevel,
    pub(crate) picture: Picture,
}

impl Participant {
    pub(crate) fn is_attached(&self) -> bool {
        self.signal_deadline.is_none()
    }
}

impl Room {
    /// Opens a room with nobody in it.
    #[must_use]
    pub fn new(config: RoomConfig) -> Self {
        let mut sids = SidSequence::from_seed(config.seed);
        Self {
            clock: Clock::new(config.opened_at, config.opened_at_ms),
            sid: sids.next_room(),
            sids,
            participants: BTreeMap::new(),
            tracks: BTreeMap::new(),
            outputs: VecDeque::new(),
            loudest: Loudest::new(config.loudest),
            ends_at: Some(config.opened_at + config.empty_timeout),
            closed: false,
            speakers_due: None,
            count_due: None,
            expected: BTreeMap::new(),
            restoring_until: None,
            participants_due: None,
            unsettled: BTreeSet::new(),
            layers_due: None,
            config,
        }
    }

    /// Takes in something that happened at `now`.
    pub fn handle(&mut self, now: Instant, input: Input) {
        self.handle_due(now);
        match input {
            Input::Timeout => {}
            Input::Join(join) => self.handle_join(now, *join),
            Input::Expect(expected) => self.handle_expect(now, expected),
            Input::Restore(restore) => self.handle_restore(now, *restore),
            Input::Restored {
                participant,
                restored,
            } => self.handle_restored(now, participant, *restored),
            Input::Resume { participant } => self.handle_resume(now, participant),
            Input::SignalLost { participant } => self.handle_signal_lost(now, participant),
            Input::Leave { participant } => {
                self.depart(now, participant, LeaveReason::ClientInitiated, None);
            }
            Input::TransportConnected { participant } => {
                self.handle_transport_connected(now, participant);
            }
            Input::TransportLost { participant } => self.handle_transport_lost(now, participant),
            Input::AddTrack {
                participant,
                request,
            } => self.handle_add_track(now, participant, *request),
            Input::Sections {
                participant,
                sections,
            } => self.handle_sections(now, participant, sections),
            Input::Mute {
                participant,
                track,
                muted,
            } => self.handle_mute(now, participant, track, muted),
            Input::Subscribe {
                participant,
                change,
            } => self.handle_subscribe(participant, change),
            Input::TrackSettings {
                participant,
                tracks,
                settings,
            } => self.handle_track_settings(participant, &tracks, settings),
            Input::AllowSubscribers { participant, rule } => {
                self.handle_allow_subscribers(participant, rule);
            }
            Input::ChangeProfile {
                participant,
                change,
            } => self.handle_change_profile(now, participant, *change),
            Input::Data { participant, data } => self.handle_data(now, participant, data),
            Input::QualityMeasured {
                participant,
                quality,
                lost_per_mille,
            } => {
                self.handle_quality(participant, quality);
                self.handle_loss(now, participant, lost_per_mille);
            }
            Input::Remove {
                participant,
                reason,
            } => self.handle_remove(now, participant, reason),
            Input::HandOver => self.handle_hand_over(),
            Input::Close(close) => self.handle_close(now, close),
        }
        self.tell_layers(now);
        self.participants_due = self
            .participants
            .values()
            .flat_map(|participant| [participant.signal_deadline, participant.transport_deadline])
            .flatten()
            .min();
    }

    /// What to do next, in order; none when all is done.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Room::handle`] with [`Input::Timeout`] at the latest.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        [
            self.ends_at,
            self.speakers_due,
            self.count_due,
            self.participants_due,
            self.restoring_until,
            self.layers_due,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Whether the room is over.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// The name it was opened with.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// The sid of this opening of the room.
    #[must_use]
    pub fn sid(&self) -> RoomSid {
        self.sid
    }

    /// Whether a connection that names this participant and whose token proves this identity may
    /// go on as that participant. If not, it has to be told [`LeaveReason::StateMismatch`].
    #[must_use]
    pub fn can_resume(&self, participant: ParticipantSid, identity: &str) -> bool {
        self.participants
            .get(&participant)
            .is_some_and(|known| known.identity == identity)
    }

    /// Whether somebody whom this room does not know may go on here as whom they were on another
    /// node: while that is expected, or when nobody is here whom it could surprise.
    #[must_use]
    pub fn can_restore(&self) -> bool {
        !self.closed && (self.restoring_until.is_some() || self.participants.is_empty())
    }

    /// Whether somebody who was here on another node is waited for.
    #[must_use]
    pub fn expects(&self, participant: ParticipantSid) -> bool {
        self.expected.contains_key(&participant)
    }

    /// Whether a participant is back from another node and has yet to say what it has.
    #[must_use]
    pub fn awaits_state(&self, participant: ParticipantSid) -> bool {
        let known = self.participants.get(&participant);
        known.is_some_and(|known| known.restoring)
    }

    /// The sources of a participant that an order has silenced.
    #[must_use]
    pub fn silenced(&self, participant: ParticipantSid) -> Vec<TrackSource> {
        let known = self.participants.get(&participant).into_iter();
        known
            .flat_map(|known| known.silenced.iter().copied())
            .collect()
    }

    /// The track behind a section in which this participant sends, once both are known.
    #[must_use]
    pub fn track_at(&self, participant: ParticipantSid, mid: &str) -> Option<TrackSid> {
        let published = &self.participants.get(&participant)?.published;
        published
            .iter()
            .copied()
            .find(|track| self.tracks.get(track).is_some_and(|t| t.info.mid == mid))
    }

    /// Who gets this track's packets now: nobody while it is muted or not published.
    #[must_use]
    pub fn subscribers(&self, track: TrackSid) -> &[ParticipantSid] {
        self.tracks
            .get(&track)
            .map_or(&[], |publication| &publication.forward_to)
    }

    /// Hears one packet of an audio track.
    pub fn observe_audio(&mut self, now: Instant, track: TrackSid, observation: AudioObservation) {
        let Some(publication) = self.tracks.get_mut(&track) else {
            return;
        };
        if publication.info.request.muted {
            return;
        }
        publication.level.observe(now, observation);
        if self.speakers_due.is_none() {
            self.speakers_due = Some(now + self.config.speaker_interval);
        }
    }

    /// Everybody in the room who is not hidden, in the order of their sids; then those who are
    /// expected back.
    #[must_use]
    pub fn roster(&self) -> Vec<RosterEntry> {
        let here = self
            .participants
            .iter()
            .filter(|(_, participant)| !participant.permission.hidden)
            .map(|(&sid, participant)| RosterEntry {
                sid,
                identity: participant.identity.clone(),
                name: participant.name.clone(),
                joined_at_ms: participant.joined_at_ms,
            });
        here.chain(self.expected.values().cloned()).collect()
    }

    /// How many are in the room, hidden ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.participants.len()
    }

    /// Whether nobody is in the room.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.participants.is_empty()
    }

    fn handle_due(&mut self, now: Instant) {
        self.expire_participants(now);
        self.give_up_expected(now);
        if self.speakers_due.is_some_and(|due| due <= now) {
            self.compare_speakers(now);
        }
        if self.count_due.is_some_and(|due| due <= now) {
            self.count_due = None;
            let message = Message::Room(self.room_info());
            self.send_to_all(message);
        }
        if self.ends_at.is_some_and(|due| due <= now) {
            self.end();
        }
    }

    pub(crate) fn end(&mut self) {
        self.ends_at = None;
        self.speakers_due = None;
        self.count_due = None;
        self.layers_due = None;
        self.restoring_until = None;
        self.expected.clear();
        self.closed = true;
        self.outputs.push_back(Output::Closed);
    }
}

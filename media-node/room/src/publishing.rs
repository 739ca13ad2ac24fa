//! Tracks asked for, sections offered, and what comes of the two.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::audio_level::AudioLevel;
use crate::output::{Answered, Message, Outcome, Output};
use crate::picture::Picture;
use crate::room::{Participant, PendingTrack, Publication, Room};
use crate::sid::{ParticipantSid, TrackSid};
use crate::track::{Section, TrackInfo, TrackKind, TrackRequest};

/// The longest track id or name taken from a client, in bytes.
const MAX_TEXT: usize = 1024;
/// How many sections of an offer are looked at.
const MAX_SECTIONS: usize = 64;

impl Room {
    pub(crate) fn handle_add_track(
        &mut self,
        now: Instant,
        sid: ParticipantSid,
        mut request: TrackRequest,
    ) {
        let Some(participant) = self.participants.get(&sid) else {
            return;
        };
        if let Some(pending) = find_pending(participant, &request.cid) {
            // Asked twice: the same answer.
            let told = track_published(pending);
            if !pending.queued {
                self.tell(sid, told);
            }
            return;
        }
        if let Err(outcome) = self.judge(participant, &request) {
            self.answer_add_track(sid, outcome, request);
            return;
        }
        request.muted |= participant.silenced.contains(&request.source);
        let published = participant.published.iter();
        let queued = published
            .filter_map(|track| self.tracks.get(track))
            .any(|publication| publication.info.request.cid == request.cid);
        let pending = PendingTrack {
            sid: self.sids.next_track(),
            request,
            queued,
            restored: None,
        };
        if queued {
            let request = pending.request.clone();
            self.answer_add_track(sid, Outcome::Queued, request);
        } else {
            self.tell(sid, track_published(&pending));
        }
        if let Some(participant) = self.participants.get_mut(&sid) {
            participant.pending.push(pending);
        }
        self.match_sections(now, sid);
    }

    pub(crate) fn judge(
        &self,
        participant: &Participant,
        request: &TrackRequest,
    ) -> Result<(), Outcome> {
        if !participant.permission.may_publish(request.source) {
            return Err(Outcome::NotAllowed);
        }
        if request.kind == TrackKind::Video && !self.config.video {
            return Err(Outcome::Unsupported);
        }
        let texts = [&request.cid, &request.name, &request.stream];
        if request.cid.is_empty() || texts.iter().any(|text| text.len() > MAX_TEXT) {
            return Err(Outcome::Invalid);
        }
        if participant.published.len() + participant.pending.len() >= self.config.max_tracks {
            return Err(Outcome::LimitExceeded);
        }
        Ok(())
    }

    fn answer_add_track(&mut self, sid: ParticipantSid, outcome: Outcome, request: TrackRequest) {
        let answered = Message::Answered {
            request_id: 0,
            outcome,
            request: Answered::AddTrack(Box::new(request)),
        };
        self.tell(sid, answered);
    }

    pub(crate) fn handle_sections(
        &mut self,
        now: Instant,
        sid: ParticipantSid,
        mut sections: Vec<Section>,
    ) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        sections.truncate(MAX_SECTIONS);
        let mut mids = BTreeSet::new();
        sections.retain(|section| mids.insert(section.mid.clone()));
        participant.sections = sections;
        let sections = &participant.sections;
        let (kept, gone): (Vec<_>, Vec<_>) = participant.published.iter().partition(|track| {
            let publication = self.tracks.get(track);
            publication.is_some_and(|publication| {
                sections
                    .iter()
                    .any(|section| carries(section, &publication.info))
            })
        });
        if !gone.is_empty() {
            self.hush(sid);
            self.unpublish(now, sid, kept, gone);
        }
        self.match_sections(now, sid);
        self.end_restoring(now, sid);
    }

    pub(crate) fn unpublish(
        &mut self,
        now: Instant,
        sid: ParticipantSid,
        kept: Vec<TrackSid>,
        gone: Vec<TrackSid>,
    ) {
        if let Some(participant) = self.participants.get_mut(&sid) {
            participant.published = kept;
        }
        self.announce(now, sid, false);
        for track in gone {
            let cid = self.remove_publication(track);
            self.tell(sid, Message::TrackUnpublished { track });
            let Some(participant) = self.participants.get_mut(&sid) else {
                continue;
            };
            let mut pending = participant.pending.iter_mut();
            let waiting = pending.find(|pending| Some(&pending.request.cid) == cid.as_ref());
            if let Some(waiting) = waiting {
                waiting.queued = false;
                let told = track_published(waiting);
                self.tell(sid, told);
            }
        }
    }

    /// Frees what a track held in the room and returns its `cid`. Its publisher no longer lists it.
    pub(crate) fn remove_publication(&mut self, track: TrackSid) -> Option<String> {
        let publication = self.tracks.remove(&track)?;
        self.loudest.forget(track);
        for subscriber in publication.subscribers {
            self.outputs
                .push_back(Output::Unsubscribed { subscriber, track });
        }
        for participant in self.participants.values_mut() {
            participant.choices.remove(&track);
            participant.paused.remove(&track);
            participant.sizes.remove(&track);
        }
        Some(publication.info.request.cid)
    }

    /// Publishes every track that was asked for and whose section was offered.
    pub(crate) fn match_sections(&mut self, now: Instant, sid: ParticipantSid) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        let tracks = &self.tracks;
        let published = participant.published.iter();
        let taken: BTreeSet<_> = published
            .filter_map(|track| tracks.get(track))
            .map(|publication| publication.info.mid.clone())
            .collect();
        let free = participant.sections.iter();
        let free = free.filter(|section| !taken.contains(&section.mid));
        let mut free: Vec<_> = free.cloned().collect();
        let mut matched = Vec::new();
        // Exact ids first: only what they leave over is guessed by kind, as Firefox needs it.
        for fits in [names, is_of_kind] {
            free.retain(|section| {
                let pending = &mut participant.pending;
                let position = pending
                    .iter()
                    .position(|pending| !pending.queued && fits(section, &pending.request));
                match position {
                    Some(position) => {
                        matched.push((pending.remove(position), section.clone()));
                        false
                    }
                    None => true,
                }
            });
        }
        if matched.is_empty() {
            return;
        }
        let mut new = Vec::new();
        for (pending, section) in matched {
            participant.published.push(pending.sid);
            new.push(pending.sid);
            let publication = publication(sid, pending, section);
            self.tracks.insert(publication.info.sid, publication);
        }
        self.announce(now, sid, false);
        for track in new {
            self.settle(track);
            if self.is_silenced(track) {
                self.tell(sid, Message::Muted { track });
            }
        }
    }

    pub(crate) fn handle_mute(
        &mut self,
        now: Instant,
        sid: ParticipantSid,
        track: TrackSid,
        muted: bool,
    ) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        let mut pending = participant.pending.iter_mut();
        if let Some(pending) = pending.find(|pending| pending.sid == track) {
            pending.request.muted = muted || participant.silenced.contains(&pending.request.source);
            return;
        }
        let publication = self.tracks.get_mut(&track);
        let Some(publication) = publication.filter(|publication| publication.publisher == sid)
        else {
            let answered = Message::Answered {
                request_id: 0,
                outcome: Outcome::NotFound,
                request: Answered::Mute { track, muted },
            };
            self.tell(sid, answered);
            return;
        };
        if !muted
            && participant
                .silenced
                .contains(&publication.info.request.source)
        {
            let answered = Message::Answered {
                request_id: 0,
                outcome: Outcome::NotAllowed,
                request: Answered::Mute { track, muted },
            };
            self.tell(sid, answered);
            self.tell(sid, Message::Muted { track });
            return;
        }
        if publication.info.request.muted == muted {
            return;
        }
        publication.info.request.muted = muted;
        publication.level.reset();
        self.announce(now, sid, false);
        self.settle(track);
    }
}

impl Room {
    /// The clients' ids of the tracks that this participant wants to send without redundancy, also
    /// of those that no section carries yet.
    #[must_use]
    pub fn without_redundancy(&self, participant: ParticipantSid) -> Vec<String> {
        let Some(participant) = self.participants.get(&participant) else {
            return Vec::new();
        };
        let published = participant.published.iter();
        let published = published.filter_map(|track| self.tracks.get(track));
        let pending = participant.pending.iter().map(|pending| &pending.request);
        published
            .map(|publication| &publication.info.request)
            .chain(pending)
            .filter(|request| request.disable_red)
            .map(|request| request.cid.clone())
            .collect()
    }

    /// Whether an order keeps this track from being heard.
    fn is_silenced(&self, track: TrackSid) -> bool {
        let publication = self.tracks.get(&track);
        publication.is_some_and(|publication| {
            let publisher = self.participants.get(&publication.publisher);
            let source = publication.info.request.source;
            publisher.is_some_and(|publisher| publisher.silenced.contains(&source))
        })
    }
}

fn names(section: &Section, request: &TrackRequest) -> bool {
    let mut codecs = request.codecs.iter();
    is_of_kind(section, request)
        && (section.cid == request.cid || codecs.any(|codec| codec.cid == section.cid))
}

fn is_of_kind(section: &Section, request: &TrackRequest) -> bool {
    section.kind == request.kind
}

/// A section that is given to another track of the client carries the old one no longer.
fn carries(section: &Section, info: &TrackInfo) -> bool {
    section.mid == info.mid && section.kind == info.request.kind
}

fn find_pending<'a>(participant: &'a Participant, cid: &str) -> Option<&'a PendingTrack> {
    let mut pending = participant.pending.iter();
    pending.find(|pending| pending.request.cid == cid)
}

fn track_published(pending: &PendingTrack) -> Message {
    Message::TrackPublished {
        cid: pending.request.cid.clone(),
        track: Box::new(TrackInfo {
            sid: pending.sid,
            request: pending.request.clone(),
            mime_type: String::new(),
            mid: String::new(),
        }),
    }
}

fn publication(publisher: ParticipantSid, pending: PendingTrack, section: Section) -> Publication {
    Publication {
        publisher,
        info: TrackInfo {
            sid: pending.sid,
            request: pending.request,
            mime_type: section.mime_type,
            mid: section.mid,
        },
        subscribers: Vec::new(),
        forward_to: Vec::new(),
        denied: BTreeSet::new(),
        ever_subscribed: false,
        level: AudioLevel::default(),
        picture: Picture::default(),
    }
}

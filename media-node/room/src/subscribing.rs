//! Who receives what. One rule decides ([`Room::settle`]); everything else changes what it reads.

use std::collections::BTreeSet;

use crate::input::{SubscriptionChange, SubscriptionRule, TrackSettings, Trusted};
use crate::output::{Message, Output, Speaker, Subscription};
use crate::room::{Participant, Publication, Room};
use crate::sid::{ParticipantSid, TrackSid};

impl Room {
    pub(crate) fn handle_subscribe(&mut self, sid: ParticipantSid, change: SubscriptionChange) {
        for written in change.tracks {
            let track = written.parse().ok();
            let track = track.filter(|track| self.tracks.contains_key(track));
            let Some(participant) = self.participants.get_mut(&sid) else {
                return;
            };
            let Some(track) = track else {
                if change.subscribe {
                    self.tell(sid, Message::NoSuchTrack { track: written });
                }
                continue;
            };
            participant.choices.insert(track, change.subscribe);
            self.settle(track);
        }
    }

    pub(crate) fn handle_track_settings(
        &mut self,
        sid: ParticipantSid,
        tracks: &[TrackSid],
        settings: TrackSettings,
    ) {
        for &track in tracks {
            let Some(participant) = self.participants.get_mut(&sid) else {
                return;
            };
            if !self.tracks.contains_key(&track) {
                continue;
            }
            // What is held back says nothing of how large it shall be afterwards.
            if settings.paused {
                participant.paused.insert(track);
            } else {
                participant.paused.remove(&track);
                participant.sizes.insert(track, settings.size);
            }
            self.settle(track);
        }
    }

    pub(crate) fn handle_allow_subscribers(&mut self, sid: ParticipantSid, rule: SubscriptionRule) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        participant.rule = rule;
        for track in participant.published.clone() {
            self.settle(track);
        }
    }

    pub(crate) fn settle_all(&mut self) {
        let tracks: Vec<_> = self.tracks.keys().copied().collect();
        for track in tracks {
            self.settle(track);
        }
    }

    /// Brings a track's subscriptions in line with what everybody wants and may have.
    pub(crate) fn settle(&mut self, track: TrackSid) {
        let Some(publication) = self.tracks.get_mut(&track) else {
            return;
        };
        let Some(publisher) = self.participants.get(&publication.publisher) else {
            return;
        };
        let mut outputs = Vec::new();
        let mut wanted = Vec::new();
        for (&sid, participant) in &self.participants {
            if sid == publication.publisher || !wants(participant, track) {
                continue;
            }
            if allows(&publisher.rule, sid, &participant.identity, track) {
                wanted.push(sid);
                if publication.denied.remove(&sid) && participant.is_attached() {
                    outputs.push(permission_told(publication, sid, true));
                }
            } else if publication.denied.insert(sid) && participant.is_attached() {
                outputs.push(permission_told(publication, sid, false));
            }
        }
        let gone = difference(&publication.subscribers, &wanted);
        let new = difference(&wanted, &publication.subscribers);
        let told_level = publisher.told_level;
        for &subscriber in &gone {
            outputs.push(Output::Unsubscribed { subscriber, track });
        }
        for &subscriber in &new {
            outputs.push(Output::Subscribed(Subscription {
                subscriber,
                publisher: publication.publisher,
                track,
                kind: publication.info.request.kind,
            }));
        }
        let first = !new.is_empty() && !publication.ever_subscribed;
        publication.ever_subscribed |= first;
        publication.forward_to = if publication.info.request.muted {
            self.loudest.forget(track);
            Vec::new()
        } else {
            let forwarded = wanted.iter().copied();
            forwarded
                .filter(|sid| !self.participants[sid].paused.contains(&track))
                .collect()
        };
        publication.subscribers = wanted;
        let publisher = publication.publisher;
        self.outputs.extend(outputs);
        self.settle_layers(track);
        if first {
            self.tell(publisher, Message::TrackSubscribed { track });
        }
        if told_level > 0 {
            self.tell_level(publisher, &new, told_level);
            self.tell_level(publisher, &gone, 0);
        }
    }

    fn tell_level(&mut self, publisher: ParticipantSid, to: &[ParticipantSid], eighths: u8) {
        let to = to.iter().copied();
        let to = to.filter(|sid| self.participants[sid].is_attached());
        let to = to.collect();
        self.send(
            to,
            Message::Speakers(vec![Speaker::new(publisher, eighths)]),
        );
    }
}

fn wants(participant: &Participant, track: TrackSid) -> bool {
    let choice = participant.choices.get(&track).copied();
    participant.permission.can_subscribe && choice.unwrap_or(participant.auto_subscribe)
}

fn allows(rule: &SubscriptionRule, sid: ParticipantSid, identity: &str, track: TrackSid) -> bool {
    match rule {
        SubscriptionRule::Everybody => true,
        SubscriptionRule::Only(trusted) => trusted.iter().any(|trusted| {
            let Trusted {
                sid: trusted_sid,
                identity: trusted_identity,
                tracks,
            } = trusted;
            let is_meant = if trusted_sid.is_empty() {
                trusted_identity == identity
            } else {
                trusted_sid.parse() == Ok(sid)
            };
            is_meant && tracks.as_ref().is_none_or(|all| all.contains(&track))
        }),
    }
}

fn permission_told(publication: &Publication, to: ParticipantSid, allowed: bool) -> Output {
    Output::Send {
        to: vec![to],
        message: Message::SubscriptionAllowed {
            publisher: publication.publisher,
            track: publication.info.sid,
            allowed,
        },
    }
}

fn difference(of: &[ParticipantSid], without: &[ParticipantSid]) -> Vec<ParticipantSid> {
    let without: BTreeSet<_> = without.iter().collect();
    let of = of.iter().filter(|sid| !without.contains(sid));
    of.copied().collect()
}

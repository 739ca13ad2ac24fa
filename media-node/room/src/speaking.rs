//! Who is speaking, told as differences.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::output::{Message, Speaker};
use crate::room::Room;
use crate::sid::ParticipantSid;

impl Speaker {
    /// Somebody at a level of so many eighths.
    pub(crate) fn new(participant: ParticipantSid, eighths: u8) -> Self {
        Self {
            participant,
            level: f32::from(eighths) / 8.0,
            active: eighths > 0,
        }
    }
}

impl Room {
    /// Tells each participant whose level changed among those it hears, and its own.
    pub(crate) fn compare_speakers(&mut self, now: Instant) {
        let mut levels: BTreeMap<ParticipantSid, u8> = BTreeMap::new();
        let mut all_quiet = true;
        for publication in self.tracks.values_mut() {
            let eighths = publication.level.eighths(now);
            all_quiet &= publication.level.is_quiet();
            let level = levels.entry(publication.publisher).or_default();
            *level = eighths.max(*level);
        }
        self.speakers_due = (!all_quiet).then_some(now + self.config.speaker_interval);
        let mut news: BTreeMap<ParticipantSid, Vec<(ParticipantSid, u8)>> = BTreeMap::new();
        for (&sid, participant) in &self.participants {
            let level = levels.get(&sid).copied().unwrap_or(0);
            if level == participant.told_level {
                continue;
            }
            let mut to = self.listeners(sid);
            to.insert(sid);
            for listener in to {
                news.entry(listener).or_default().push((sid, level));
            }
        }
        for (sid, participant) in &mut self.participants {
            participant.told_level = levels.get(sid).copied().unwrap_or(0);
        }
        self.tell_speakers(news);
    }

    /// Participants that hear the same get one message, which is encoded once.
    fn tell_speakers(&mut self, news: BTreeMap<ParticipantSid, Vec<(ParticipantSid, u8)>>) {
        let mut audiences: BTreeMap<Vec<(ParticipantSid, u8)>, Vec<ParticipantSid>> =
            BTreeMap::new();
        for (listener, heard) in news {
            if self.participants[&listener].is_attached() {
                audiences.entry(heard).or_default().push(listener);
            }
        }
        for (heard, to) in audiences {
            let speakers = heard.into_iter();
            let speakers = speakers.map(|(sid, eighths)| Speaker::new(sid, eighths));
            self.send(to, Message::Speakers(speakers.collect()));
        }
    }

    /// Tells everybody who heard a participant, and itself, that it is silent, before what was
    /// heard is gone.
    pub(crate) fn hush(&mut self, sid: ParticipantSid) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        if std::mem::take(&mut participant.told_level) == 0 {
            return;
        }
        let mut to = self.listeners(sid);
        to.insert(sid);
        let to = to.into_iter();
        let to = to.filter(|sid| self.participants[sid].is_attached());
        let to = to.collect();
        self.send(to, Message::Speakers(vec![Speaker::new(sid, 0)]));
    }
}

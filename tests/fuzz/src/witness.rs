//! What holds of a room whatever it is told, watched from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use koeba_room::{Input, Message, Output, ParticipantSid, Room, TrackSid};

/// Everything that a room has said, as far as it matters for what it may say next.
#[derive(Default)]
pub(crate) struct Witness {
    present: BTreeSet<ParticipantSid>,
    departed: BTreeSet<ParticipantSid>,
    subscriptions: BTreeSet<(ParticipantSid, TrackSid)>,
    /// The last version told of each participant.
    versions: BTreeMap<ParticipantSid, u32>,
    /// Every track that was ever told to its publisher.
    pub(crate) tracks: Vec<TrackSid>,
    closed: bool,
}

impl Witness {
    /// Takes everything out of the room, and looks at the room itself.
    pub(crate) fn watch(&mut self, now: Instant, room: &mut Room) -> Vec<Output> {
        let outputs: Vec<_> = std::iter::from_fn(|| room.poll_output()).collect();
        for output in &outputs {
            assert!(
                !self.closed,
                "after its end a room says nothing: {output:?}"
            );
            self.hear(output);
        }
        self.compare(room);
        room.handle(now, Input::Timeout);
        let due = room.poll_timeout();
        assert!(
            due.is_none_or(|due| due > now),
            "what is due is done at once, or its caller never sleeps"
        );
        let late: Vec<_> = std::iter::from_fn(|| room.poll_output()).collect();
        for output in &late {
            assert!(
                !self.closed,
                "after its end a room says nothing: {output:?}"
            );
            self.hear(output);
        }
        self.compare(room);
        [outputs, late].concat()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.closed
    }

    fn hear(&mut self, output: &Output) {
        match output {
            Output::Send { to, message } => self.hear_message(to, message),
            Output::Subscribed(subscription) => {
                self.must_be_present(subscription.subscriber);
                self.must_be_present(subscription.publisher);
                assert_ne!(subscription.subscriber, subscription.publisher);
                let new = (subscription.subscriber, subscription.track);
                assert!(self.subscriptions.insert(new), "began twice: {new:?}");
            }
            Output::Unsubscribed { subscriber, track } => {
                let ended = self.subscriptions.remove(&(*subscriber, *track));
                assert!(ended, "ended without having begun: {subscriber} {track}");
            }
            Output::LayerChosen {
                subscriber, track, ..
            } => {
                let known = self.subscriptions.contains(&(*subscriber, *track));
                assert!(
                    known,
                    "a size of what is not subscribed to: {subscriber} {track}"
                );
            }
            Output::CloseSignal { participant } => self.must_be_present(*participant),
            Output::Departed { participant, .. } => {
                self.present.remove(participant);
                self.subscriptions.retain(|(sid, _)| sid != participant);
                assert!(self.departed.insert(*participant), "left twice");
            }
            Output::Data { to, from, .. } => {
                all_once(to);
                assert!(!to.contains(from), "data does not come back");
                to.iter().for_each(|sid| self.must_be_present(*sid));
            }
            Output::RosterChanged | Output::RestoringEnded => {}
            Output::Closed => self.closed = true,
        }
    }

    fn hear_message(&mut self, to: &[ParticipantSid], message: &Message) {
        all_once(to);
        for sid in to {
            assert!(!self.departed.contains(sid), "{sid} has left: {message:?}");
        }
        match message {
            Message::Joined { you, .. } => {
                assert_eq!(to, [you.sid]);
                assert!(self.present.insert(you.sid), "joined once");
                return;
            }
            Message::Resumed { .. } => {
                // It may be back from another node.
                self.present.extend(to);
            }
            Message::Leave { .. } => return,
            Message::Participants(infos) => {
                for info in infos {
                    let last = self.versions.entry(info.sid).or_default();
                    assert!(info.version >= *last, "a version went backwards");
                    *last = info.version;
                }
            }
            Message::TrackPublished { track, .. } => self.tracks.push(track.sid),
            _ => {}
        }
        to.iter().for_each(|sid| self.must_be_present(*sid));
    }

    fn must_be_present(&self, sid: ParticipantSid) {
        assert!(self.present.contains(&sid), "{sid} is not here");
    }

    fn compare(&self, room: &Room) {
        assert_eq!(room.len(), self.present.len());
        assert_eq!(room.is_closed(), self.closed);
        let roster = room.roster();
        let known = |sid| self.present.contains(&sid) || room.expects(sid);
        assert!(roster.iter().all(|entry| known(entry.sid)));
        for &track in &self.tracks {
            for &subscriber in room.subscribers(track) {
                let known = self.subscriptions.contains(&(subscriber, track));
                assert!(known, "{subscriber} gets {track} unasked");
            }
        }
        if self.closed {
            assert!(room.is_empty());
            assert_eq!(room.poll_timeout(), None);
        }
    }
}

fn all_once(to: &[ParticipantSid]) {
    assert!(!to.is_empty(), "said to nobody");
    let distinct: BTreeSet<_> = to.iter().collect();
    assert_eq!(distinct.len(), to.len(), "nobody is told twice");
}

//! Which track is bound to which of the client's receiving sections.

use std::collections::VecDeque;

use koeba_room::{ParticipantSid, TrackKind, TrackSid};

use crate::sdp_answer::{Direction, Offer, OfferedSection};

/// A track on its way to this client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) publisher: ParticipantSid,
    pub(crate) track: TrackSid,
    pub(crate) kind: TrackKind,
}

impl Wanted {
    /// `<stream> <track>` as clients read it.
    pub(crate) fn msid(&self) -> String {
        format!("{}|{} {}", self.publisher, self.track, self.track)
    }
}

/// A receiving section of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slot {
    mid: String,
    kind: TrackKind,
    bound: Option<Wanted>,
    /// It has carried a track, so its stream must be a new one for the next: browsers play
    /// silence when a section's track changes on the same stream.
    used: bool,
    /// Its stream is open: an answer of this peer has bound it.
    opened: bool,
    /// Its track is subscribed to, and not only expected back.
    claimed: bool,
    /// An answer has rejected the section: nothing that the client offers in it is spoken here.
    rejected: bool,
}

/// A track that an answer binds to a section for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewBinding {
    pub(crate) mid: String,
    pub(crate) wanted: Wanted,
    pub(crate) needs_new_stream: bool,
}

/// The client's receiving sections and the tracks that wait for one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slots {
    slots: Vec<Slot>,
    waiting: VecDeque<Wanted>,
}

impl Slots {
    /// Lets a track wait for a section, unless it has one. True if it waits now.
    pub(crate) fn want(&mut self, wanted: Wanted) -> bool {
        let mut slots = self.slots.iter_mut();
        let has = |slot: &&mut Slot| slot.bound.is_some_and(|bound| bound.track == wanted.track);
        if let Some(slot) = slots.find(has) {
            slot.claimed = true;
            return false;
        }
        let mut waiting = self.waiting.iter();
        if !waiting.any(|waits| waits.track == wanted.track) {
            self.waiting.push_back(wanted);
        }
        true
    }

    /// Keeps a section for the track that it carried when another node served the client.
    pub(crate) fn reserve(&mut self, mid: &str, wanted: Wanted) {
        let mut slots = self.slots.iter();
        let known = slots.any(|slot| {
            let same = |bound: Wanted| bound.track == wanted.track;
            slot.mid == mid || slot.bound.is_some_and(same)
        });
        if known {
            return;
        }
        let before = self.waiting.len();
        self.waiting.retain(|waits| waits.track != wanted.track);
        let claimed = self.waiting.len() < before;
        self.slots.push(Slot {
            mid: mid.to_owned(),
            kind: wanted.kind,
            bound: Some(wanted),
            used: true,
            opened: false,
            claimed,
            rejected: false,
        });
    }

    /// Frees the sections that are kept for tracks which nobody has subscribed to.
    pub(crate) fn release_unclaimed(&mut self) -> Vec<TrackSid> {
        let unclaimed = self.slots.iter_mut().filter(|slot| !slot.claimed);
        let freed = unclaimed.filter_map(|slot| slot.bound.take());
        freed.map(|bound| bound.track).collect()
    }

    /// Frees the track's section, or takes it out of the queue.
    pub(crate) fn release(&mut self, track: TrackSid) {
        self.waiting.retain(|waits| waits.track != track);
        for slot in &mut self.slots {
            slot.bound.take_if(|bound| bound.track == track);
        }
    }

    pub(crate) fn bound(&self) -> impl Iterator<Item = (&str, Wanted)> {
        self.slots
            .iter()
            .filter_map(|slot| Some((slot.mid.as_str(), slot.bound?)))
    }

    pub(crate) fn at(&self, mid: &str) -> Option<Wanted> {
        self.slots.iter().find(|slot| slot.mid == mid)?.bound
    }

    /// How many sections of this kind the client has to add for every waiting track to get one. Those
    /// that were rejected count as free: another like them would be of no use.
    pub(crate) fn missing(&self, kind: TrackKind) -> usize {
        let waiting = self.waiting.iter().filter(|waits| waits.kind == kind);
        let free = self.slots.iter().filter(|slot| slot.bound.is_none());
        let free = free.filter(|slot| slot.kind == kind);
        waiting.count().saturating_sub(free.count())
    }

    /// Brings the sections up to date with an offer and binds what waits, first come first
    /// served, in the offer's order.
    pub(crate) fn bind(&mut self, offer: &Offer<'_>) -> Vec<NewBinding> {
        self.forget_closed(offer);
        let mut new = Vec::new();
        for section in &offer.sections {
            let Some(kind) = slot_kind(section) else {
                continue;
            };
            let at = self.slots.iter().position(|slot| slot.mid == section.mid);
            let at = at.unwrap_or_else(|| {
                self.slots.push(Slot {
                    mid: section.mid.to_owned(),
                    kind,
                    bound: None,
                    used: false,
                    opened: false,
                    claimed: false,
                    rejected: false,
                });
                self.slots.len() - 1
            });
            let slot = &mut self.slots[at];
            if let Some(wanted) = slot.bound.filter(|_| !slot.opened && !slot.rejected) {
                slot.opened = true;
                new.push(NewBinding {
                    mid: slot.mid.clone(),
                    wanted,
                    needs_new_stream: false,
                });
                continue;
            }
            let next = self.waiting.iter().position(|waits| waits.kind == kind);
            if slot.bound.is_none()
                && !slot.rejected
                && let Some(wanted) = next.and_then(|at| self.waiting.remove(at))
            {
                new.push(NewBinding {
                    mid: slot.mid.clone(),
                    wanted,
                    needs_new_stream: slot.used,
                });
                slot.bound = Some(wanted);
                (slot.used, slot.opened, slot.claimed) = (true, true, true);
            }
        }
        new
    }

    /// Undoes [`Slots::bind`] when the answer could not be made.
    pub(crate) fn unbind(&mut self, bindings: &[NewBinding]) {
        for binding in bindings.iter().rev() {
            if let Some(slot) = self.slots.iter_mut().find(|slot| slot.mid == binding.mid) {
                slot.bound = None;
                self.waiting.push_front(binding.wanted);
            }
        }
    }

    /// Takes these sections out of use: the answer rejects them. Their tracks wait again.
    pub(crate) fn reject(&mut self, mids: &[&str]) {
        for slot in &mut self.slots {
            if mids.contains(&slot.mid.as_str()) {
                slot.rejected = true;
                self.waiting.extend(slot.bound.take());
            }
        }
    }

    /// A section the client no longer receives in gives its track back.
    fn forget_closed(&mut self, offer: &Offer<'_>) {
        let waiting = &mut self.waiting;
        self.slots.retain_mut(|slot| {
            let section = offer
                .sections
                .iter()
                .find(|section| section.mid == slot.mid);
            let open = section.is_some_and(|section| slot_kind(section) == Some(slot.kind));
            if !open {
                waiting.extend(slot.bound.take());
            }
            // Kept while its section exists, to remember that its stream was used.
            section.is_some_and(|section| section.kind.carries() == Some(slot.kind))
        });
    }
}

/// What the client can receive in this section.
pub(crate) fn slot_kind(section: &OfferedSection<'_>) -> Option<TrackKind> {
    let open = section.direction == Direction::RecvOnly && !section.rejected;
    section.kind.carries().filter(|_| open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_tracks_are_bound_in_order_and_the_rest_is_counted() {
        let mut slots = Slots::default();
        assert!((1..=4).all(|n| slots.want(wanted(n))));
        let text = offer(&[("0", "recvonly"), ("1", "recvonly"), ("2", "recvonly")]);
        let new = slots.bind(&Offer::parse(&text).expect("a good offer"));
        assert_eq!(new.len(), 3);
        assert!(new.iter().all(|binding| !binding.needs_new_stream));
        assert_eq!(slots.at("0"), Some(wanted(1)));
        assert_eq!(slots.missing(TrackKind::Audio), 1);
    }

    #[test]
    fn a_freed_section_is_used_again_with_a_new_stream() {
        let mut slots = Slots::default();
        let text = offer(&[("0", "recvonly")]);
        let offer = Offer::parse(&text).expect("a good offer");
        slots.want(wanted(1));
        slots.bind(&offer);
        slots.release(wanted(1).track);
        slots.want(wanted(2));
        assert_eq!(slots.missing(TrackKind::Audio), 0);
        let new = slots.bind(&offer);
        assert_eq!(new[0].wanted, wanted(2));
        assert!(new[0].needs_new_stream);
    }

    #[test]
    fn a_picture_waits_for_a_section_of_its_own_kind() {
        let mut slots = Slots::default();
        let picture = Wanted {
            kind: TrackKind::Video,
            ..wanted(1)
        };
        slots.want(picture);
        slots.want(wanted(2));
        let text = offer(&[("0", "recvonly"), ("1", "recvonly")]);
        let new = slots.bind(&Offer::parse(&text).expect("a good offer"));
        assert_eq!(new.len(), 1);
        assert_eq!(new[0].wanted, wanted(2));
        assert_eq!(slots.missing(TrackKind::Audio), 0);
        assert_eq!(slots.missing(TrackKind::Video), 1);
        let more = text + "m=video 9 X 96\r\na=mid:2\r\na=recvonly\r\n";
        slots.bind(&Offer::parse(&more).expect("a good offer"));
        assert_eq!(slots.at("2"), Some(picture));
    }

    #[test]
    fn a_bound_track_stays_where_it_is_over_further_offers() {
        let mut slots = Slots::default();
        let text = offer(&[("0", "recvonly"), ("1", "recvonly")]);
        let offer = Offer::parse(&text).expect("a good offer");
        slots.want(wanted(1));
        slots.bind(&offer);
        slots.want(wanted(1));
        assert!(slots.bind(&offer).is_empty());
        assert_eq!(slots.bound().count(), 1);
    }

    #[test]
    fn a_track_whose_section_is_rejected_waits_for_another() {
        let mut slots = Slots::default();
        slots.want(wanted(1));
        let text = offer(&[("0", "recvonly")]);
        slots.bind(&Offer::parse(&text).expect("a good offer"));
        slots.reject(&["0"]);
        assert_eq!(slots.at("0"), None);
        assert_eq!(slots.missing(TrackKind::Audio), 0);
        let more = offer(&[("0", "recvonly"), ("1", "recvonly")]);
        let new = slots.bind(&Offer::parse(&more).expect("a good offer"));
        assert_eq!(new.len(), 1);
        assert_eq!(slots.at("1"), Some(wanted(1)));
    }

    #[test]
    fn a_track_whose_section_the_client_closes_waits_again() {
        let mut slots = Slots::default();
        slots.want(wanted(1));
        let open = offer(&[("0", "recvonly")]);
        slots.bind(&Offer::parse(&open).expect("a good offer"));
        let closed = offer(&[("0", "inactive"), ("1", "recvonly")]);
        let new = slots.bind(&Offer::parse(&closed).expect("a good offer"));
        assert_eq!(new[0].mid, "1");
    }

    #[test]
    fn a_section_is_kept_for_the_track_that_it_carried_on_another_node() {
        let mut slots = Slots::default();
        slots.reserve("1", wanted(7));
        slots.want(wanted(2));
        let text = offer(&[("0", "recvonly"), ("1", "recvonly")]);
        let offer = Offer::parse(&text).expect("a good offer");
        let new = slots.bind(&offer);
        assert_eq!(slots.at("0"), Some(wanted(2)));
        assert_eq!(slots.at("1"), Some(wanted(7)));
        assert_eq!(new.len(), 2, "both are opened");
        assert!(slots.bind(&offer).is_empty(), "once");
        assert!(!slots.want(wanted(7)), "it is bound already");
        assert_eq!(slots.release_unclaimed(), []);
    }

    #[test]
    fn a_section_kept_for_a_track_that_does_not_come_back_is_free_again() {
        let mut slots = Slots::default();
        slots.want(wanted(1));
        slots.reserve("0", wanted(1));
        slots.reserve("1", wanted(7));
        slots.reserve("1", wanted(8));
        let text = offer(&[("0", "recvonly"), ("1", "recvonly")]);
        let offer = Offer::parse(&text).expect("a good offer");
        slots.bind(&offer);
        assert_eq!(slots.release_unclaimed(), [wanted(7).track]);
        slots.want(wanted(9));
        let new = slots.bind(&offer);
        assert_eq!((new[0].wanted, new[0].needs_new_stream), (wanted(9), true));
        assert_eq!(slots.at("0"), Some(wanted(1)));
    }

    fn wanted(n: u64) -> Wanted {
        Wanted {
            publisher: ParticipantSid::from_random(n),
            track: TrackSid::from_random(n),
            kind: TrackKind::Audio,
        }
    }

    fn offer(sections: &[(&str, &str)]) -> String {
        sections
            .iter()
            .map(|(mid, direction)| format!("m=audio 9 X 111\r\na=mid:{mid}\r\na={direction}\r\n"))
            .collect()
    }
}

//! Which media node holds a room, and when another may take it over.
//!
//! A room is on one node at a time. The node that holds it says so again with every report; one that
//! has fallen silent, or is going, loses its rooms to whichever node is asked for them next.

use time::Duration;

use crate::{Moment, RoomId};

/// That a node holds a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Which room.
    pub room: RoomId,
    /// Which node, by the name that it chose when it started.
    pub node: String,
    /// Rises whenever the room goes to another node.
    pub epoch: u64,
    /// Since when.
    pub taken_at: Moment,
}

/// A media node, as it last said of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaNode {
    /// Its name, chosen anew whenever it starts.
    pub id: String,
    /// Where the other nodes reach its signalling: an address and a port.
    pub address: String,
    /// When it was last heard, by our clock.
    pub seen_at: Moment,
    /// It takes no more rooms and gives up those that it has.
    pub leaving: bool,
}

/// What a node found when it turned to the one that holds a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Nobody is there: the connection was refused, or somebody else answers.
    Refused,
    /// No answer came.
    Silent,
}

/// What a node that asks for a room is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The room is its own already.
    Yours,
    /// The room is free, and goes to a node under this epoch.
    Free {
        /// The new lease's epoch.
        epoch: u64,
    },
    /// Another node holds it.
    Held,
}

impl MediaNode {
    /// How long after it was last heard a node that holds rooms may still be believed to: it says so
    /// every two seconds while anybody is there.
    pub const SILENCE: Duration = Duration::seconds(7);
    /// After this long without a word, another node's finding that it does not answer is believed.
    pub const DOUBT: Duration = Duration::milliseconds(2_500);
    /// How long a node that holds nothing may be silent: it speaks every ten seconds.
    pub const IDLE_SILENCE: Duration = Duration::seconds(25);

    /// Whether it may be given a room at `now`.
    #[must_use]
    pub fn takes_rooms(&self, now: Moment) -> bool {
        !self.leaving && now - self.seen_at < Self::IDLE_SILENCE
    }
}

impl Lease {
    /// How long a lease is kept without being renewed, which its holder sees to once a day.
    pub const KEPT_FOR: Duration = Duration::days(3);
    /// After how long its holder renews it.
    pub const RENEWED_AFTER: Duration = Duration::days(1);

    /// Judges a claim by `claimant` on a room: `lease` as it stands, `holder` as it was last heard,
    /// `lost` what the claimant found when it turned to the holder, if it did.
    #[must_use]
    pub fn judge(
        lease: Option<&Self>,
        holder: Option<&MediaNode>,
        claimant: &str,
        lost: Option<Lost>,
        now: Moment,
    ) -> Claim {
        let Some(lease) = lease else {
            return Claim::Free { epoch: 1 };
        };
        if lease.node == claimant {
            return Claim::Yours;
        }
        let gone = holder.is_none_or(|holder| {
            let silent = now - holder.seen_at;
            match lost {
                _ if holder.leaving || silent >= MediaNode::SILENCE => true,
                Some(Lost::Refused) => true,
                Some(Lost::Silent) => silent >= MediaNode::DOUBT,
                None => false,
            }
        });
        if gone {
            let epoch = lease.epoch.saturating_add(1);
            Claim::Free { epoch }
        } else {
            Claim::Held
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: Moment = datetime!(2026-04-01 09:00 UTC);

    #[test]
    fn a_room_that_nobody_holds_goes_to_whoever_asks() {
        let verdict = Lease::judge(None, None, "a", None, NOW);
        assert_eq!(verdict, Claim::Free { epoch: 1 });
    }

    #[test]
    fn a_room_stays_with_the_node_that_is_heard() {
        assert_eq!(judged("a", &holder(0), None), Claim::Yours);
        assert_eq!(judged("b", &holder(0), None), Claim::Held);
        assert_eq!(judged("b", &holder(6_999), None), Claim::Held);
    }

    #[test]
    fn a_node_that_is_silent_or_goes_loses_its_rooms_under_a_higher_epoch() {
        let taken = Claim::Free { epoch: 8 };
        assert_eq!(judged("b", &holder(7_000), None), taken);
        let leaving = MediaNode {
            leaving: true,
            ..holder(0)
        };
        assert_eq!(judged("b", &leaving, None), taken);
        let forgotten = Lease::judge(Some(&lease()), None, "b", None, NOW);
        assert_eq!(forgotten, taken);
    }

    #[test]
    fn whoever_was_refused_is_believed_and_whoever_heard_nothing_only_after_a_while() {
        let taken = Claim::Free { epoch: 8 };
        assert_eq!(judged("b", &holder(100), Some(Lost::Refused)), taken);
        assert_eq!(judged("b", &holder(2_499), Some(Lost::Silent)), Claim::Held);
        assert_eq!(judged("b", &holder(2_500), Some(Lost::Silent)), taken);
    }

    #[test]
    fn a_node_that_goes_or_is_long_silent_is_given_no_room() {
        assert!(holder(24_999).takes_rooms(NOW));
        assert!(!holder(25_000).takes_rooms(NOW));
        let leaving = MediaNode {
            leaving: true,
            ..holder(0)
        };
        assert!(!leaving.takes_rooms(NOW));
    }

    fn judged(claimant: &str, holder: &MediaNode, lost: Option<Lost>) -> Claim {
        Lease::judge(Some(&lease()), Some(holder), claimant, lost, NOW)
    }

    fn lease() -> Lease {
        Lease {
            room: RoomId::from_random([1; 16]),
            node: "a".to_owned(),
            epoch: 7,
            taken_at: NOW - Duration::HOUR,
        }
    }

    fn holder(silent_ms: i64) -> MediaNode {
        MediaNode {
            id: "a".to_owned(),
            address: "10.0.0.1:7880".to_owned(),
            seen_at: NOW - Duration::milliseconds(silent_ms),
            leaving: false,
        }
    }
}

//! Withholding a track's packets for a while so that nobody can tell it from the silence of its
//! sender.

use std::collections::VecDeque;
use std::time::Duration;

use crate::packet::{Packet, Source};

/// The beginning of a word is quieter than its vowel: so much of what was withheld last goes on
/// when a track is heard again. More would be heard as delay.
const LOOK_BACK: Duration = Duration::from_millis(80);
/// As many packets as that is at 20 ms each.
const LOOK_BACK_PACKETS: usize = 4;

/// Lets a track's packets through or withholds them.
///
/// What goes through is numbered as if the withheld packets had never been sent: to its receivers
/// it looks like discontinuous transmission, in which the sender is silent (RFC 3551, section 4.1).
/// Time stamps stay what they are, the first packet after a pause is marked as such, and real holes
/// stay holes.
#[derive(Debug, Default)]
pub struct Gate {
    source: Option<Source>,
    /// The highest number seen.
    newest: Option<u64>,
    /// What is subtracted from numbers after the gap.
    skipped: u64,
    gap: Option<Gap>,
    /// The latest withheld packets, in order.
    kept: VecDeque<Packet>,
}

/// The latest run of withheld packets.
#[derive(Clone, Copy, Debug)]
struct Gap {
    /// The first number of the run that was let through before.
    run: u64,
    /// The first that was withheld.
    from: u64,
    /// The first that was let through again; none while the gate is shut.
    to: Option<u64>,
    /// What is subtracted from numbers before the gap.
    skipped_before: u64,
}

impl Gate {
    /// Takes a packet of the track. What is to be sent to its receivers is given to `forward`:
    /// nothing, the packet, or what was withheld shortly before it and then the packet. Returns how
    /// many packets are withheld for good from now on.
    pub fn pass(&mut self, heard: bool, packet: Packet, mut forward: impl FnMut(&Packet)) -> u64 {
        if self.source != Some(packet.source) {
            *self = Self {
                source: Some(packet.source),
                ..Self::default()
            };
        }
        let sequence = packet.sequence;
        let is_newest = self.newest.is_none_or(|newest| sequence > newest);
        self.newest = self.newest.max(Some(sequence));
        let Some(gap) = self.gap else {
            return if heard || !is_newest {
                forward(&packet);
                0
            } else {
                self.shut(0, packet)
            };
        };
        if sequence < gap.from {
            // Overtaken by the decision. What is from before the run as well comes too late.
            if sequence >= gap.run {
                forward(&numbered(packet, gap.skipped_before));
            }
            return 0;
        }
        match gap.to {
            Some(to) if sequence < to => 1,
            Some(_) if heard || !is_newest => {
                forward(&numbered(packet, self.skipped));
                0
            }
            Some(to) => self.shut(to, packet),
            None if heard && is_newest => self.open(gap, packet, forward),
            None if is_newest => self.keep(packet),
            None => 1,
        }
    }

    fn shut(&mut self, run: u64, packet: Packet) -> u64 {
        self.gap = Some(Gap {
            run,
            from: packet.sequence,
            to: None,
            skipped_before: self.skipped,
        });
        self.keep(packet)
    }

    fn keep(&mut self, packet: Packet) -> u64 {
        let given_up = self.give_up(&packet);
        self.kept.push_back(packet);
        if self.kept.len() > LOOK_BACK_PACKETS {
            self.kept.pop_front();
            return given_up + 1;
        }
        given_up
    }

    fn open(&mut self, gap: Gap, packet: Packet, mut forward: impl FnMut(&Packet)) -> u64 {
        let given_up = self.give_up(&packet);
        let first = self.kept.front().unwrap_or(&packet).sequence;
        self.skipped = gap.skipped_before + (first - gap.from);
        self.gap = Some(Gap {
            to: Some(first),
            ..gap
        });
        for packet in self.kept.drain(..).chain([packet]) {
            let marker = packet.marker || packet.sequence == first;
            forward(&Packet {
                marker,
                ..numbered(packet, self.skipped)
            });
        }
        given_up
    }

    /// Lets go of what is too old to go before `packet`.
    fn give_up(&mut self, packet: &Packet) -> u64 {
        let before = self.kept.len();
        self.kept.retain(|kept| {
            let age = packet
                .received_at
                .saturating_duration_since(kept.received_at);
            age <= LOOK_BACK
        });
        u64::try_from(before - self.kept.len()).expect("a handful")
    }
}

fn numbered(packet: Packet, skipped: u64) -> Packet {
    Packet {
        sequence: packet.sequence - skipped,
        ..packet
    }
}

#[cfg(test)]
mod tests {
    use std::cell::OnceCell;
    use std::time::Instant;

    use super::*;
    use crate::packet::{Encoding, Mid};
    use proptest::prelude::*;

    #[test]
    fn what_is_heard_passes_as_it_is() {
        let mut world = World::new();
        assert_eq!(world.hear(5..8), [(5, false), (6, false), (7, false)]);
    }

    #[test]
    fn a_long_silence_leaves_no_hole_and_four_packets_go_before_the_voice() {
        let mut world = World::new();
        world.hear(10..13);
        assert!(world.withhold(13..100).is_empty());
        assert_eq!(world.given_up, 83);
        let expected = [
            (13, true),
            (14, false),
            (15, false),
            (16, false),
            (17, false),
        ];
        assert_eq!(world.hear(100..101), expected);
        assert_eq!(world.hear(101..102), [(18, false)]);
        let times: Vec<_> = world.forwarded.iter().map(|packet| packet.time).collect();
        assert_eq!(
            times[3],
            96 * 960,
            "the time stamp stays that of the packet"
        );
    }

    #[test]
    fn a_voice_that_was_never_heard_begins_with_what_led_up_to_it() {
        let mut world = World::new();
        world.withhold(50..60);
        let expected = [
            (50, true),
            (51, false),
            (52, false),
            (53, false),
            (54, false),
        ];
        assert_eq!(world.hear(60..61), expected);
    }

    #[test]
    fn what_was_withheld_long_ago_is_not_heard_later() {
        let mut world = World::new();
        world.hear(1..2);
        world.withhold(2..4);
        world.now += Duration::from_secs(1);
        assert_eq!(world.hear(4..5), [(2, true)]);
        assert_eq!(world.given_up, 2);
    }

    #[test]
    fn a_packet_that_the_silence_overtook_keeps_its_place() {
        let mut world = World::new();
        world.hear(10..11);
        world.hear(12..13);
        world.withhold(13..14);
        assert_eq!(world.withhold(11..12), [(11, false)]);
        world.withhold(14..30);
        assert_eq!(world.hear(30..31)[0], (13, true));
        assert!(world.hear(20..21).is_empty(), "it was withheld");
        assert_eq!(world.hear(11..12), [(11, false)]);
    }

    #[test]
    fn a_real_hole_stays_one() {
        let mut world = World::new();
        world.hear(1..2);
        world.withhold(2..20);
        world.hear(20..21);
        assert_eq!(world.hear(23..24), [(9, false)]);
    }

    #[test]
    fn a_new_source_begins_anew() {
        let mut world = World::new();
        world.hear(1..2);
        world.withhold(2..20);
        world.ssrc = 2;
        assert_eq!(world.hear(7..8), [(7, false)]);
    }

    proptest! {
        #[test]
        fn without_loss_the_numbers_have_no_hole_and_no_repeat(
            runs in prop::collection::vec((any::<bool>(), 1..40_u64), 1..40),
        ) {
            let mut world = World::new();
            let mut next = 7;
            for (heard, length) in runs {
                let run = next..next + length;
                next += length;
                if heard { world.hear(run) } else { world.withhold(run) };
            }
            let numbers = world.forwarded.iter().map(|packet| packet.sequence);
            let first = world.forwarded.first().map_or(0, |packet| packet.sequence);
            prop_assert!(numbers.eq((first..).take(world.forwarded.len())));
            let times: Vec<_> = world.forwarded.iter().map(|packet| packet.time).collect();
            prop_assert!(times.is_sorted());
        }

        #[test]
        fn no_order_of_packets_panics_or_repeats_a_number(
            packets in prop::collection::vec((any::<bool>(), 0..60_u64), 1..200),
        ) {
            let mut world = World::new();
            let mut seen = std::collections::BTreeSet::new();
            for (heard, sequence) in packets {
                if seen.insert(sequence) {
                    world.pass(heard, sequence..sequence + 1);
                }
            }
            let mut numbers = std::collections::BTreeSet::new();
            for packet in &world.forwarded {
                prop_assert!(numbers.insert(packet.sequence), "{} twice", packet.sequence);
            }
        }
    }

    struct World {
        gate: Gate,
        now: Instant,
        ssrc: u32,
        forwarded: Vec<Packet>,
        given_up: u64,
    }

    impl World {
        fn new() -> Self {
            Self {
                gate: Gate::default(),
                now: Instant::now(),
                ssrc: 1,
                forwarded: Vec::new(),
                given_up: 0,
            }
        }

        fn hear(&mut self, numbers: std::ops::Range<u64>) -> Vec<(u64, bool)> {
            self.pass(true, numbers)
        }

        fn withhold(&mut self, numbers: std::ops::Range<u64>) -> Vec<(u64, bool)> {
            self.pass(false, numbers)
        }

        /// One packet every 20 ms; returns number and marker of those that went through.
        fn pass(&mut self, heard: bool, numbers: std::ops::Range<u64>) -> Vec<(u64, bool)> {
            let before = self.forwarded.len();
            for sequence in numbers {
                self.now += Duration::from_millis(20);
                let packet = self.packet(sequence);
                let forwarded = &mut self.forwarded;
                let forward = |packet: &Packet| forwarded.push(packet.clone());
                self.given_up += self.gate.pass(heard, packet, forward);
            }
            let new = self.forwarded[before..].iter();
            new.map(|packet| (packet.sequence, packet.marker)).collect()
        }

        fn packet(&self, sequence: u64) -> Packet {
            Packet {
                mid: Mid("0".into()),
                source: Source {
                    peer: 1,
                    ssrc: self.ssrc,
                },
                layer: None,
                sequence,
                time: u32::try_from(sequence * 960).expect("a short call"),
                marker: false,
                level: None,
                encoding: Encoding::Opus,
                payload: [].into(),
                received_at: self.now,
                plain: OnceCell::new(),
                orientation: None,
            }
        }
    }
}

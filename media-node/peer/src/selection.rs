//! Which of the sizes of a picture one receiver gets, packet by packet.

use std::sync::Arc;
use std::time::{Duration, Instant};

use koeba_room::Layer;

use crate::packet::{Packet, Source};
use crate::vp8::{self, Numbers};

/// How often a whole picture is asked for while one is waited for. The room asks less often.
const ASK_EVERY: Duration = Duration::from_millis(200);

/// Lets one size through and changes it where a picture begins that needs no other.
///
/// Each size counts its pictures by itself; a receiver must see one count, or it waits for what
/// never comes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    current: Option<Current>,
    asked_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Current {
    layer: Layer,
    source: Source,
    /// What is added to the numbers of its pictures.
    shift: Shift,
    /// The latest numbers, as the receiver saw them.
    sent: Numbers,
}

#[derive(Clone, Copy, Debug, Default)]
struct Shift {
    picture: u16,
    tl0: u8,
}

/// What becomes of a packet for one receiver.
#[derive(Debug)]
pub(crate) struct Selected {
    /// The payload to send, if it is sent.
    pub(crate) payload: Option<Arc<[u8]>>,
    /// The size of which a whole picture is needed first.
    pub(crate) ask: Option<Layer>,
}

impl Selection {
    /// The size that goes through now.
    pub(crate) fn layer(&self) -> Option<Layer> {
        self.current.map(|current| current.layer)
    }

    /// Takes a packet of a picture of which this size is wanted.
    pub(crate) fn select(&mut self, wanted: Layer, packet: &Packet) -> Selected {
        let through = |payload| Selected {
            payload: Some(payload),
            ask: None,
        };
        let Some(layer) = packet.layer else {
            return through(Arc::clone(&packet.payload));
        };
        let descriptor = vp8::read(&packet.payload);
        if let Some(current) = &mut self.current
            && (current.layer, current.source) == (layer, packet.source)
        {
            let Some(descriptor) = descriptor else {
                return through(Arc::clone(&packet.payload));
            };
            let numbers = current.shift.of(descriptor.numbers);
            current.sent = numbers;
            return through(descriptor.renumber(&packet.payload, numbers));
        }
        if layer != wanted {
            return Selected {
                payload: None,
                ask: None,
            };
        }
        let whole = descriptor.filter(|descriptor| descriptor.begins_whole);
        let Some(descriptor) = whole else {
            return Selected {
                payload: None,
                ask: self.ask(packet.received_at).then_some(layer),
            };
        };
        let before = self.current.map(|current| current.sent);
        let shift = before.map_or_else(Shift::default, |before| {
            Shift::onto(descriptor.numbers, before)
        });
        let sent = shift.of(descriptor.numbers);
        self.current = Some(Current {
            layer,
            source: packet.source,
            shift,
            sent,
        });
        self.asked_at = None;
        through(descriptor.renumber(&packet.payload, sent))
    }

    fn ask(&mut self, now: Instant) -> bool {
        let asked = self.asked_at;
        let early = asked.is_some_and(|at| now.saturating_duration_since(at) < ASK_EVERY);
        if !early {
            self.asked_at = Some(now);
        }
        !early
    }
}

impl Shift {
    /// By which numbers follow those that were sent before.
    fn onto(numbers: Numbers, before: Numbers) -> Self {
        let picture = before.picture.zip(numbers.picture);
        let tl0 = before.tl0.zip(numbers.tl0);
        Self {
            picture: picture.map_or(0, |(before, now)| before.wrapping_add(1).wrapping_sub(now)),
            tl0: tl0.map_or(0, |(before, now)| before.wrapping_add(1).wrapping_sub(now)),
        }
    }

    fn of(self, numbers: Numbers) -> Numbers {
        let picture = |number: u16| number.wrapping_add(self.picture) & 0x7fff;
        Numbers {
            picture: numbers.picture.map(picture),
            tl0: numbers.tl0.map(|tl0| tl0.wrapping_add(self.tl0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::{Encoding, Mid};

    const SMALL: Layer = Layer::LOWEST;
    const LARGE: Layer = Layer::HIGHEST;

    #[test]
    fn a_size_begins_with_a_whole_picture_which_is_asked_for_meanwhile() {
        let mut selection = Selection::default();
        let now = Instant::now();
        let ask =
            |selection: &mut Selection, now| selection.select(LARGE, &part(LARGE, 9, now)).ask;
        assert_eq!(ask(&mut selection, now), Some(LARGE));
        assert_eq!(ask(&mut selection, now), None, "a moment ago");
        assert_eq!(ask(&mut selection, now + ASK_EVERY), Some(LARGE));
        assert!(
            sent(&mut selection, LARGE, &whole(SMALL, 5)).is_none(),
            "not the one"
        );
        assert_eq!(sent(&mut selection, LARGE, &whole(LARGE, 10)), Some(10));
        assert_eq!(sent(&mut selection, LARGE, &part(LARGE, 11, now)), Some(11));
    }

    #[test]
    fn the_count_of_pictures_goes_on_over_a_change_of_size_and_back() {
        let mut selection = Selection::default();
        let now = Instant::now();
        sent(&mut selection, LARGE, &whole(LARGE, 0x7fff));
        assert_eq!(
            sent(&mut selection, SMALL, &part(LARGE, 0, now)),
            Some(0),
            "until the other begins"
        );
        assert_eq!(sent(&mut selection, SMALL, &part(SMALL, 300, now)), None);
        assert_eq!(sent(&mut selection, SMALL, &whole(SMALL, 301)), Some(1));
        assert_eq!(sent(&mut selection, SMALL, &part(LARGE, 1, now)), None);
        assert_eq!(sent(&mut selection, SMALL, &part(SMALL, 302, now)), Some(2));
        assert_eq!(sent(&mut selection, LARGE, &whole(LARGE, 7)), Some(3));
    }

    #[test]
    fn a_picture_in_one_size_passes_as_it_is() {
        let mut packet = part(LARGE, 9, Instant::now());
        packet.layer = None;
        assert_eq!(sent(&mut Selection::default(), SMALL, &packet), Some(9));
    }

    fn sent(selection: &mut Selection, wanted: Layer, packet: &Packet) -> Option<u16> {
        let payload = selection.select(wanted, packet).payload?;
        vp8::read(&payload)?.numbers.picture
    }

    fn whole(layer: Layer, picture: u16) -> Packet {
        packet(layer, picture, 0x50, Instant::now())
    }

    fn part(layer: Layer, picture: u16, now: Instant) -> Packet {
        packet(layer, picture, 0x51, now)
    }

    fn packet(layer: Layer, picture: u16, begins: u8, now: Instant) -> Packet {
        let [high, low] = picture.to_be_bytes();
        Packet {
            mid: Mid("0".into()),
            source: Source {
                peer: 1,
                ssrc: u32::try_from(layer.index()).expect("three"),
            },
            layer: Some(layer),
            sequence: 1,
            time: 0,
            marker: false,
            level: None,
            encoding: Encoding::Vp8,
            payload: [0x90, 0x80, 0x80 | high, low, begins].into(),
            received_at: now,
            plain: std::cell::OnceCell::new(),
            orientation: None,
        }
    }
}

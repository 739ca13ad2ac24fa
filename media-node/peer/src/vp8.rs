//! What stands before a VP8 picture in its packets (RFC 7741, section 4.2).

use std::sync::Arc;

/// The bits of the first byte: more bytes follow, and a partition begins here; its number.
const EXTENDED: u8 = 0x80;
const BEGINS: u8 = 0x10;
const PARTITION: u8 = 0x0f;
/// The bits of the second byte: what follows it.
const HAS_PICTURE_ID: u8 = 0x80;
const HAS_TL0: u8 = 0x40;
const HAS_TID_OR_KEY: u8 = 0x30;
/// The picture's number has two bytes.
const LONG: u8 = 0x80;
/// Of the picture itself, which stays readable under end-to-end encryption too: it needs others.
const INTER: u8 = 0x01;

/// The numbers of a picture, as far as they are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// Rises by one with each picture; 15 bits, or 7.
    pub(crate) picture: Option<u16>,
    /// Rises by one with each picture of the base layer.
    pub(crate) tl0: Option<u8>,
}

/// What the descriptor of a packet says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Descriptor {
    pub(crate) numbers: Numbers,
    /// A picture begins here that needs no other.
    pub(crate) begins_whole: bool,
    /// Where the numbers stand.
    picture_at: usize,
    picture_is_long: bool,
    tl0_at: usize,
}

/// Reads the descriptor; none if it is cut off.
pub(crate) fn read(payload: &[u8]) -> Option<Descriptor> {
    let first = *payload.first()?;
    let mut at = 1;
    let mut descriptor = Descriptor {
        numbers: Numbers::default(),
        begins_whole: false,
        picture_at: 0,
        picture_is_long: false,
        tl0_at: 0,
    };
    if first & EXTENDED != 0 {
        let follows = *payload.get(at)?;
        at += 1;
        if follows & HAS_PICTURE_ID != 0 {
            let high = *payload.get(at)?;
            descriptor.picture_at = at;
            descriptor.picture_is_long = high & LONG != 0;
            let number = if descriptor.picture_is_long {
                at += 1;
                u16::from_be_bytes([high & !LONG, *payload.get(at)?])
            } else {
                u16::from(high)
            };
            at += 1;
            descriptor.numbers.picture = Some(number);
        }
        if follows & HAS_TL0 != 0 {
            descriptor.tl0_at = at;
            descriptor.numbers.tl0 = Some(*payload.get(at)?);
            at += 1;
        }
        if follows & HAS_TID_OR_KEY != 0 {
            at += 1;
        }
    }
    let picture = *payload.get(at)?;
    let begins = first & BEGINS != 0 && first & PARTITION == 0;
    descriptor.begins_whole = begins && picture & INTER == 0;
    Some(descriptor)
}

impl Descriptor {
    /// The payload with other numbers, where it has any.
    pub(crate) fn renumber(&self, payload: &Arc<[u8]>, numbers: Numbers) -> Arc<[u8]> {
        if numbers == self.numbers {
            return Arc::clone(payload);
        }
        let mut bytes = payload.to_vec();
        if let (Some(_), Some(number)) = (self.numbers.picture, numbers.picture) {
            let [high, low] = number.to_be_bytes();
            if self.picture_is_long {
                bytes[self.picture_at] = LONG | high;
                bytes[self.picture_at + 1] = low;
            } else {
                bytes[self.picture_at] = low & !LONG;
            }
        }
        if let (Some(_), Some(tl0)) = (self.numbers.tl0, numbers.tl0) {
            bytes[self.tl0_at] = tl0;
        }
        bytes.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_whole_picture_is_told_by_its_first_packet() {
        let whole = |payload: &[u8]| read(payload).map(|read| read.begins_whole);
        assert_eq!(whole(&[0x10, 0x50]), Some(true));
        assert_eq!(whole(&[0x10, 0x51]), Some(false), "it needs others");
        assert_eq!(whole(&[0x00, 0x50]), Some(false), "it goes on");
        assert_eq!(whole(&[0x11, 0x50]), Some(false), "a later partition");
        assert_eq!(whole(&[0x90, 0xf0, 0x81, 0x02, 7, 0x20, 0x50]), Some(true));
        assert_eq!(whole(&[0x90, 0xf0, 0x81, 0x02, 7, 0x20]), None, "cut off");
    }

    #[test]
    fn numbers_are_read_and_written_where_they_stand() {
        let long: Arc<[u8]> = [0x90, 0xc0, 0x81, 0x02, 7, 0x50].into();
        let read_long = read(&long).expect("it is whole");
        assert_eq!(read_long.numbers, numbers(0x102, 7));
        let written = read_long.renumber(&long, numbers(0x7fff, 8));
        assert_eq!(*written, [0x90, 0xc0, 0xff, 0xff, 8, 0x50]);
        let short: Arc<[u8]> = [0x90, 0x80, 0x05, 0x50].into();
        let read_short = read(&short).expect("it is whole");
        let written = read_short.renumber(&short, numbers(0x86, 8));
        assert_eq!(*written, [0x90, 0x80, 0x06, 0x50], "it has no tl0");
    }

    proptest! {
        #[test]
        fn no_payload_is_read_beyond_its_end(
            payload in prop::collection::vec(any::<u8>(), 0..12),
            picture in any::<u16>(),
            tl0 in any::<u8>(),
        ) {
            let payload: Arc<[u8]> = payload.into();
            if let Some(descriptor) = read(&payload) {
                let written = descriptor.renumber(&payload, numbers(picture & 0x7fff, tl0));
                let again = read(&written).expect("as long as before");
                prop_assert_eq!(again.begins_whole, descriptor.begins_whole);
                prop_assert_eq!(again.numbers.tl0, descriptor.numbers.tl0.map(|_| tl0));
            }
        }
    }

    fn numbers(picture: u16, tl0: u8) -> Numbers {
        Numbers {
            picture: Some(picture),
            tl0: Some(tl0),
        }
    }
}

//! Server ids, as LiveKit's clients expect them: `RM_…`, `PA_…` and `TR_…`.
//!
//! The prefixes are load-bearing: a native SDK panics on a participant sid that does not begin
//! with `PA_`. A sid is a number here, so that looking one up on the packet path costs little.

use std::fmt;
use std::str::FromStr;

const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 13;

/// The text is not a sid of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed sid")]
pub struct SidError;

macro_rules! sids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// Makes a sid of 64 random bits that the caller drew.
            #[must_use]
            pub const fn from_random(bits: u64) -> Self {
                Self(bits)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                write_letters(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = SidError;

            fn from_str(text: &str) -> Result<Self, SidError> {
                text.strip_prefix($prefix).and_then(read_letters).map(Self).ok_or(SidError)
            }
        }
    )*};
}

sids! {
    /// Names a room for as long as it is open.
    RoomSid = "RM_";
    /// Names one connection of a participant. The identity stays, the sid changes on a rejoin.
    ParticipantSid = "PA_";
    /// Names a track.
    TrackSid = "TR_";
}

fn write_letters(bits: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for position in (0..LENGTH).rev() {
        let letter = (bits >> (5 * position)) & 31;
        let letter = LETTERS[usize::try_from(letter).expect("five bits fit in a usize")];
        fmt::Write::write_char(f, char::from(letter))?;
    }
    Ok(())
}

fn read_letters(text: &str) -> Option<u64> {
    if text.len() != LENGTH {
        return None;
    }
    text.bytes().try_fold(0_u64, |bits, byte| {
        let letter = LETTERS.iter().position(|&letter| letter == byte)?;
        bits.checked_mul(32)?
            .checked_add(u64::try_from(letter).ok()?)
    })
}

/// Sids from a seed: the same seed gives the same sids (`SplitMix64`).
#[derive(Clone, Debug)]
pub(crate) struct SidSequence(u64);

impl SidSequence {
    pub(crate) const fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next_track(&mut self) -> TrackSid {
        TrackSid(self.next())
    }

    pub(crate) fn next_room(&mut self) -> RoomSid {
        RoomSid(self.next())
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_participant_sid_begins_with_the_prefix_that_native_clients_insist_on() {
        assert_eq!(
            ParticipantSid::from_random(0).to_string(),
            "PA_0000000000000"
        );
        assert!(TrackSid::from_random(9).to_string().starts_with("TR_"));
        assert!(RoomSid::from_random(9).to_string().starts_with("RM_"));
    }

    #[test]
    fn a_sid_of_another_kind_is_refused() {
        let track = TrackSid::from_random(1).to_string();
        assert_eq!(track.parse::<ParticipantSid>(), Err(SidError));
    }

    #[test]
    fn a_number_beyond_64_bits_is_refused() {
        assert_eq!("PA_zzzzzzzzzzzzz".parse::<ParticipantSid>(), Err(SidError));
    }

    proptest! {
        #[test]
        fn every_sid_reads_back_as_written(bits: u64) {
            let sid = ParticipantSid::from_random(bits);
            prop_assert_eq!(sid.to_string().parse(), Ok(sid));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,32}") {
            let _ = text.parse::<TrackSid>();
        }
    }
}

//! RTP headers of voices (RFC 3550, section 5.1), with the level of RFC 6464 in the one-byte form
//! of RFC 8285.

use crate::packet::AudioLevel;

const FIXED: usize = 12;
const EXTENSION: usize = 8;
const VERSION: u8 = 2 << 6;
const HAS_EXTENSION: u8 = 1 << 4;
const ONE_BYTE_FORM: [u8; 2] = 0xbede_u16.to_be_bytes();

/// What goes before a voice's payload, as one receiver is to see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VoiceHeader {
    pub(crate) payload_type: u8,
    pub(crate) marker: bool,
    /// Extended over rollovers; the packet carries the lower 16 bits.
    pub(crate) sequence: u64,
    pub(crate) time: u32,
    pub(crate) ssrc: u32,
    /// How loud it is, with the number that was agreed on for saying so (1 to 14).
    pub(crate) level: Option<(u8, AudioLevel)>,
}

impl VoiceHeader {
    /// How many bytes [`VoiceHeader::write`] appends.
    pub(crate) const fn length(&self) -> usize {
        match self.level {
            None => FIXED,
            Some(_) => FIXED + EXTENSION,
        }
    }

    pub(crate) fn write(&self, into: &mut Vec<u8>) {
        let extension = if self.level.is_some() {
            HAS_EXTENSION
        } else {
            0
        };
        into.push(VERSION | extension);
        into.push(u8::from(self.marker) << 7 | self.payload_type & 0x7f);
        let [.., high, low] = self.sequence.to_be_bytes();
        into.extend_from_slice(&[high, low]);
        into.extend_from_slice(&self.time.to_be_bytes());
        into.extend_from_slice(&self.ssrc.to_be_bytes());
        if let Some((id, level)) = self.level {
            let voice = u8::from(level.voice.unwrap_or(false)) << 7;
            into.extend_from_slice(&ONE_BYTE_FORM);
            into.extend_from_slice(&1_u16.to_be_bytes());
            into.extend_from_slice(&[id << 4, voice | level.below_loudest & 0x7f, 0, 0]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_laid_out_as_the_standard_says() {
        let header = VoiceHeader {
            payload_type: 111,
            marker: true,
            sequence: 0x0001_0203,
            time: 0x0405_0607,
            ssrc: 0x0809_0a0b,
            level: Some((
                1,
                AudioLevel {
                    below_loudest: 30,
                    voice: Some(true),
                },
            )),
        };
        let mut bytes = Vec::new();
        header.write(&mut bytes);
        assert_eq!(bytes.len(), header.length());
        let expected = [
            0x90, 0xef, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0xbe, 0xde, 0, 1, 0x10, 0x9e, 0, 0,
        ];
        assert_eq!(bytes, expected);
    }

    #[test]
    fn who_says_no_level_sends_no_extension() {
        let header = VoiceHeader {
            payload_type: 0,
            marker: false,
            sequence: 1,
            time: 2,
            ssrc: 3,
            level: None,
        };
        let mut bytes = Vec::new();
        header.write(&mut bytes);
        assert_eq!(bytes, [0x80, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]);
        assert_eq!(bytes.len(), header.length());
    }
}

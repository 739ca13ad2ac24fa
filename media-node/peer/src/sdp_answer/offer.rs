//! Reading a client's offer, section by section.

use koeba_room::{Layer, TrackKind};

/// An offer with a hundred receiving sections is about 120 kB.
const MAX_OFFER_BYTES: usize = 256 * 1024;
const MAX_SECTIONS: usize = 256;
/// The extension that numbers packets over the whole transport.
/// As LiveKit's clients name the sizes of a picture: a quarter, a half, full. Some list them the other
/// way round.
const LIVEKIT_SIZES: [&str; 3] = ["q", "h", "f"];
const TRANSPORT_WIDE: &str = "draft-holmer-rmcat-transport-wide-cc-extensions-01";
/// The engine keeps a section's id in so many bytes and would cut a longer one.
const MAX_MID_BYTES: usize = 16;

/// Why an offer is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// Longer than anything a client needs.
    #[error("the offer is too long")]
    TooLong,
    /// No `m=` line.
    #[error("the offer has no media section")]
    NoSections,
    /// More `m=` lines than a room can fill.
    #[error("the offer has too many media sections")]
    TooManySections,
    /// A section without a usable `a=mid`.
    #[error("a media section has no usable mid")]
    BadMid,
    /// Two sections of one name.
    #[error("two media sections have the same mid")]
    DuplicateMid,
    /// An audio or video section that does not say in which direction it goes, or says two.
    #[error("a media section does not say in which direction it goes")]
    NoDirection,
    /// A section that is not written as descriptions are, or of a kind that nobody here knows.
    #[error("a media section cannot be read")]
    UnreadableSection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SectionKind {
    Audio,
    Video,
    Other,
}

impl SectionKind {
    /// What a section of this kind can carry.
    pub(crate) const fn carries(self) -> Option<TrackKind> {
        match self {
            Self::Audio => Some(TrackKind::Audio),
            Self::Video => Some(TrackKind::Video),
            Self::Other => None,
        }
    }

    /// Whether the engine shall read this line of such a section. Congestion feedback stays off
    /// audio: browsers would probe with empty packets on the voice's own stream.
    fn keeps(self, line: &str) -> bool {
        match self {
            Self::Audio => {
                let feedback = line.starts_with("a=rtcp-fb:") && line.ends_with(" transport-cc");
                let numbering = line.starts_with("a=extmap:") && line.ends_with(TRANSPORT_WIDE);
                !feedback && !numbering
            }
            Self::Video | Self::Other => true,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

impl Direction {
    fn read(line: &str) -> Option<Self> {
        match line {
            "a=sendrecv" => Some(Self::SendRecv),
            "a=sendonly" => Some(Self::SendOnly),
            "a=recvonly" => Some(Self::RecvOnly),
            "a=inactive" => Some(Self::Inactive),
            _ => None,
        }
    }

    const fn line(self) -> &'static str {
        match self {
            Self::SendRecv => "a=sendrecv",
            Self::SendOnly => "a=sendonly",
            Self::RecvOnly => "a=recvonly",
            Self::Inactive => "a=inactive",
        }
    }

    pub(crate) const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }
}

/// One `m=` section as the client offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OfferedSection<'a> {
    pub(crate) kind: SectionKind,
    pub(crate) mid: &'a str,
    pub(crate) direction: Direction,
    /// The second token of `a=msid`: the client's id of the track it sends.
    pub(crate) cid: &'a str,
    /// The first token of `a=msid`.
    pub(crate) stream: &'a str,
    /// Port 0: the section is not in use.
    pub(crate) rejected: bool,
    text: &'a str,
}

/// An offer, cut into sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer<'a> {
    session: &'a str,
    pub(crate) sections: Vec<OfferedSection<'a>>,
}

impl<'a> Offer<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, OfferError> {
        if text.len() > MAX_OFFER_BYTES {
            return Err(OfferError::TooLong);
        }
        let (session, rest) = cut(text);
        let mut rest = rest.ok_or(OfferError::NoSections)?;
        let mut sections: Vec<OfferedSection<'a>> = Vec::new();
        loop {
            let (section, next) = cut_after_first_line(rest);
            if sections.len() == MAX_SECTIONS {
                return Err(OfferError::TooManySections);
            }
            let section = OfferedSection::parse(section)?;
            if sections.iter().any(|known| known.mid == section.mid) {
                return Err(OfferError::DuplicateMid);
            }
            sections.push(section);
            match next {
                Some(next) => rest = next,
                None => return Ok(Self { session, sections }),
            }
        }
    }

    /// The offer again as the engine shall read it, with the directions that `direction` gives to
    /// its sections.
    pub(crate) fn with_directions(
        &self,
        mut direction: impl FnMut(&OfferedSection<'a>) -> Direction,
    ) -> String {
        let length = self.sections.iter().map(|section| section.text.len());
        let mut text = String::with_capacity(self.session.len() + length.sum::<usize>());
        text.push_str(self.session);
        for section in &self.sections {
            let wanted = direction(section);
            for line in section.text.split_inclusive('\n') {
                if !section.kind.keeps(line.trim_end()) {
                    continue;
                }
                if wanted == section.direction {
                    text.push_str(line);
                } else if Direction::read(line.trim_end()).is_some() {
                    text.push_str(wanted.line());
                    text.push_str("\r\n");
                } else {
                    text.push_str(line);
                }
            }
        }
        text
    }
}

impl<'a> OfferedSection<'a> {
    /// Whether the client offers this codec, by its name in `a=rtpmap`.
    pub(crate) fn offers_codec(&self, name: &str) -> bool {
        self.text.lines().any(|line| {
            let mapped = line.strip_prefix("a=rtpmap:");
            let codec = mapped.and_then(|mapped| mapped.split_once(' '));
            let named = codec.and_then(|(_, codec)| codec.split_once('/'));
            named.is_some_and(|(found, _)| found.eq_ignore_ascii_case(name))
        })
    }

    /// The sizes in which the client sends a picture, from the smallest, by their names (RFC 8853);
    /// none if it sends but one. Of alternatives it is the first, of too many sizes the first few.
    pub(crate) fn sizes(&self) -> Vec<&'a str> {
        let line = |line: &'a str| line.trim_end().strip_prefix("a=simulcast:");
        let Some(simulcast) = self.text.lines().find_map(line) else {
            return Vec::new();
        };
        let mut words = simulcast.split(' ');
        let sent = words.by_ref().skip_while(|word| *word != "send").nth(1);
        let sizes = sent.into_iter().flat_map(|sizes| sizes.split(';'));
        let first = |size: &'a str| {
            size.split(',')
                .next()
                .unwrap_or(size)
                .trim_start_matches('~')
        };
        let mut sizes: Vec<_> = sizes.map(first).take(Layer::COUNT).collect();
        let place = |size: &str| LIVEKIT_SIZES.iter().position(|known| *known == size);
        sizes.sort_by_key(|size| place(size));
        sizes
    }

    fn parse(text: &'a str) -> Result<Self, OfferError> {
        let mut mid = None;
        let mut direction = None;
        let (mut stream, mut cid) = ("", "");
        let mut lines = text.lines().map(str::trim_end);
        let mut media = lines.next().unwrap_or_default()["m=".len()..].split(' ');
        let kind = match media.next() {
            Some("audio") => SectionKind::Audio,
            Some("video") => SectionKind::Video,
            Some("application") => SectionKind::Other,
            // The engine would leave it out of the answer without a word.
            _ => return Err(OfferError::UnreadableSection),
        };
        let mut rejected = media.next() == Some("0");
        for line in lines {
            if let Some(value) = line.strip_prefix("a=mid:") {
                if mid.replace(value).is_some() {
                    return Err(OfferError::BadMid);
                }
            } else if let Some(value) = line.strip_prefix("a=msid:") {
                let mut tokens = value.split_ascii_whitespace();
                stream = tokens.next().unwrap_or_default();
                cid = tokens.next().unwrap_or_default();
            } else if line == "a=bundle-only" {
                // Port 0 then only means that the section shares another's transport.
                rejected = false;
            } else if let Some(found) = Direction::read(line)
                && direction.replace(found).is_some()
            {
                return Err(OfferError::NoDirection);
            }
        }
        let mid = mid.filter(|mid| is_mid(mid)).ok_or(OfferError::BadMid)?;
        let direction = match direction {
            Some(direction) => direction,
            None if kind == SectionKind::Other => Direction::Inactive,
            None => return Err(OfferError::NoDirection),
        };
        Ok(Self {
            kind,
            mid,
            direction,
            cid,
            stream,
            rejected,
            text,
        })
    }
}

fn is_mid(mid: &str) -> bool {
    (1..=MAX_MID_BYTES).contains(&mid.len())
        && mid
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Cuts before the first line that begins with `m=`.
pub(super) fn cut(text: &str) -> (&str, Option<&str>) {
    if text.starts_with("m=") {
        return ("", Some(text));
    }
    text.find("\nm=").map_or((text, None), |at| {
        let (before, after) = text.split_at(at + 1);
        (before, Some(after))
    })
}

/// Cuts a text that begins with `m=` before the next such line.
pub(super) fn cut_after_first_line(text: &str) -> (&str, Option<&str>) {
    text.find("\nm=").map_or((text, None), |at| {
        let (section, next) = text.split_at(at + 1);
        (section, Some(next))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OFFER: &str = "v=0\r\ns=-\r\na=group:BUNDLE 0 1\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=recvonly\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\na=sendonly\r\na=msid:- mic-1\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n";

    #[test]
    fn sections_are_told_apart_with_their_track_ids() {
        let offer = Offer::parse(OFFER).expect("a good offer");
        let seen: Vec<_> = offer
            .sections
            .iter()
            .map(|s| (s.mid, s.direction, s.cid))
            .collect();
        assert_eq!(
            seen,
            [
                ("0", Direction::RecvOnly, ""),
                ("1", Direction::SendOnly, "mic-1"),
                ("2", Direction::Inactive, ""),
            ]
        );
    }

    #[test]
    fn port_0_means_unused_unless_the_section_is_bundled() {
        let text = "m=audio 0 X 111\r\na=mid:0\r\na=inactive\r\n\
            m=audio 0 X 111\r\na=bundle-only\r\na=mid:1\r\na=recvonly\r\n";
        let offer = Offer::parse(text).expect("a good offer");
        let rejected: Vec<_> = offer.sections.iter().map(|s| s.rejected).collect();
        assert_eq!(rejected, [true, false]);
    }

    #[test]
    fn only_the_directions_change_when_they_are_narrowed() {
        let offer = Offer::parse(OFFER).expect("a good offer");
        let same = offer.with_directions(|section| section.direction);
        assert_eq!(same, OFFER);
        let narrowed = offer.with_directions(|section| match section.direction {
            Direction::RecvOnly => Direction::Inactive,
            other => other,
        });
        assert_eq!(narrowed, OFFER.replace("a=recvonly", "a=inactive"));
    }

    #[test]
    fn pictures_are_taken_in_all_their_sizes_and_voices_without_congestion_feedback() {
        let feedback = "a=rtcp-fb:96 transport-cc\r\na=extmap:3 http://www.ietf.org/id/\
            draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n";
        let sizes = "a=rid:q send\r\na=rid:h send\r\na=simulcast:send q;h\r\n";
        let audio = "m=audio 9 X 96\r\na=mid:0\r\na=sendonly\r\n";
        let video = "m=video 9 X 96\r\na=mid:1\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\n";
        let text = format!("{audio}{feedback}{video}{feedback}{sizes}");
        let offer = Offer::parse(&text).expect("a good offer");
        let read = offer.with_directions(|section| section.direction);
        assert_eq!(read, format!("{audio}{video}{feedback}{sizes}"));
        assert_eq!(offer.sections[0].sizes(), Vec::<&str>::new());
        assert_eq!(offer.sections[1].sizes(), ["q", "h"]);
        let vp8: Vec<_> = offer
            .sections
            .iter()
            .map(|s| s.offers_codec("vp8"))
            .collect();
        assert_eq!(vp8, [false, true]);
    }

    #[test]
    fn an_offer_that_makes_no_sense_is_refused() {
        let section = |mid: &str| format!("m=audio 9 X 111\r\na=mid:{mid}\r\na=recvonly\r\n");
        for (text, error) in [
            (String::new(), OfferError::NoSections),
            ("v=0\r\n".to_owned(), OfferError::NoSections),
            (section(""), OfferError::BadMid),
            (section("a mid"), OfferError::BadMid),
            (
                section("0").replace("m=audio", "m=text"),
                OfferError::UnreadableSection,
            ),
            (section("seventeen-letters"), OfferError::BadMid),
            (section("0") + &section("0"), OfferError::DuplicateMid),
            (
                "m=audio 9 X 0\r\na=mid:0\r\n".to_owned(),
                OfferError::NoDirection,
            ),
            ("x".repeat(MAX_OFFER_BYTES + 1), OfferError::TooLong),
            (
                (0..=MAX_SECTIONS)
                    .map(|mid| section(&mid.to_string()))
                    .collect(),
                OfferError::TooManySections,
            ),
        ] {
            assert_eq!(Offer::parse(&text), Err(error));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "([ma]=|mid:|audio |0|\\PC|\r|\n){0,60}") {
            let _ = Offer::parse(&text);
        }

        #[test]
        fn no_damage_to_a_good_offer_makes_the_reader_panic(
            at in 0..OFFER.len(), length in 0..40_usize, put in "\\PC{0,8}",
        ) {
            let end = (at + length).min(OFFER.len());
            let text = format!("{}{put}{}", &OFFER[..at], &OFFER[end..]);
            if let Ok(offer) = Offer::parse(&text) {
                let _ = offer.with_directions(|_| Direction::Inactive);
            }
        }
    }
}

//! What an offer's sections become: slots, publications, or nothing.

use koeba_room::{Section, TrackKind};

use crate::sdp_answer::{Direction, Offer, OfferedSection, SectionKind};
use crate::slots::{Slots, slot_kind};

/// The direction in which the engine shall read a section: it answers with the opposite.
pub(crate) fn narrow(section: &OfferedSection<'_>, slots: &Slots) -> Direction {
    if section.kind == SectionKind::Other {
        section.direction
    } else if slot_kind(section).is_some() && slots.at(section.mid).is_some() {
        Direction::RecvOnly
    } else if carried(section).is_some() {
        Direction::SendOnly
    } else {
        Direction::Inactive
    }
}

/// The sections in which the client sends something that can be passed on, without those that the
/// answer rejects.
pub(crate) fn published(offer: &Offer<'_>, rejected: &[&str]) -> Vec<Section> {
    let sections = offer.sections.iter();
    sections
        .filter(|section| !section.rejected && !rejected.contains(&section.mid))
        .filter_map(|section| {
            let (kind, mime_type) = carried(section)?;
            Some(Section {
                mid: section.mid.to_owned(),
                cid: section.cid.to_owned(),
                kind,
                mime_type: mime_type.to_owned(),
            })
        })
        .collect()
}

/// What the client sends in a section, and in which codec.
fn carried(section: &OfferedSection<'_>) -> Option<(TrackKind, &'static str)> {
    match section.kind {
        _ if !section.direction.sends() => None,
        SectionKind::Audio => Some((TrackKind::Audio, "audio/opus")),
        SectionKind::Video if section.offers_codec("VP8") => Some((TrackKind::Video, "video/VP8")),
        SectionKind::Video | SectionKind::Other => None,
    }
}

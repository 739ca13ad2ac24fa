//! What an offer's sections become: slots, publications, or nothing.

use koeba_room::{Section, TrackKind};

use crate::sdp_answer::{Direction, Offer, OfferedSection, SectionKind};
use crate::slots::{Slots, is_slot};

/// The direction in which the engine shall read a section: it answers with the opposite.
pub(crate) fn narrow(section: &OfferedSection<'_>, slots: &Slots) -> Direction {
    match section.kind {
        SectionKind::Other => section.direction,
        SectionKind::Video => Direction::Inactive,
        SectionKind::Audio if is_slot(section) && slots.at(section.mid).is_some() => {
            Direction::RecvOnly
        }
        SectionKind::Audio if section.direction.sends() => Direction::SendOnly,
        SectionKind::Audio => Direction::Inactive,
    }
}

/// The sections in which the client sends voice.
pub(crate) fn published(offer: &Offer<'_>) -> Vec<Section> {
    let sections = offer.sections.iter();
    sections
        .filter(|section| section.kind == SectionKind::Audio)
        .filter(|section| section.direction.sends() && !section.rejected)
        .map(|section| Section {
            mid: section.mid.to_owned(),
            cid: section.cid.to_owned(),
            kind: TrackKind::Audio,
            mime_type: "audio/opus".to_owned(),
        })
        .collect()
}

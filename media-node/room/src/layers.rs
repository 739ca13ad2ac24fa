//! In which of its sizes a picture goes to whom.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::output::{Message, Output};
use crate::room::{Participant, Room};
use crate::sid::{ParticipantSid, TrackSid};
use crate::track::{TrackKind, TrackRequest};

/// A size that nobody looks at is given up after this: people glance away and back. LiveKit waits
/// as long.
const LOWER_AFTER: Duration = Duration::from_secs(5);
/// A size is no longer sent when so many pictures of the others have come without it, in this time
/// at least: a screen on which nothing moves sends one every few seconds.
const MISSED_PICTURES: u32 = 8;
const MISSED_FOR: Duration = Duration::from_secs(1);

/// One of the sizes in which a picture is sent at the same time (simulcast), from the smallest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Layer(u8);

impl Layer {
    /// How many there are: LiveKit's low, medium and high.
    pub const COUNT: usize = 3;
    /// The smallest; also that of a picture which is sent in one size.
    pub const LOWEST: Self = Self(0);
    /// The largest.
    pub const HIGHEST: Self = Self(2);

    /// The layer of this index from the smallest; the largest, if there are fewer.
    #[must_use]
    pub const fn from_index(index: usize) -> Self {
        match index {
            0 => Self(0),
            1 => Self(1),
            _ => Self::HIGHEST,
        }
    }

    /// From 0 to 2.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) const fn below(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    pub(crate) const fn above(self) -> Self {
        Self::from_index(self.index() + 1)
    }
}

/// How large a client wants to see a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureSize {
    /// One of its sizes, or what comes next below it.
    Layer(Layer),
    /// As large as where it is shown, in pixels.
    Pixels {
        /// Across.
        width: u32,
        /// Down.
        height: u32,
    },
}

impl Default for PictureSize {
    fn default() -> Self {
        Self::Layer(Layer::HIGHEST)
    }
}

impl PictureSize {
    /// The smallest layer of a track that fills it.
    fn layer(self, request: &TrackRequest) -> Layer {
        let (width, height) = match self {
            Self::Layer(layer) => return layer,
            Self::Pixels { width, height } => (width, height),
        };
        let area = |width: u32, height: u32| u64::from(width) * u64::from(height);
        let layers = request.layers.iter();
        let mut areas: Vec<_> = layers.map(|of| area(of.width, of.height)).collect();
        areas.sort_unstable();
        // A little more than what was recorded can be enlarged: nobody sees it.
        let wanted = area(width, height) / 5 * 4;
        let fills = areas.iter().position(|&area| area >= wanted);
        Layer::from_index(fills.unwrap_or(Layer::HIGHEST.index()))
    }
}

/// What is known of the sizes of a picture that come from its publisher.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    sent: [Sent; Layer::COUNT],
    /// What each of those who receive the picture gets now.
    chosen: BTreeMap<ParticipantSid, Layer>,
    told: Told,
    /// When the publisher is told that less is looked at than what it knows.
    lower_at: Option<Instant>,
}

/// Up to which layer the publisher knows its picture to be looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Told {
    /// It was told nothing here, and may know anything from another node.
    #[default]
    Nothing,
    UpTo(Option<Layer>),
}

#[derive(Clone, Copy, Debug, Default)]
struct Sent {
    live: bool,
    /// Since when and how many pictures came in other sizes alone.
    missed: Option<(Instant, u32)>,
}

impl Layers {
    /// Sees a packet of a layer. True if it changed what is there to choose from.
    pub(crate) fn see(&mut self, now: Instant, layer: Layer, ends_picture: bool) -> bool {
        let mut changed = false;
        for (index, sent) in self.sent.iter_mut().enumerate() {
            if index == layer.index() {
                changed |= !sent.live;
                (sent.live, sent.missed) = (true, None);
                continue;
            }
            if !sent.live {
                continue;
            }
            let (since, pictures) = sent.missed.get_or_insert((now, 0));
            *pictures += u32::from(ends_picture);
            let time = now.saturating_duration_since(*since);
            if *pictures >= MISSED_PICTURES && time >= MISSED_FOR {
                *sent = Sent::default();
                changed = true;
            }
        }
        changed
    }

    /// What comes nearest to a wish among what is there.
    fn nearest(&self, wanted: Layer) -> Layer {
        let live = |index: &usize| self.sent[*index].live;
        let below = (0..=wanted.index()).rev().find(live);
        let nearest = below.or_else(|| (wanted.index()..Layer::COUNT).find(live));
        nearest.map_or(wanted, Layer::from_index)
    }
}

impl Participant {
    fn layer_wanted(&self, track: TrackSid, request: &TrackRequest) -> Layer {
        let size = self.sizes.get(&track).copied().unwrap_or_default();
        size.layer(request)
    }
}

impl Room {
    /// Brings what everybody gets of a picture in line with what they want, what their line
    /// carries, and what there is.
    pub(crate) fn settle_layers(&mut self, track: TrackSid) {
        let Some(publication) = self.tracks.get_mut(&track) else {
            return;
        };
        let request = &publication.info.request;
        if request.kind != TrackKind::Video {
            return;
        }
        self.unsettled.insert(track);
        let picture = &mut publication.picture;
        let viewers = &publication.forward_to;
        let layers = &mut picture.layers;
        layers
            .chosen
            .retain(|sid, _| viewers.binary_search(sid).is_ok());
        for &subscriber in viewers {
            let viewer = &self.participants[&subscriber];
            let wanted = viewer.layer_wanted(track, request);
            let layer = picture
                .layers
                .nearest(wanted.min(viewer.downlink.ceiling()));
            if picture.layers.chosen.insert(subscriber, layer) != Some(layer) {
                picture.want_keyframe(layer);
                self.outputs.push_back(Output::LayerChosen {
                    subscriber,
                    track,
                    layer,
                });
            }
        }
    }

    pub(crate) fn handle_loss(&mut self, now: Instant, sid: ParticipantSid, per_mille: u16) {
        let Some(participant) = self.participants.get_mut(&sid) else {
            return;
        };
        if !participant.downlink.measured(now, per_mille) {
            return;
        }
        let tracks = self.tracks.iter();
        let seen = tracks.filter(|(_, of)| of.forward_to.binary_search(&sid).is_ok());
        let seen: Vec<_> = seen.map(|(&track, _)| track).collect();
        for track in seen {
            self.settle_layers(track);
        }
    }

    /// Tells publishers which of their sizes somebody looks at: more at once, less after a while.
    pub(crate) fn tell_layers(&mut self, now: Instant) {
        if self.layers_due.is_some_and(|due| due <= now) {
            let tracks = self.tracks.iter();
            let due = tracks.filter(|(_, publication)| {
                let at = publication.picture.layers.lower_at;
                at.is_some_and(|at| at <= now)
            });
            self.unsettled.extend(due.map(|(&track, _)| track));
        } else if self.unsettled.is_empty() {
            return;
        }
        for track in std::mem::take(&mut self.unsettled) {
            self.tell_layers_of(now, track);
        }
        let publications = self.tracks.values();
        let due = publications.filter_map(|publication| publication.picture.layers.lower_at);
        self.layers_due = due.min();
    }

    fn tell_layers_of(&mut self, now: Instant, track: TrackSid) {
        let Some(publication) = self.tracks.get_mut(&track) else {
            return;
        };
        let request = &publication.info.request;
        if request.layers.len() < 2 {
            return;
        }
        let subscribers = publication.subscribers.iter();
        let viewers = subscribers.map(|sid| &self.participants[sid]);
        let viewers = viewers.filter(|viewer| !viewer.paused.contains(&track));
        let most = viewers
            .map(|viewer| viewer.layer_wanted(track, request))
            .max();
        let layers = &mut publication.picture.layers;
        let less = match layers.told {
            Told::UpTo(told) if told == most => {
                layers.lower_at = None;
                return;
            }
            Told::UpTo(told) => most < told,
            Told::Nothing => most < Some(Layer::HIGHEST),
        };
        if less {
            let at = *layers.lower_at.get_or_insert(now + LOWER_AFTER);
            if now < at {
                return;
            }
        }
        layers.lower_at = None;
        layers.told = Told::UpTo(most);
        let message = Message::LookedAt {
            track,
            mime_type: publication.info.mime_type.clone(),
            up_to: most,
        };
        let publisher = publication.publisher;
        self.tell(publisher, message);
    }

    /// Its client may have missed what it was told: it is told again.
    pub(crate) fn repeat_layers(&mut self, publisher: ParticipantSid) {
        let Some(participant) = self.participants.get(&publisher) else {
            return;
        };
        for track in &participant.published {
            if let Some(publication) = self.tracks.get_mut(track) {
                publication.picture.layers.told = Told::Nothing;
                self.unsettled.insert(*track);
            }
        }
    }
}

//! The packet path of pictures: bounded, and with whole pictures asked for where they are needed.

use std::time::Instant;

use koeba_peer::Packet;
use koeba_room::{Layer, ParticipantSid, PictureObservation, TrackSid};

use crate::forwarding::fan_out;
use crate::world::World;

impl World {
    /// Passes a packet of a picture on to everybody who is subscribed.
    pub(crate) fn forward_picture(
        &mut self,
        now: Instant,
        from: ParticipantSid,
        track: TrackSid,
        packet: &Packet,
    ) {
        let Some(seat) = self.seats.get_mut(&from) else {
            return;
        };
        let Some(open) = self.rooms.get_mut(&seat.room) else {
            return;
        };
        let layer = packet.layer.unwrap_or_default();
        let observation = PictureObservation {
            layer,
            bytes: packet.payload.len(),
            ends_picture: packet.marker,
        };
        let verdict = open.room.observe_video(now, track, observation);
        if verdict.request_keyframe {
            seat.peer.request_keyframe(&packet.mid, layer);
            self.config.counters.keyframes_requested_total.one();
            seat.mark(from, &mut self.dirty);
        }
        if verdict.has_outputs {
            let room = seat.room.clone();
            self.act_on_room(now, &room);
        }
        if !verdict.forward {
            self.config.counters.pictures_dropped_total.one();
            return;
        }
        let seat = self.seats.get(&from);
        let Some(open) = seat.and_then(|seat| self.rooms.get(&seat.room)) else {
            return;
        };
        let subscribers = open.room.subscribers(track);
        let forwarded = fan_out(&mut self.seats, &mut self.dirty, subscribers, track, packet);
        self.config.counters.packets_forwarded_total.add(forwarded);
    }

    /// Somebody who receives a track cannot show it without a whole picture: its publisher is
    /// asked for one, unless that was done a moment ago.
    pub(crate) fn want_keyframe(
        &mut self,
        now: Instant,
        from: ParticipantSid,
        track: TrackSid,
        layer: Layer,
    ) {
        let Some(room) = self.seats.get(&from).map(|seat| &seat.room) else {
            return;
        };
        let Some(open) = self.rooms.get_mut(room) else {
            return;
        };
        // What it was sent a moment ago may be more than what it may have now.
        if !open.room.subscribers(track).contains(&from)
            || !open.room.want_keyframe(now, track, layer)
        {
            return;
        }
        let Some((publisher, mid)) = open.room.origin(track) else {
            return;
        };
        if let Some(seat) = self.seats.get_mut(&publisher) {
            seat.peer.request_keyframe(mid, layer);
            self.config.counters.keyframes_requested_total.one();
            seat.mark(publisher, &mut self.dirty);
        }
    }
}

//! The packet path of pictures: bounded, and with whole pictures asked for where they are needed.

use std::time::Instant;

use koeba_peer::Packet;
use koeba_room::{ParticipantSid, TrackSid};

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
        let verdict = open.room.observe_video(now, track, packet.payload.len());
        if verdict.request_keyframe {
            seat.peer.request_keyframe(&packet.mid);
            self.config.counters.keyframes_requested_total.one();
            seat.mark(from, &mut self.dirty);
        }
        if !verdict.forward {
            self.config.counters.pictures_dropped_total.one();
            return;
        }
        let subscribers = open.room.subscribers(track);
        let forwarded = fan_out(&mut self.seats, &mut self.dirty, subscribers, track, packet);
        self.config.counters.packets_forwarded_total.add(forwarded);
    }

    /// Somebody who receives a track cannot show it without a whole picture: its publisher is
    /// asked for one, unless that was done a moment ago.
    pub(crate) fn want_keyframe(&mut self, now: Instant, from: ParticipantSid, track: TrackSid) {
        let Some(room) = self.seats.get(&from).map(|seat| &seat.room) else {
            return;
        };
        let Some(open) = self.rooms.get_mut(room) else {
            return;
        };
        // What it was sent a moment ago may be more than what it may have now.
        if !open.room.subscribers(track).contains(&from) || !open.room.want_keyframe(now, track) {
            return;
        }
        let Some((publisher, mid)) = open.room.origin(track) else {
            return;
        };
        if let Some(seat) = self.seats.get_mut(&publisher) {
            seat.peer.request_keyframe(mid);
            self.config.counters.keyframes_requested_total.one();
            seat.mark(publisher, &mut self.dirty);
        }
    }
}

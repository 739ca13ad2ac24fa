//! The packet path: a datagram comes in, is told to its peer, and what it carried goes on to
//! everybody who is subscribed.

use std::collections::HashMap;
use std::time::Instant;

use koeba_peer::{
    Datagram, DtlsVersion, Event, Gate, LossCause, Measurement, Packet, TransportAddress, classify,
};
use koeba_room::{AudioObservation, Input, ParticipantSid, Quality, TrackSid};

use crate::seat::Seat;
use crate::world::{Due, World};

/// How many addresses one participant may be known under: a client that changes networks leaves
/// old ones behind.
const ADDRESSES: usize = 8;

impl World {
    /// Takes a datagram in. One that belongs to nobody is counted and never answered.
    pub(crate) fn datagram(&mut self, now: Instant, from: TransportAddress, datagram: &[u8]) {
        let counters = &self.config.counters;
        let (sid, is_check) = match classify(datagram) {
            // A check is told by the name in it: the address it comes from proves nothing.
            Datagram::Check { ufrag } => (self.ufrags.get(ufrag).copied(), true),
            Datagram::Other => (self.addresses.get(&from).copied(), false),
            Datagram::Garbage => {
                counters.datagrams_malformed_total.one();
                return;
            }
        };
        let known = sid.and_then(|sid| Some((sid, self.seats.get_mut(&sid)?)));
        let Some((sid, seat)) = known else {
            counters.datagrams_foreign_total.one();
            return;
        };
        if !seat.peer.handle_datagram(now, from, datagram) {
            counters.datagrams_malformed_total.one();
            return;
        }
        if !is_check {
            seat.record.travels(from.transport);
        }
        if is_check && self.addresses.get(&from) != Some(&sid) {
            self.learn_address(from, sid);
        }
        self.drain(now, sid);
    }

    /// Nothing comes from there any more: what comes later is somebody else's.
    pub(crate) fn forget_address(&mut self, from: TransportAddress) {
        self.addresses.remove(&from);
    }

    fn learn_address(&mut self, from: TransportAddress, sid: ParticipantSid) {
        if let Some(seat) = self.seats.get_mut(&sid) {
            seat.addresses.push(from);
            if seat.addresses.len() > ADDRESSES {
                let oldest = seat.addresses.remove(0);
                if self.addresses.get(&oldest) == Some(&sid) {
                    self.addresses.remove(&oldest);
                }
            }
            self.addresses.insert(from, sid);
        }
    }

    /// Takes everything out of a peer and acts on it.
    pub(crate) fn drain(&mut self, now: Instant, sid: ParticipantSid) {
        loop {
            let Some(seat) = self.seats.get_mut(&sid) else {
                return;
            };
            while let Some(transmit) = seat.peer.poll_transmit() {
                self.transmits.push(transmit);
            }
            let Some(event) = seat.peer.poll_event() else {
                self.deadlines.set(Due::Peer(sid), seat.peer.poll_timeout());
                return;
            };
            match event {
                Event::Packet(packet) => self.forward(now, sid, packet),
                Event::Connected(version) => self.connected(now, sid, version),
                Event::Lost(cause) => self.lost(now, sid, cause),
                Event::KeyframeWanted(track, layer) => {
                    self.want_keyframe(now, sid, track, layer);
                }
                Event::Measured(measurement) => self.measured(now, sid, measurement),
                Event::ChannelOpen(_) => {}
                Event::ChannelData { label, message } => self.data(now, sid, &label, message),
            }
        }
    }

    fn connected(&mut self, now: Instant, sid: ParticipantSid, version: DtlsVersion) {
        let counters = &self.config.counters;
        match version {
            DtlsVersion::V1_3 => counters.dtls13_total.one(),
            DtlsVersion::V1_2 => counters.dtls12_total.one(),
            DtlsVersion::Unknown => {}
        }
        tracing::info!(%sid, dtls = version.as_str(), "media can flow");
        if let Some(seat) = self.seats.get_mut(&sid) {
            let srtp = seat.peer.srtp_profile();
            seat.record.connected(now, version, srtp);
            let room = seat.room.clone();
            self.tell_room(now, &room, Input::TransportConnected { participant: sid });
        }
    }

    fn measured(&mut self, now: Instant, sid: ParticipantSid, measurement: Measurement) {
        let Some(seat) = self.seats.get_mut(&sid) else {
            return;
        };
        seat.record.measured(&measurement);
        let up = measurement.loss_up.unwrap_or(0.0);
        let loss = up.max(measurement.loss_down.unwrap_or(0.0));
        let round_trip = measurement.round_trip.unwrap_or_default();
        let quality = Quality::measured(loss, round_trip, measurement.jitter);
        if quality == Quality::Poor {
            self.config.counters.quality_poor_total.one();
        }
        let room = seat.room.clone();
        let input = Input::QualityMeasured {
            participant: sid,
            quality,
            lost_per_mille: per_mille(measurement.loss_down.unwrap_or(0.0)),
        };
        self.tell_room(now, &room, input);
    }

    fn lost(&mut self, now: Instant, sid: ParticipantSid, cause: LossCause) {
        tracing::info!(%sid, ?cause, "media no longer flows");
        let input = match cause {
            // The client took its transport down: it is leaving, whether or not its word of it
            // still comes over signalling.
            LossCause::Closed => Input::Leave { participant: sid },
            LossCause::Silence | LossCause::Failed => Input::TransportLost { participant: sid },
        };
        if let Some(seat) = self.seats.get_mut(&sid) {
            seat.record.lost(now);
            let room = seat.room.clone();
            self.tell_room(now, &room, input);
        }
    }

    fn forward(&mut self, now: Instant, from: ParticipantSid, packet: Packet) {
        let Some(seat) = self.seats.get(&from) else {
            return;
        };
        let Some(open) = self.rooms.get_mut(&seat.room) else {
            return;
        };
        let Some(track) = open.room.track_at(from, &packet.mid) else {
            return;
        };
        if let Some(level) = packet.level {
            let observation = AudioObservation {
                rtp_timestamp: packet.time,
                level: level.below_loudest,
            };
            open.room.observe_audio(now, track, observation);
            self.deadlines
                .set(Due::Room(open.number), open.room.poll_timeout());
        }
        if packet.encoding.is_video() {
            return self.forward_picture(now, from, track, &packet);
        }
        if open.room.subscribers(track).is_empty() {
            return;
        }
        let level = packet.level.map(|level| level.below_loudest);
        let heard = open.room.is_heard(now, track, level);
        if !heard && !open.gates.contains_key(&track) {
            let room = &open.room;
            open.gates.retain(|track, _| room.is_published(*track));
            open.gates.insert(track, Gate::default());
        }
        let subscribers = open.room.subscribers(track);
        let mut forwarded = 0;
        let mut forward = |packet: &Packet| {
            let (seats, dirty) = (&mut self.seats, &mut self.dirty);
            forwarded += fan_out(seats, dirty, subscribers, track, packet);
        };
        let withheld = match open.gates.get_mut(&track) {
            None => {
                forward(&packet);
                0
            }
            Some(gate) => gate.pass(heard, packet, forward),
        };
        let counters = &self.config.counters;
        counters.packets_forwarded_total.add(forwarded);
        let receivers = u64::try_from(subscribers.len()).unwrap_or(u64::MAX);
        counters
            .packets_withheld_total
            .add(withheld.saturating_mul(receivers));
    }

    /// Sends what was forwarded since the last time: once per receiver, however much it was.
    pub(crate) fn flush(&mut self, now: Instant) {
        for sid in std::mem::take(&mut self.dirty) {
            if let Some(seat) = self.seats.get_mut(&sid) {
                seat.dirty = false;
                seat.peer.flush(now);
                self.drain(now, sid);
            }
        }
    }
}

/// A share of 0 to 1 in thousandths.
fn per_mille(share: f32) -> u16 {
    (0..1_000)
        .find(|n| f32::from(*n) >= share * 1_000.0)
        .unwrap_or(1_000)
}

/// Hands a packet to the peer of everybody in `subscribers`. Answers how many send it.
pub(crate) fn fan_out(
    seats: &mut HashMap<ParticipantSid, Seat>,
    dirty: &mut Vec<ParticipantSid>,
    subscribers: &[ParticipantSid],
    track: TrackSid,
    packet: &Packet,
) -> u64 {
    let mut forwarded = 0;
    for to in subscribers {
        if let Some(seat) = seats.get_mut(to)
            && seat.peer.forward(track, packet)
        {
            forwarded += 1;
            seat.mark(*to, dirty);
        }
    }
    forwarded
}

//! Data that participants send each other.

use std::time::Instant;

use koeba_room::{Data, Delivery, Input, ParticipantSid};

use crate::world::World;

impl World {
    /// A client sent a message over one of its data channels. One that cannot be read is counted
    /// and goes nowhere.
    pub(crate) fn data(
        &mut self,
        now: Instant,
        sid: ParticipantSid,
        label: &str,
        message: Vec<u8>,
    ) {
        let Some(data) = koeba_signal::read_data(label, message) else {
            self.config.counters.data_malformed_total.one();
            return;
        };
        if let Some(room) = self.seats.get(&sid).map(|seat| seat.room.clone()) {
            let input = Input::Data {
                participant: sid,
                data: Box::new(data),
            };
            self.tell_room(now, &room, input);
        }
    }

    /// Queues data for those it is meant for; written once, sent with the next flush.
    pub(crate) fn pass_on(
        &mut self,
        to: &[ParticipantSid],
        from: ParticipantSid,
        identity: &str,
        data: &Data,
    ) {
        let (label, message) = koeba_signal::write_data(from, identity, data);
        let patient = data.delivery == Delivery::Reliable;
        for sid in to {
            let Some(seat) = self.seats.get_mut(sid) else {
                continue;
            };
            if !seat.peer.send_data(label, patient, message.clone()) {
                self.config.counters.data_dropped_total.one();
                continue;
            }
            self.config.counters.data_forwarded_total.one();
            seat.mark(*sid, &mut self.dirty);
        }
    }
}

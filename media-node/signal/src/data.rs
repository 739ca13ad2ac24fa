use std::sync::Arc;

use koeba_protocol::proto::data_packet::{Kind, Value};
use koeba_protocol::{decode_data_packet, stamp_data_packet};
use koeba_room::{Data, Delivery, ParticipantSid};

/// The label of the channel that LiveKit's clients open for what must arrive.
const RELIABLE: &str = "_reliable";
/// The label of the channel for what may get lost.
const LOSSY: &str = "_lossy";

/// Reads a message that came over the data channel of this label. None when it is no data packet,
/// or when the channel is none of LiveKit's two.
#[must_use]
#[expect(
    deprecated,
    reason = "older clients name the receivers in the user packet"
)]
pub fn read_data(label: &str, message: Vec<u8>) -> Option<Data> {
    let delivery = match label {
        RELIABLE => Delivery::Reliable,
        LOSSY => Delivery::Lossy,
        _ => return None,
    };
    let packet = decode_data_packet(&message).ok()?;
    let mut identities = packet.destination_identities;
    let mut sids = Vec::new();
    // Transcriptions and measurements come from agents and go to recorders; there are neither.
    let forbidden = matches!(
        packet.value,
        Some(Value::Transcription(_) | Value::Metrics(_))
    );
    if let Some(Value::User(user)) = packet.value {
        if identities.is_empty() {
            identities = user.destination_identities;
        }
        sids = user.destination_sids;
    }
    Some(Data {
        delivery,
        sequence: packet.sequence,
        identities,
        sids,
        forbidden,
        message: message.into(),
    })
}

/// Writes data as its receivers get it, with its sender in it: the channel's label, and the
/// message, which is the same for all of them.
#[must_use]
pub fn write_data(from: ParticipantSid, identity: &str, data: &Data) -> (&'static str, Arc<[u8]>) {
    let (label, kind) = match data.delivery {
        Delivery::Reliable => (RELIABLE, Kind::Reliable),
        Delivery::Lossy => (LOSSY, Kind::Lossy),
    };
    let packet = decode_data_packet(&data.message);
    let is_user = packet.is_ok_and(|packet| matches!(packet.value, Some(Value::User(_))));
    let stamped = stamp_data_packet(&data.message, is_user, kind, &from.to_string(), identity);
    (label, stamped.into())
}

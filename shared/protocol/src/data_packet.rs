use livekit_protocol::{DataPacket, data_packet};
use prost::Message as _;
use prost::encoding::{WireType, encode_key, encode_varint, int32, string};

/// The field numbers of LiveKit's `DataPacket` and of its `UserPacket`.
const KIND: u32 = 1;
const USER: u32 = 2;
const PARTICIPANT_IDENTITY: u32 = 4;
const PARTICIPANT_SID: u32 = 17;
const USER_PARTICIPANT_SID: u32 = 1;
const USER_PARTICIPANT_IDENTITY: u32 = 5;

/// Reads a message of a data channel.
///
/// # Errors
/// When it is no `DataPacket`.
pub fn decode_data_packet(message: &[u8]) -> Result<DataPacket, prost::DecodeError> {
    DataPacket::decode(message)
}

/// Writes who sent a `DataPacket`, and how, over whatever its sender wrote there.
///
/// The new fields follow the old message, and the last of a field counts (Protocol Buffers,
/// "Last One Wins"): parts that this version does not know go on untouched. Empty values are
/// written too, or the sender's own would count.
#[must_use]
pub fn stamp_data_packet(
    message: &[u8],
    is_user: bool,
    kind: data_packet::Kind,
    sid: &str,
    identity: &str,
) -> Vec<u8> {
    let (sid, identity) = (sid.to_owned(), identity.to_owned());
    let mut stamped = message.to_vec();
    int32::encode(KIND, &kind.into(), &mut stamped);
    string::encode(PARTICIPANT_IDENTITY, &identity, &mut stamped);
    string::encode(PARTICIPANT_SID, &sid, &mut stamped);
    if is_user {
        let mut user = Vec::new();
        string::encode(USER_PARTICIPANT_SID, &sid, &mut user);
        string::encode(USER_PARTICIPANT_IDENTITY, &identity, &mut user);
        encode_key(USER, WireType::LengthDelimited, &mut stamped);
        encode_varint(
            u64::try_from(user.len()).expect("two short texts"),
            &mut stamped,
        );
        stamped.extend_from_slice(&user);
    }
    stamped
}

#[cfg(test)]
mod tests {
    use super::*;
    use livekit_protocol::UserPacket;
    use proptest::prelude::*;

    #[test]
    #[expect(deprecated, reason = "older clients read the deprecated fields")]
    fn what_a_sender_says_about_itself_is_overwritten_even_with_nothing() {
        let forged = DataPacket {
            kind: data_packet::Kind::Lossy.into(),
            participant_identity: "somebody else".to_owned(),
            participant_sid: "PA_else".to_owned(),
            sequence: 7,
            value: Some(data_packet::Value::User(UserPacket {
                participant_sid: "PA_else".to_owned(),
                participant_identity: "somebody else".to_owned(),
                payload: b"hello".to_vec(),
                topic: Some("chat".to_owned()),
                ..UserPacket::default()
            })),
            ..DataPacket::default()
        };
        let kind = data_packet::Kind::Reliable;
        let stamped = stamp_data_packet(&forged.encode_to_vec(), true, kind, "PA_1", "");
        let read = decode_data_packet(&stamped).expect("it is still a packet");
        assert_eq!(read.kind, i32::from(kind));
        assert_eq!((read.participant_sid.as_str(), read.sequence), ("PA_1", 7));
        assert_eq!(read.participant_identity, "");
        let Some(data_packet::Value::User(user)) = read.value else {
            panic!("it is still of a user");
        };
        assert_eq!(user.participant_sid, "PA_1");
        assert_eq!(user.participant_identity, "");
        assert_eq!(user.payload, b"hello");
        assert_eq!(user.topic.as_deref(), Some("chat"));
    }

    #[test]
    fn parts_that_are_not_known_here_go_on() {
        let mut unknown = Vec::new();
        string::encode(900, &"from the future".to_owned(), &mut unknown);
        let kind = data_packet::Kind::Lossy;
        let stamped = stamp_data_packet(&unknown, false, kind, "PA_1", "ann");
        assert!(stamped.starts_with(&unknown));
        let read = decode_data_packet(&stamped).expect("it is a packet");
        assert_eq!(read.participant_identity, "ann");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = decode_data_packet(&bytes);
        }
    }
}

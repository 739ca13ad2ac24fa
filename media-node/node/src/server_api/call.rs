//! What may be asked of the server API, which grant it takes, and how it is read and written.

use koeba_access_token::ApiClaims;
use koeba_protocol::proto;
use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{Code, TwirpError};

/// How a request and its answer are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// The JSON form of Protocol Buffers.
    Json,
    /// Protocol Buffers.
    Protobuf,
}

/// Something asked of the server API.
#[derive(Debug)]
pub(crate) enum Call {
    CreateRoom(Box<proto::CreateRoomRequest>),
    ListRooms(proto::ListRoomsRequest),
    DeleteRoom(proto::DeleteRoomRequest),
    ListParticipants(proto::ListParticipantsRequest),
    GetParticipant(proto::RoomParticipantIdentity),
    RemoveParticipant(proto::RoomParticipantIdentity),
    MutePublishedTrack(proto::MuteRoomTrackRequest),
    UpdateParticipant(proto::UpdateParticipantRequest),
    UpdateSubscriptions(proto::UpdateSubscriptionsRequest),
    UpdateRoomMetadata(proto::UpdateRoomMetadataRequest),
}

/// What is answered.
#[derive(Debug)]
pub(crate) enum Reply {
    Room(proto::Room),
    Rooms(proto::ListRoomsResponse),
    Deleted(proto::DeleteRoomResponse),
    Participants(proto::ListParticipantsResponse),
    Participant(proto::ParticipantInfo),
    Removed(proto::RemoveParticipantResponse),
    Muted(proto::MuteRoomTrackResponse),
    Subscribed(proto::UpdateSubscriptionsResponse),
}

impl Call {
    /// Reads a request of `RoomService`.
    pub(crate) fn read(method: &str, encoding: Encoding, body: &[u8]) -> Result<Self, TwirpError> {
        Ok(match method {
            "CreateRoom" => Self::CreateRoom(Box::new(encoding.read(body)?)),
            "ListRooms" => Self::ListRooms(encoding.read(body)?),
            "DeleteRoom" => Self::DeleteRoom(encoding.read(body)?),
            "ListParticipants" => Self::ListParticipants(encoding.read(body)?),
            "GetParticipant" => Self::GetParticipant(encoding.read(body)?),
            "RemoveParticipant" => Self::RemoveParticipant(encoding.read(body)?),
            "MutePublishedTrack" => Self::MutePublishedTrack(encoding.read(body)?),
            "UpdateParticipant" => Self::UpdateParticipant(encoding.read(body)?),
            "UpdateSubscriptions" => Self::UpdateSubscriptions(encoding.read(body)?),
            "UpdateRoomMetadata" => Self::UpdateRoomMetadata(encoding.read(body)?),
            "SendData" | "PerformRpc" | "ForwardParticipant" | "MoveParticipant" => {
                let msg = format!("this node does not do {method}");
                return Err(TwirpError::new(Code::Unimplemented, msg));
            }
            _ => return Err(TwirpError::new(Code::BadRoute, "there is no such method")),
        })
    }

    /// The room that it is about; none if it is about all of them.
    pub(crate) fn room(&self) -> Option<&str> {
        Some(match self {
            Self::ListRooms(_) => return None,
            Self::CreateRoom(request) => &request.name,
            Self::DeleteRoom(proto::DeleteRoomRequest { room })
            | Self::ListParticipants(proto::ListParticipantsRequest { room })
            | Self::GetParticipant(proto::RoomParticipantIdentity { room, .. })
            | Self::RemoveParticipant(proto::RoomParticipantIdentity { room, .. })
            | Self::MutePublishedTrack(proto::MuteRoomTrackRequest { room, .. })
            | Self::UpdateParticipant(proto::UpdateParticipantRequest { room, .. })
            | Self::UpdateSubscriptions(proto::UpdateSubscriptionsRequest { room, .. })
            | Self::UpdateRoomMetadata(proto::UpdateRoomMetadataRequest { room, .. }) => room,
        })
    }

    /// Checks that the token grants this, as LiveKit has it: rooms are opened and ended with
    /// `roomCreate`, listed with `roomList`, and everything in a room takes `roomAdmin` for it.
    pub(crate) fn check_grant(&self, claims: &ApiClaims) -> Result<(), TwirpError> {
        let (granted, takes) = match self {
            Self::CreateRoom(_) | Self::DeleteRoom(_) => (claims.room_create, "roomCreate"),
            Self::ListRooms(_) => (claims.room_list, "roomList"),
            Self::ListParticipants(proto::ListParticipantsRequest { room })
            | Self::GetParticipant(proto::RoomParticipantIdentity { room, .. })
            | Self::RemoveParticipant(proto::RoomParticipantIdentity { room, .. })
            | Self::MutePublishedTrack(proto::MuteRoomTrackRequest { room, .. })
            | Self::UpdateParticipant(proto::UpdateParticipantRequest { room, .. })
            | Self::UpdateSubscriptions(proto::UpdateSubscriptionsRequest { room, .. })
            | Self::UpdateRoomMetadata(proto::UpdateRoomMetadataRequest { room, .. }) => (
                claims.room_admin.as_ref() == Some(room),
                "roomAdmin for this room",
            ),
        };
        granted.then_some(()).ok_or_else(|| {
            let msg = format!("the access token does not grant {takes}");
            TwirpError::new(Code::PermissionDenied, msg)
        })
    }
}

impl Reply {
    /// A list of rooms with those of other nodes; anything else as it is.
    pub(crate) fn with(mut self, elsewhere: Vec<proto::Room>) -> Self {
        if let Self::Rooms(listed) = &mut self {
            listed.rooms.extend(elsewhere);
            listed.rooms.sort_by(|one, other| one.name.cmp(&other.name));
        }
        self
    }

    pub(crate) fn write(&self, encoding: Encoding) -> Vec<u8> {
        match self {
            Self::Room(message) => encoding.write(message),
            Self::Rooms(message) => encoding.write(message),
            Self::Deleted(message) => encoding.write(message),
            Self::Participants(message) => encoding.write(message),
            Self::Participant(message) => encoding.write(message),
            Self::Removed(message) => encoding.write(message),
            Self::Muted(message) => encoding.write(message),
            Self::Subscribed(message) => encoding.write(message),
        }
    }
}

impl Encoding {
    pub(super) fn read<T: Message + Default + DeserializeOwned>(
        self,
        body: &[u8],
    ) -> Result<T, TwirpError> {
        let read = match self {
            Self::Json => serde_json::from_slice(body).map_err(|error| error.to_string()),
            Self::Protobuf => T::decode(body).map_err(|error| error.to_string()),
        };
        read.map_err(|error| {
            let msg = format!("the request cannot be read: {error}");
            TwirpError::new(Code::Malformed, msg)
        })
    }

    fn write<T: Message + Serialize>(self, message: &T) -> Vec<u8> {
        match self {
            Self::Json => serde_json::to_vec(message).expect("every enum number is a known one"),
            Self::Protobuf => message.encode_to_vec(),
        }
    }
}

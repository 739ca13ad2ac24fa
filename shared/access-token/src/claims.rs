use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The oldest version of DTLS that a workspace allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DtlsFloor {
    /// Only 1.3.
    #[default]
    #[serde(rename = "1.3")]
    V1_3,
    /// 1.2 as well, for SDKs that have nothing newer.
    #[serde(rename = "1.2")]
    V1_2,
}

/// What kind of participant a token is for, by LiveKit's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A person.
    #[default]
    Standard,
    /// Anything else; treated as a person.
    #[serde(other)]
    Other,
}

/// What a participant may do in the room: LiveKit's video grant. What a token leaves out is
/// allowed, as LiveKit has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoGrant {
    /// May publish tracks.
    pub can_publish: bool,
    /// May receive tracks.
    pub can_subscribe: bool,
    /// May send data.
    pub can_publish_data: bool,
    /// The sources that may be published, by LiveKit's names; none listed means any.
    pub can_publish_sources: Vec<String>,
    /// May change its own name, metadata and attributes.
    pub can_update_own_metadata: bool,
    /// Nobody is told of the participant.
    pub hidden: bool,
}

impl Default for VideoGrant {
    fn default() -> Self {
        Self {
            can_publish: true,
            can_subscribe: true,
            can_publish_data: true,
            can_publish_sources: Vec::new(),
            can_update_own_metadata: false,
            hidden: false,
        }
    }
}

/// What somebody had in a room when a node minted their token. Only a node mints such a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatClaims {
    /// The participant, by its sid.
    pub sid: String,
    /// When it joined, in milliseconds since the epoch.
    pub joined_at_ms: u64,
    /// The sources that an order has silenced, by LiveKit's names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silenced: Vec<String>,
}

/// What a join token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinClaims {
    /// The workspace that the room belongs to.
    pub workspace: String,
    /// The room.
    pub room: String,
    /// Who joins; the same over connections.
    pub identity: String,
    /// What the others see.
    pub name: String,
    /// The application's text about the participant.
    pub metadata: String,
    /// The application's values about the participant.
    pub attributes: BTreeMap<String, String>,
    /// What the participant may do.
    pub grant: VideoGrant,
    /// The oldest DTLS to accept.
    pub dtls: DtlsFloor,
    /// From where the participant may connect; empty for anywhere.
    pub networks: Vec<IpNet>,
    /// The place at a node that the token was minted for, so that another node can give it back.
    pub seat: Option<SeatClaims>,
    /// When the token stops working.
    pub expires_at: OffsetDateTime,
}

impl JoinClaims {
    /// The claims of an ordinary participant: may publish and hear, DTLS 1.3.
    #[must_use]
    pub fn new(
        workspace: impl Into<String>,
        room: impl Into<String>,
        identity: impl Into<String>,
        expires_at: OffsetDateTime,
    ) -> Self {
        let identity = identity.into();
        Self {
            workspace: workspace.into(),
            room: room.into(),
            name: identity.clone(),
            identity,
            metadata: String::new(),
            attributes: BTreeMap::new(),
            grant: VideoGrant::default(),
            dtls: DtlsFloor::default(),
            networks: Vec::new(),
            seat: None,
            expires_at,
        }
    }

    /// Whether the participant may connect from `address`. An IPv4 address in IPv6 clothes counts
    /// as what it is.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.is_empty()
            || self
                .networks
                .iter()
                .any(|network| network.contains(&address))
    }
}

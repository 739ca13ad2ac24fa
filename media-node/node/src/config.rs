//! What a node is told when it starts.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use koeba_access_token::TokenKey;
pub use koeba_room::{DEFAULT_LOUDEST, DataLimits};

/// What a node is told when it starts.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// This node's name towards the control plane.
    pub node_id: String,
    /// Where signalling is listened for, over TCP.
    pub signal_addr: SocketAddr,
    /// Where media is received, over UDP: one port for everybody. Port 0 takes the number of the
    /// signalling port if it is free, else any.
    pub media_addr: SocketAddr,
    /// Where media is received over TCP, from clients that get nothing through over UDP; port 0
    /// takes a free one. None receives none.
    pub media_tcp_addr: Option<SocketAddr>,
    /// The addresses that clients are told to send media to. Those that no client could reach,
    /// such as link-local ones, are left out.
    pub announce: Vec<IpAddr>,
    /// The key that join tokens are signed with.
    pub key: TokenKey,
    /// Where other nodes reach this one's signalling; none if it is the only one. A node among others
    /// asks the control plane which of them holds a room, and has a name that no other ever had.
    pub peer_addr: Option<SocketAddr>,
    /// Whom to tell who is in which room; nobody in some tests.
    pub control: Option<ControlPlane>,
    /// Whether it writes what it counts to the standard output every minute, as metrics of AWS.
    pub emf: bool,
    /// How much of everything.
    pub limits: Limits,
}

/// A name that no node ever had: a node that starts again knows nothing of what it held before.
#[must_use]
pub fn new_name(name: &str) -> String {
    format!("{name}-{:08x}", crate::world::random_bits() >> 32)
}

/// How long a node that ends waits for everybody to go to another.
pub const DRAIN: Duration = Duration::from_secs(10);

/// Where reports go.
#[derive(Clone, Debug)]
pub struct ControlPlane {
    /// The control plane's origin, such as `https://voice.example`.
    pub url: String,
    /// How often every room is reported even when nothing changed.
    pub interval: Duration,
    /// How often it is asked, while somebody is there, who has to leave.
    pub lookout: Duration,
}

impl ControlPlane {
    /// Reports to `url` every ten seconds, and asks every two who has to leave.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            interval: Duration::from_secs(10),
            lookout: Duration::from_secs(2),
        }
    }
}

/// How much of everything one node takes on.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rooms at a time.
    pub rooms: usize,
    /// Signalling connections at a time.
    pub connections: usize,
    /// TCP connections for media at a time.
    pub tcp_connections: usize,
    /// Of these, from one address: everybody of an office may come from the same.
    pub tcp_connections_per_address: usize,
    /// How long such a connection may take to prove whose it is.
    pub tcp_patience: Duration,
    /// Calls of the server API at a time.
    pub api_calls: usize,
    /// Participants in one room.
    pub participants: usize,
    /// Bytes of one signalling message. An offer in a room of a hundred has about 120 kB. An offer of a full room takes a third of the default.
    pub message_bytes: usize,
    /// Signalling messages of one connection in a second, averaged over ten.
    pub messages_per_second: u32,
    /// Voices of a room that are forwarded at a time, the loudest; 0 means all.
    pub loudest: usize,
    /// Data that one participant may send to others.
    pub data: DataLimits,
    /// How long a room stays open when nobody came.
    pub empty_timeout: Duration,
    /// How long a room stays open when everybody left.
    pub departure_timeout: Duration,
    /// How long a participant whose media flows may be without signalling before it counts as gone.
    pub absence_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rooms: 500,
            connections: 2_000,
            tcp_connections: 2_000,
            tcp_connections_per_address: 200,
            tcp_patience: Duration::from_secs(10),
            api_calls: 32,
            participants: 100,
            message_bytes: 320 * 1024,
            messages_per_second: 50,
            loudest: DEFAULT_LOUDEST,
            data: DataLimits::default(),
            empty_timeout: Duration::from_secs(60),
            departure_timeout: Duration::from_secs(20),
            absence_timeout: Duration::from_secs(15),
        }
    }
}

/// What was given is no number of voices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give the number of voices that are forwarded at a time, or `off` to forward all")]
pub struct NotVoices;

/// Reads [`Limits::loudest`] as people write it: a number, or `off`.
///
/// # Errors
/// [`NotVoices`] for anything else.
pub fn read_loudest(text: &str) -> Result<usize, NotVoices> {
    if text == "off" {
        return Ok(0);
    }
    text.parse().map_err(|_| NotVoices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_voices_may_be_off_and_nothing_that_is_no_number() {
        assert_eq!(read_loudest("3"), Ok(3));
        assert_eq!(read_loudest("off"), Ok(0));
        for text in ["", "-1", "all", "3.5"] {
            assert_eq!(read_loudest(text), Err(NotVoices), "{text}");
        }
    }
}

//! A node on loopback and callers that speak its protocol over real sockets.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "every test file uses its own part of the support"
)]

pub(crate) mod caller;
#[path = "../../../peer/tests/support/client.rs"]
pub(crate) mod client;
pub(crate) mod stream;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use caller::Caller;
use koeba_access_token::{ApiKey, DtlsFloor, JoinClaims, TokenKey, mint_join, mint_node};
use koeba_node::{ControlPlane, Limits, NodeConfig, NodeHandle};
use str0m::ice::{StunMessage, TransId};
use time::OffsetDateTime;

pub(crate) const SECRET: &str = "a secret of a test, long enough for its key";

/// How long anything may take; reached only when a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) struct Node {
    pub(crate) handle: NodeHandle,
    key: TokenKey,
}

impl Node {
    pub(crate) async fn start() -> Self {
        Self::start_with(Limits::default(), None).await
    }

    pub(crate) async fn start_with(limits: Limits, control: Option<ControlPlane>) -> Self {
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let announce = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
        Self::start_at(loopback, announce, limits, control).await
    }

    /// A node that listens at `address` for everything.
    pub(crate) async fn start_at(
        address: SocketAddr,
        announce: Vec<IpAddr>,
        limits: Limits,
        control: Option<ControlPlane>,
    ) -> Self {
        let key = TokenKey::new("key", SECRET);
        let config = NodeConfig {
            node_id: "node-1".to_owned(),
            peer_addr: None,
            signal_addr: address,
            media_addr: address,
            media_tcp_addr: Some(address),
            announce,
            key: key.clone(),
            control,
            emf: false,
            limits,
        };
        let handle = koeba_node::start(config).await.expect("the node starts");
        Self { handle, key }
    }

    /// One of several nodes.
    pub(crate) async fn start_among_others(name: &str, control: ControlPlane) -> Self {
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let key = TokenKey::new("key", SECRET);
        let config = NodeConfig {
            node_id: name.to_owned(),
            peer_addr: Some(loopback),
            signal_addr: loopback,
            media_addr: loopback,
            media_tcp_addr: None,
            announce: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
            key: key.clone(),
            control: Some(control),
            emf: false,
            limits: Limits::default(),
        };
        let handle = koeba_node::start(config).await.expect("the node starts");
        Self { handle, key }
    }

    pub(crate) fn claims(&self, identity: &str) -> JoinClaims {
        let expires = OffsetDateTime::now_utc() + time::Duration::minutes(1);
        JoinClaims::new("ws_1", "lobby", identity, expires)
    }

    pub(crate) fn token(&self, claims: &JoinClaims) -> String {
        mint_join(&self.key, claims, OffsetDateTime::now_utc())
    }

    pub(crate) fn node_token(&self) -> String {
        let now = OffsetDateTime::now_utc();
        mint_node(&self.key, "monitor", now, time::Duration::minutes(1))
    }

    pub(crate) fn token_of(&self, identity: &str) -> String {
        self.token(&self.claims(identity))
    }

    pub(crate) fn token_for_old_dtls(&self, identity: &str) -> String {
        let mut claims = self.claims(identity);
        claims.dtls = DtlsFloor::V1_2;
        self.token(&claims)
    }

    /// A caller that has joined and whose media can flow.
    pub(crate) async fn caller(&self, identity: &str) -> Caller {
        let mut caller = Caller::join(self, &self.token_of(identity)).await;
        caller
            .until("media can flow", |caller| caller.client.connected)
            .await;
        caller
    }

    pub(crate) fn api_key(&self, workspace: &str) -> ApiKey {
        self.key.api_key(workspace)
    }

    /// Where signalling is reached: a node that listens everywhere is reached here.
    pub(crate) fn signal_addr(&self) -> SocketAddr {
        here(self.handle.signal_addr(), false)
    }

    pub(crate) fn http(&self, path: &str) -> String {
        format!("http://{}{path}", self.signal_addr())
    }

    /// What the node counts under this name.
    pub(crate) async fn count(&self, name: &str) -> u64 {
        let text = reqwest::get(self.http("/metrics"))
            .await
            .expect("an answer");
        let text = text.text().await.expect("a text");
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(&format!("koeba_node_{name} ")));
        let value = line.unwrap_or_else(|| panic!("{name} is counted"));
        value.parse().expect("a number")
    }

    pub(crate) async fn until_count(&self, name: &str, at_least: u64) {
        let deadline = Instant::now() + PATIENCE;
        while self.count(name).await < at_least {
            assert!(Instant::now() < deadline, "{name} never reached {at_least}");
            tokio::task::yield_now().await;
        }
    }
}

/// Lets everybody act until it has come to this.
pub(crate) async fn until(
    callers: &mut [&mut Caller],
    what: &str,
    mut done: impl FnMut(&[&mut Caller]) -> bool,
) {
    let deadline = Instant::now() + PATIENCE;
    while !done(callers) {
        assert!(Instant::now() < deadline, "it never came to this: {what}");
        for caller in &mut *callers {
            caller.act().await;
        }
    }
}

/// Lets `speaker` talk and checks that every listener hears all of it.
pub(crate) async fn hears(speaker: &mut Caller, cid: &str, listener: &mut Caller, frames: usize) {
    let before = listener.client.received.len();
    for _ in 0..frames {
        speaker.speak(cid).await;
        speaker.act().await;
        listener.act().await;
    }
    until(&mut [speaker, listener], "everything is heard", |callers| {
        callers[1].client.received.len() >= before + frames
    })
    .await;
}

/// Lets somebody speak until a listener has heard anything of it.
pub(crate) async fn hears_at_last(speaker: &mut Caller, cid: &str, listener: &mut Caller) {
    let before = listener.client.received.len();
    let deadline = Instant::now() + PATIENCE;
    while listener.client.received.len() == before {
        assert!(Instant::now() < deadline, "nothing is ever heard");
        speaker.speak(cid).await;
        speaker.act().await;
        listener.act().await;
    }
}

/// The loopback address behind the one for everything.
pub(crate) fn here(address: SocketAddr, ipv6: bool) -> SocketAddr {
    if !address.ip().is_unspecified() {
        return address;
    }
    let loopback = if ipv6 {
        IpAddr::V6(Ipv6Addr::LOCALHOST)
    } else {
        IpAddr::V4(Ipv4Addr::LOCALHOST)
    };
    SocketAddr::new(loopback, address.port())
}

/// A well-formed check for a peer that does not exist.
pub(crate) fn unknown_check() -> Vec<u8> {
    let check = StunMessage::binding_request("nobody:here", TransId::new(), true, 1, 1, false);
    let mut bytes = vec![0; 200];
    let signed = check.to_bytes(Some(b"a guess"), &mut bytes, |_, _| [7; 20]);
    bytes.truncate(signed.expect("there is room for it"));
    bytes
}

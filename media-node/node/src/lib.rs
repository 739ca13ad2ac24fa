//! The media node's shell: sockets, threads and the clock around [`koeba_room`], [`koeba_signal`]
//! and [`koeba_peer`], which decide everything.
//!
//! One thread owns the UDP port, all rooms and all peers (`media`, `world`). Media of networks
//! that let no UDP through comes over TCP (`ice_tcp`). Signalling
//! connections are tasks that carry messages to and from it (`routes`, `signalling`), as are calls of
//! the server API (`server_api`). A third part
//! tells the control plane who is in which room (`reports`) and can never hold up the first.

mod admission;
mod announced;
mod cli;
mod clients;
mod command;
mod config;
mod connection_record;
mod counters;
mod data;
mod datagrams;
mod deadlines;
mod drain;
mod emf;
mod forwarding;
mod gateway;
mod ice_tcp;
mod leases;
mod media;
mod pictures;
mod relay;
mod reports;
mod restoring;
mod routes;
mod seat;
mod server_api;
mod signalling;
mod start;

mod world;

pub use cli::{Cli, run};
pub use config::{
    ControlPlane, DEFAULT_LOUDEST, DRAIN, DataLimits, Limits, NodeConfig, NotVoices, new_name,
    read_loudest,
};
pub use start::{NodeHandle, StartError, start};

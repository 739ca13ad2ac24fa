//! `koeba-local`: the whole of Koeba in one process, on one machine, without an AWS account.
//!
//! It starts the embedded AWS services, a media node and the same routers that run as Lambda
//! functions, each with the credentials of its own role, and serves them under one address beside
//! the web client. What the cloud has around the functions has its stand-in here: API Gateway is
//! the merged router, and for a WebSocket the live gateway, CloudFront the static files with their headers, the event source mapping is
//! the stream pump.

mod audit_command;
mod balancer;
mod data_dir;
mod demo;
mod error;
mod finding_route;
mod ledger_command;
mod live_gateway;
mod media_nodes;
mod options;
mod pump;
mod ready;
mod token_command;
mod token_route;
mod web;
mod wiring;

pub use audit_command::{AuditCommand, AuditCommandError, Verified, audit};
pub use demo::{DEMO_PASSWORD, DEMO_PEOPLE};
pub use error::StartError;
pub use ledger_command::{CertificateCommand, LedgerCommand, LedgerError, certificate, ledger};
pub use media_nodes::NodeProcess;
pub use options::Options;
pub use ready::Ready;
pub use token_command::{JoinToken, TokenCommandError, TokenOptions, request_token};
pub use wiring::{Running, start};

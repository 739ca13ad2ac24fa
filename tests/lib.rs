//! What the tests of the whole share: a running Koeba, visitors over HTTP, programs.
//!
//! The test files stand beside this one. Nothing here is mocked: the routers, the store behind the
//! embedded DynamoDB, the mail outbox and the media node are those that run everywhere else.

#[path = "product/document.rs"]
mod document;
#[path = "product/koeba.rs"]
mod koeba;
#[path = "product/listener.rs"]
mod listener;
#[path = "product/program.rs"]
mod program;
#[path = "product/visitor.rs"]
mod visitor;

pub use document::{document, operations};
pub use koeba::{Koeba, stand_in_pages};
pub use listener::Listener;
pub use program::{Runner, program};
pub use visitor::{Answer, Request, Visitor};

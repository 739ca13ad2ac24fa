//! From the table's stream to the audit logs.
//!
//! No route writes an audit entry, so none can forget to: [`table`] says for every kind of item what
//! a change of it means, [`recorder`] puts that at the end of the log of each workspace that it
//! concerns, once, and anchors it in another store.

mod accounts;
mod draft;
mod recorder;
mod table;
mod workspaces;

pub(crate) use recorder::Recorder;

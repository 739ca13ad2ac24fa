//! The single table, and the only crate that knows there is a DynamoDB.
//!
//! Two doors lead in. [`Table::workspace`] wants the proof that somebody was authorized and gives
//! everything of that workspace. [`Table::directory`] is the short list of what must be possible
//! before there is such a proof: accounts, sessions, sign-ups, and single items of a workspace
//! that a token or a user names. No function takes a key.
//!
//! Behind the doors stands a second lock: workspace data is reached only with credentials from an
//! STS session tagged with that workspace, so a wrong key is refused by the store itself.
//!
//! Every change of more than one item is one transaction with conditions; a caller never sees
//! half of one. Items carry a time to live, and validity is always checked by the domain's rules.

mod access;
mod access_reviews;
mod account_facts;
mod audit_log;
mod audit_notes;
mod audit_reading;
mod connections;
mod cursor;
mod devices;
mod directory;
mod email_changes;
mod erasure;
mod error;
mod evictions;
mod findings;
mod invitation_links;
mod invitations;
mod keys;
mod kinds;
mod leases;
mod ledger;
mod limits;
mod live_changes;
mod member_changes;
mod members;
mod occupancy;
mod outbox;
mod page;
mod passwords;
mod policies;
mod profiles;
mod rehash;
mod responsible;
mod review_reminders;
mod rooms;
mod second_steps;
mod sessions;
mod sign_ups;
mod stream;
mod stream_position;
mod subject_keys;
mod table;
mod tenants;
mod transaction;
mod users;
mod workspaces;

pub use audit_log::{AuditGap, AuditLog, AuditState, Recorded};
pub use connections::Connection;
pub use directory::Directory;
pub use error::{Result, StorageError};
pub use evictions::Eviction;
pub use findings::FindingOnFile;
pub use invitation_links::LinkOffer;
pub use invitations::InvitationOffer;
pub use kinds::{Owner, item_kinds};
pub use ledger::deletion_of_image;
pub use limits::Counted;
pub use live_changes::LiveChange;
pub use members::{Standing, WorkspaceOfUser};
pub use occupancy::RoomStanding;
pub use outbox::{Claim, Outbox, OutboxEntry};
pub use page::{Listed, PageRequest};
pub use passwords::PasswordReset;
pub use policies::StoredPolicy;
pub use profiles::AccountChange;
pub use review_reminders::DueReview;
pub use second_steps::{Pending, Renewal, SecondStepsOnFile, StepChange, StepName};
pub use sessions::SessionName;
pub use sign_ups::StoredSignUp;
pub use stream::{Image, RecordedTrace, TableChange, UnknownRecord};
pub use stream_position::StreamPosition;
pub use table::{Table, TableSettings};
pub use users::Credentials;
pub use workspaces::{WorkspaceCounts, WorkspaceTable};

//! The AWS services that Koeba uses, embedded: DynamoDB with its stream, S3, STS, SES and the
//! WebSocket connections of API Gateway.
//!
//! One loopback listener serves the real AWS SDK clients and tells the services apart by the
//! credential scope of the signature. DynamoDB itself is an embedded engine behind it; in front of
//! the engine stands what would stand there in the cloud: who calls, and whether the policies in
//! `infra/policies` let them. So a query that leaves its workspace fails on a laptop with the
//! same `AccessDeniedException`.
//!
//! Not emulated: signatures are not verified. A caller is known by an access key that is drawn at
//! random at every start, and sessions by a sealed token; both are good on loopback only.

mod aws_error;
mod caller;
mod connections;
mod credentials;
mod dynamodb;
mod emulator;
mod faults;
mod front;
mod inbox;
mod mailbox;
mod meter;
mod policy;
mod role;
mod s3;
mod seal;
mod ses;
mod sts;

pub use connections::{Connections, ToConnection};
pub use emulator::{Emulator, EmulatorConfig, EmulatorError, Storage};
pub use faults::{Fault, Faults};
pub use inbox::inbox_router;
pub use mailbox::{Mail, Mailbox, MailboxError};
pub use meter::{Call, Meter};
pub use policy::{Policy, PolicyError, Request, allows};
pub use role::{Policies, Role};
pub use s3::ObjectStoreError;

/// The region that everything claims to be in.
pub const REGION: &str = "ap-northeast-1";
/// The account that everything claims to belong to.
pub const ACCOUNT: &str = "000000000000";
/// The role whose sessions are tagged with one workspace and may touch nothing else.
pub const TENANT_ROLE_ARN: &str = "arn:aws:iam::000000000000:role/koeba-tenant";

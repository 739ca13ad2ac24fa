//! The words and rules of Koeba.
//!
//! Nothing here does I/O, reads a clock, draws a random number or looks at the environment: every
//! such thing comes in as a value. So each rule is a function from what is known to a decision,
//! and its test takes no time. The words are those of `docs/glossary.md`.

mod access;
mod admission;
mod email;
mod id;
mod invitation;
mod mail;
mod member;
mod policy;
mod quota;
mod role;
mod room;
mod session;
mod sign_up;
mod text;
mod trace;
mod user;
mod workspace;

pub use access::{Denied, Membership, WorkspaceScope};
pub use admission::{Barred, admit};
pub use email::{EmailAddress, EmailError};
pub use id::{
    AccessReviewId, CertificateId, EmailChangeId, Id, IdError, IntentId, InvitationId,
    InvitationLinkId, Kind, PasskeyId, PasswordResetId, RoomId, SessionId, SignUpId, UserId,
    WorkspaceId, kind,
};
pub use invitation::{AcceptError, Invitation, InvitationState, InviteError};
pub use ipnet::IpNet;
pub use mail::{Mail, MailIntent};
pub use member::{Member, MemberState};
pub use policy::{DtlsFloor, Policy, SecondStepDemand};
pub use quota::{MAX_MEMBERS, MAX_PENDING_INVITATIONS, MAX_ROOMS, MAX_WORKSPACES_PER_USER};
pub use role::{Permission, Role};
pub use room::{Occupant, Room, Roster};
pub use session::{DeviceName, SecondStepMethod, Session, SessionEnd, SessionLimits, SessionStage};
pub use sign_up::{SIGN_UP_LIFETIME, SIGN_UP_TRIES, SignUp, SignUpError};
pub use text::{DisplayName, Line, LineError, RoomName, WorkspaceName};
pub use trace::{RequestId, Trace, neighbourhood};
pub use user::{Locale, User};
pub use workspace::Workspace;

/// A moment. The domain is given moments, it never asks for one.
pub type Moment = time::OffsetDateTime;

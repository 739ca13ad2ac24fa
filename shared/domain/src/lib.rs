//! The words and rules of Koeba.
//!
//! Nothing here does I/O, reads a clock, draws a random number or looks at the environment: every
//! such thing comes in as a value. So each rule is a function from what is known to a decision,
//! and its test takes no time. The words are those of `docs/glossary.md`.

mod access;
mod email;
mod id;
mod invitation;
mod mail;
mod member;
mod quota;
mod role;
mod room;
mod session;
mod sign_up;
mod text;
mod user;
mod workspace;

pub use access::{Denied, Membership, WorkspaceScope};
pub use email::{EmailAddress, EmailError};
pub use id::{
    Id, IdError, IntentId, InvitationId, Kind, RoomId, SignUpId, UserId, WorkspaceId, kind,
};
pub use invitation::{AcceptError, Invitation, InvitationState, InviteError};
pub use mail::{Mail, MailIntent};
pub use member::Member;
pub use quota::{MAX_MEMBERS, MAX_PENDING_INVITATIONS, MAX_ROOMS, MAX_WORKSPACES_PER_USER};
pub use role::{Permission, Role};
pub use room::{Occupant, Room, Roster};
pub use session::{Session, SessionEnd, SessionLimits};
pub use sign_up::{SIGN_UP_LIFETIME, SIGN_UP_TRIES, SignUp, SignUpError};
pub use text::{DisplayName, Line, LineError, RoomName, WorkspaceName};
pub use user::{Locale, User};
pub use workspace::Workspace;

/// A moment. The domain is given moments, it never asks for one.
pub type Moment = time::OffsetDateTime;

//! The words and rules of Koeba.
//!
//! Nothing here does I/O, reads a clock, draws a random number or looks at the environment: every
//! such thing comes in as a value. So each rule is a function from what is known to a decision,
//! and its test takes no time. The words are those of `docs/glossary.md`.

mod access;
mod access_review;
mod admission;
mod audit;
mod audit_chain;
mod audit_line;
mod deletion;
mod email;
mod email_change;
mod finding;
mod id;
mod invitation;
mod invitation_link;
mod lease;
mod limit;
mod mail;
mod member;
mod member_change;
mod notice;
mod policy;
mod policy_change;
mod quota;
mod responsible;
mod role;
mod room;
mod second_step;
mod session;
mod sign_up;
mod text;
mod trace;
mod user;
mod workspace;

pub use access::{Denied, Membership, WorkspaceScope};
pub use access_review::{
    AccessReview, Completion, Decision, LineOutcome, Reminder, ReviewError, ReviewLine, ReviewNote,
    ReviewTitle, Verdict,
};
pub use admission::{Barred, admit};
pub use audit::{
    AuditAnchor, AuditChange, AuditEntry, AuditEvent, AuditHead, AuditOutcome, AuditSubject,
    ChainHash, ChainHashError,
};
pub use audit_chain::{ChainFault, Extent, check_chain};
pub use audit_line::{AuditActorPart, AuditLine, AuditSubjectPart};
pub use deletion::{DELETION_WORD, Deletion, DeletionSubject, Farewell, farewell};
pub use email::{Domain, DomainError, EmailAddress, EmailError};
pub use email_change::{EMAIL_CHANGE_LIFETIME, EMAIL_CHANGE_TRIES, EmailChange, EmailChangeError};
pub use finding::{Finding, FindingKind, FindingName, FindingRegion, FindingState, Severity};
pub use id::{
    AccessReviewId, CertificateId, EmailChangeId, Id, IdError, IntentId, InvitationId,
    InvitationLinkId, Kind, PasskeyId, PasswordResetId, RoomId, SessionId, SignUpId, UserId,
    WorkspaceId, kind,
};
pub use invitation::{AcceptError, Invitation, InvitationState, InviteError};
pub use invitation_link::{InvitationLink, LinkError};
pub use ipnet::IpNet;
pub use lease::{Claim, Lease, Lost, MediaNode};
pub use limit::{Allowance, Bucket, Limit, counted_network};
pub use mail::{Mail, MailIntent};
pub use member::{AccountFacts, Member, MemberRecord, MemberState};
pub use member_change::{
    ChangeRefused, MemberChange, MemberOutcome, MemberStanding, decide_transfer,
};
pub use notice::Notice;
pub use policy::{DtlsFloor, InvitationBarred, Policy, SecondStepDemand};
pub use policy_change::{PolicyChange, PolicyError, PolicyWarning};
pub use quota::{
    MAX_CONNECTIONS_PER_MEMBER, MAX_IMPORTED_INVITATIONS, MAX_INVITATION_LINKS, MAX_MEMBERS,
    MAX_PENDING_INVITATIONS, MAX_POLICY_ENTRIES, MAX_ROOMS, MAX_WORKSPACES_PER_USER,
};
pub use responsible::{Contact, Department, ResponsibleManager};
pub use role::{Permission, Role};
pub use room::{Occupant, Room, Roster};
pub use second_step::{
    MAX_PASSKEYS, MailedToken, MailedTokenError, PasskeyFacts, RECOVERY_CODES,
    SECOND_STEP_LIFETIME, SECOND_STEP_TRIES, SecondSteps, StillNeeded, TokenPurpose,
};
pub use session::{DeviceName, SecondStepMethod, Session, SessionEnd, SessionLimits, SessionStage};
pub use sign_up::{SIGN_UP_LIFETIME, SIGN_UP_TRIES, SignUp, SignUpError};
pub use text::{DisplayName, Line, LineError, RoomName, WorkspaceName};
pub use trace::{RequestId, Trace, neighbourhood};
pub use user::{Locale, User};
pub use workspace::Workspace;

/// A moment. The domain is given moments, it never asks for one.
pub type Moment = time::OffsetDateTime;

//! Every key of the table. Nothing outside this module writes one down.
//!
//! All keys of workspace data begin `WS#<id>#`: the delimiter after the id keeps one workspace's
//! pattern from matching another's, and the tenant role's policy is written against it.

use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::HEXLOWER;
use koeba_domain::{
    AccessReviewId, CertificateId, EmailAddress, EmailChangeId, IntentId, InvitationId,
    InvitationLinkId, Moment, PasskeyId, PasswordResetId, RoomId, RoomName, SessionId, SignUpId,
    UserId, WorkspaceId,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

use crate::second_steps::Pending;

mod listing;

pub(crate) use listing::Listing;

/// The partition key's attribute.
pub(crate) const PK: &str = "pk";
/// The sort key's attribute.
pub(crate) const SK: &str = "sk";
/// The index over member items by user.
pub(crate) const BY_USER: &str = "by_user";
/// The index's partition key.
pub(crate) const USER_PK: &str = "user_pk";

/// What of an account comes and goes by itself: nobody asks who removed it.
const FLEETING: [&str; 4] = [Key::SESSIONS, "TOKEN#", "PENDING#", "EMAILCHANGE#"];

/// Where an item stands in the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// As the SDK wants it.
    pub(crate) fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PK.to_owned(), AttributeValue::S(self.pk.clone())),
            (SK.to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }

    // The directory

    pub(crate) fn user(user: UserId) -> Self {
        Self::new(Self::account(user), "PROFILE")
    }

    /// The lock that keeps one address to one account. Hashed: a key shows up in metrics and
    /// logs, an address must not.
    pub(crate) fn email(email: &EmailAddress) -> Self {
        Self::new(format!("EMAIL#{}", hash(&email.normalized())), "EMAIL")
    }

    pub(crate) fn sign_up(sign_up: SignUpId) -> Self {
        Self::new(format!("SIGNUP#{sign_up}"), "SIGNUP")
    }

    /// `secret_hash` is the SHA-256 of the session's secret.
    pub(crate) fn session(user: UserId, secret_hash: &str) -> Self {
        Self::new(
            Self::account(user),
            format!("{}{secret_hash}", Self::SESSIONS),
        )
    }

    /// What the sort keys of a user's sessions begin with.
    pub(crate) const SESSIONS: &str = "SESSION#";

    /// What the sort keys of a user's second steps begin with.
    pub(crate) const STEPS: &str = "STEP#";

    pub(crate) fn step(user: UserId, which: &str) -> Self {
        Self::new(Self::account(user), format!("{}{which}", Self::STEPS))
    }

    pub(crate) fn passkey(user: UserId, passkey: PasskeyId) -> Self {
        Self::step(user, &format!("PASSKEY#{passkey}"))
    }

    pub(crate) fn mailed_token(user: UserId, session: SessionId) -> Self {
        Self::new(Self::account(user), format!("TOKEN#{session}"))
    }

    pub(crate) fn pending(user: UserId, pending: Pending) -> Self {
        let which = match pending {
            Pending::Totp => "TOTP".to_owned(),
            Pending::Passkey(session) => format!("PASSKEY#{session}"),
        };
        Self::new(Self::account(user), format!("PENDING#{which}"))
    }

    /// The partition that holds everything of one account.
    pub(crate) fn account(user: UserId) -> String {
        format!("USER#{user}")
    }

    /// `secret_hash` is the SHA-256 of the device's secret.
    pub(crate) fn device(user: UserId, secret_hash: &str) -> Self {
        Self::new(Self::account(user), format!("DEVICE#{secret_hash}"))
    }

    /// `whom` is a keyed hash: neither an address nor a network is in a key.
    pub(crate) fn limit(name: &str, whom: &str, window: i64) -> Self {
        Self::new(format!("LIMIT#{name}#{whom}"), format!("WINDOW#{window}"))
    }

    pub(crate) fn email_change(user: UserId, change: EmailChangeId) -> Self {
        Self::new(Self::account(user), format!("EMAILCHANGE#{change}"))
    }

    pub(crate) fn password_reset(reset: PasswordResetId) -> Self {
        Self::new(format!("RESET#{reset}"), "RESET")
    }

    /// What is written where somebody with an account would get a mail.
    pub(crate) fn password_reset_of_nobody(reset: PasswordResetId) -> Self {
        Self::new(format!("RESET#{reset}"), "NOBODY")
    }

    pub(crate) fn directory_mail(intent: IntentId) -> Self {
        Self::new(format!("OUTBOX#{intent}"), "MAIL")
    }

    /// The partition of all deletions.
    pub(crate) const LEDGER: &str = "LEDGER#DELETIONS";

    pub(crate) fn deletion(deletion: CertificateId) -> Self {
        Self::new(Self::LEDGER.to_owned(), format!("DELETION#{deletion}"))
    }

    pub(crate) fn is_deletion(pk: &str, sk: &str) -> bool {
        pk == Self::LEDGER && sk.starts_with("DELETION#")
    }

    /// The partition of all findings.
    pub(crate) const FINDINGS: &str = "FINDINGS#ALL";

    const FINDING: &str = "FINDING#";

    /// `id` is a hash of what the guard calls it.
    pub(crate) fn finding(id: &str) -> Self {
        Self::new(Self::FINDINGS.to_owned(), format!("{}{id}", Self::FINDING))
    }

    /// Which finding such a sort key is of.
    pub(crate) fn finding_id(sk: &str) -> &str {
        sk.strip_prefix(Self::FINDING).unwrap_or(sk)
    }

    /// The partition of all media nodes. The stream passes over it (`cdk/lib/functions.ts`).
    pub(crate) const MEDIA_NODES: &str = "NODES#ALL";

    pub(crate) fn media_node(node: &str) -> Self {
        Self::new(Self::MEDIA_NODES.to_owned(), format!("NODE#{node}"))
    }

    /// What the sort keys begin with that tell of invitations to an address.
    pub(crate) const INVITED: &str = "INVITED#";

    /// Beside the lock on an address: word of an invitation that was sent to it.
    pub(crate) fn invited(
        email: &EmailAddress,
        workspace: WorkspaceId,
        invitation: InvitationId,
    ) -> Self {
        Self::new(
            Self::email(email).pk,
            format!("{}{workspace}#{invitation}", Self::INVITED),
        )
    }

    /// Which invitation such a sort key tells of.
    pub(crate) fn invited_to(sk: &str) -> Option<(WorkspaceId, InvitationId)> {
        let (workspace, invitation) = sk.strip_prefix(Self::INVITED)?.split_once('#')?;
        Some((workspace.parse().ok()?, invitation.parse().ok()?))
    }

    /// One minute's refusals of one kind.
    pub(crate) fn refused_sign_in(user: UserId, why: &str, minute: i64) -> Self {
        Self::new(Self::account(user), format!("REFUSED#{why}#{minute}"))
    }

    /// How far the table's stream has been dealt with.
    pub(crate) fn stream_position() -> Self {
        Self::new("STREAM#TABLE".to_owned(), "POSITION")
    }

    /// Where the item of a connection is.
    pub(crate) fn connection_pointer(connection: &str) -> Self {
        Self::new(format!("LIVE#{connection}"), "CONNECTION")
    }

    // The table of keys

    pub(crate) fn subject(user: UserId) -> Self {
        Self::new(format!("SUBJECT#{user}"), "KEY")
    }

    /// An entry of the calendar of access reviews.
    pub(crate) fn due_review(at: Moment, workspace: WorkspaceId, review: AccessReviewId) -> Self {
        Self::new(
            Self::REVIEW_CALENDAR.to_owned(),
            format!("{}#{workspace}#{review}", in_order(at)),
        )
    }

    /// The calendar of access reviews, and what the entries up to `until` sort before.
    pub(crate) fn due_reviews_until(until: Moment) -> (String, String) {
        (
            Self::REVIEW_CALENDAR.to_owned(),
            format!("{}#~", in_order(until)),
        )
    }

    const REVIEW_CALENDAR: &str = "OUTBOX#REVIEWS";

    // A workspace

    pub(crate) fn workspace(workspace: WorkspaceId) -> Self {
        Self::new(format!("WS#{workspace}#META"), "WORKSPACE")
    }

    pub(crate) fn policy(workspace: WorkspaceId) -> Self {
        Self::new(format!("WS#{workspace}#META"), "POLICY")
    }

    pub(crate) fn member(workspace: WorkspaceId, user: UserId) -> Self {
        Self::new(
            Listing::Members.partition(workspace),
            format!("MEMBER#{user}"),
        )
    }

    pub(crate) fn invitation(workspace: WorkspaceId, invitation: InvitationId) -> Self {
        Self::new(
            Listing::Invitations.partition(workspace),
            format!("INVITATION#{invitation}"),
        )
    }

    /// The lock that keeps one address to one open invitation.
    pub(crate) fn invitee(workspace: WorkspaceId, email: &EmailAddress) -> Self {
        Self::new(
            Listing::Invitees.partition(workspace),
            format!("ADDRESS#{}", hash(&email.normalized())),
        )
    }

    pub(crate) fn invitation_link(workspace: WorkspaceId, link: InvitationLinkId) -> Self {
        Self::new(
            Listing::InvitationLinks.partition(workspace),
            format!("LINK#{link}"),
        )
    }

    pub(crate) fn access_review(workspace: WorkspaceId, review: AccessReviewId) -> Self {
        Self::new(
            Listing::AccessReviews.partition(workspace),
            format!("REVIEW#{review}"),
        )
    }

    pub(crate) fn review_line(
        workspace: WorkspaceId,
        review: AccessReviewId,
        user: UserId,
    ) -> Self {
        Self::new(
            Listing::ReviewLines.partition(workspace),
            format!("{}{user}", Self::lines_of(review)),
        )
    }

    /// What the sort keys of a review's lines begin with.
    pub(crate) fn lines_of(review: AccessReviewId) -> String {
        format!("REVIEW#{review}#USER#")
    }

    pub(crate) fn review_result(
        workspace: WorkspaceId,
        review: AccessReviewId,
        part: usize,
    ) -> Self {
        Self::new(
            Listing::ReviewResults.partition(workspace),
            format!("{}{part:03}", Self::parts_of(review)),
        )
    }

    /// What the sort keys of the parts of a review's result begin with.
    pub(crate) fn parts_of(review: AccessReviewId) -> String {
        format!("REVIEW#{review}#PART#")
    }

    pub(crate) fn room(workspace: WorkspaceId, room: RoomId) -> Self {
        Self::new(Listing::Rooms.partition(workspace), format!("ROOM#{room}"))
    }

    /// The lock that keeps one name to one room. Hashed: a folded name may be longer than a sort
    /// key can be.
    pub(crate) fn room_name(workspace: WorkspaceId, name: &RoomName) -> Self {
        Self::new(
            format!("WS#{workspace}#ROOMNAMES"),
            format!("NAME#{}", hash(&name.folded())),
        )
    }

    pub(crate) fn occupancy(workspace: WorkspaceId, room: RoomId) -> Self {
        Self::new(
            Listing::Occupancy.partition(workspace),
            format!("ROOM#{room}"),
        )
    }

    pub(crate) fn lease(workspace: WorkspaceId, room: RoomId) -> Self {
        Self::new(Listing::Leases.partition(workspace), format!("ROOM#{room}"))
    }

    pub(crate) fn eviction(workspace: WorkspaceId, user: Option<UserId>) -> Self {
        let whom = user.map_or_else(|| "EVERYBODY".to_owned(), |user| format!("USER#{user}"));
        Self::new(Listing::Evictions.partition(workspace), whom)
    }

    pub(crate) fn connection(workspace: WorkspaceId, user: UserId, connection: &str) -> Self {
        Self::new(
            Listing::Connections.partition(workspace),
            format!("{}{connection}", Self::connections_of(user)),
        )
    }

    /// What the sort keys of a member's connections begin with.
    pub(crate) fn connections_of(user: UserId) -> String {
        format!("USER#{user}#")
    }

    /// The partition of the mails that a workspace owes.
    pub(crate) fn outbox(workspace: WorkspaceId) -> String {
        format!("WS#{workspace}#OUTBOX")
    }

    /// Every partition that a deleted workspace leaves behind, in the order in which they are
    /// emptied: without its own item nobody joins it any more. Who has to leave its rooms is kept,
    /// for the quarter of an hour after which that forgets itself.
    pub(crate) fn partitions_of(workspace: WorkspaceId) -> impl Iterator<Item = String> {
        const NAMES: [&str; 19] = [
            "META",
            "MEMBERS",
            "INVITATIONS",
            "INVITEES",
            "LINKS",
            "REVIEWS",
            "REVIEWLINES",
            "REVIEWRESULTS",
            "ROOMS",
            "ROOMNAMES",
            "OCCUPANCY",
            "LEASES",
            "LIVE",
            "OUTBOX",
            "AUDIT",
            "AUDITSEEN",
            "REFUSALS",
            "EXPORTS",
            "GONE",
        ];
        NAMES
            .map(|name| format!("WS#{workspace}#{name}"))
            .into_iter()
    }

    pub(crate) fn audit_head(workspace: WorkspaceId) -> Self {
        Self::new(Listing::Audit.partition(workspace), "HEAD")
    }

    /// What the sort keys of audit entries begin with.
    pub(crate) const AUDIT_ENTRIES: &str = "ENTRY#";

    pub(crate) fn audit_entry(workspace: WorkspaceId, seq: u64) -> Self {
        Self::new(
            Listing::Audit.partition(workspace),
            format!("{}{seq:012}", Self::AUDIT_ENTRIES),
        )
    }

    pub(crate) fn audited_record(workspace: WorkspaceId, record: &str) -> Self {
        Self::new(
            format!("WS#{workspace}#AUDITSEEN"),
            format!("RECORD#{record}"),
        )
    }

    /// One minute's refusals of one kind.
    pub(crate) fn refusal(workspace: WorkspaceId, user: UserId, why: &str, minute: i64) -> Self {
        Self::new(
            format!("WS#{workspace}#REFUSALS"),
            format!("REFUSAL#{user}#{why}#{minute}"),
        )
    }

    pub(crate) fn export(workspace: WorkspaceId, request: &str) -> Self {
        Self::new(
            format!("WS#{workspace}#EXPORTS"),
            format!("EXPORT#{request}"),
        )
    }

    pub(crate) fn workspace_mail(workspace: WorkspaceId, intent: IntentId) -> Self {
        Self::new(Self::outbox(workspace), format!("MAIL#{intent}"))
    }

    /// Where it is noted who removed what stood at this key; `None` for what nobody asks about.
    pub(crate) fn tombstone(&self) -> Option<Self> {
        if self.pk.starts_with("WS#") {
            let id = self.pk.split('#').nth(1)?;
            Some(Self::new(
                format!("WS#{id}#GONE"),
                format!("{}|{}", self.pk, self.sk),
            ))
        } else if self.pk.starts_with("USER#")
            && !FLEETING.iter().any(|start| self.sk.starts_with(start))
        {
            Some(Self::new(self.pk.clone(), format!("GONE#{}", self.sk)))
        } else {
            None
        }
    }

    /// The user whose profile stands at this key.
    pub(crate) fn user_of_profile(pk: &str, sk: &str) -> Option<UserId> {
        let user = pk.strip_prefix("USER#").filter(|_| sk == "PROFILE")?;
        user.parse().ok()
    }

    /// The user whose session, or second step, stands at this key.
    pub(crate) fn user_of_way_in(pk: &str, sk: &str) -> Option<UserId> {
        let is_way_in = sk.starts_with(Self::SESSIONS) || sk.starts_with(Self::STEPS);
        pk.strip_prefix("USER#").filter(|_| is_way_in)?.parse().ok()
    }

    /// The user whose member item stands at this key.
    pub(crate) fn user_of_member(pk: &str, sk: &str) -> Option<UserId> {
        let of_members = pk.starts_with("WS#") && pk.ends_with("#MEMBERS");
        let user = sk.strip_prefix("MEMBER#").filter(|_| of_members)?;
        user.parse().ok()
    }

    /// The workspace whose outbox this key lies in; `None` for the directory's outbox.
    ///
    /// Answers `Err` for a key that is not of an outbox.
    pub(crate) fn outbox_of(pk: &str, sk: &str) -> Result<Option<WorkspaceId>, ()> {
        if pk.starts_with("OUTBOX#") && sk == "MAIL" {
            return Ok(None);
        }
        let workspace = pk
            .strip_prefix("WS#")
            .and_then(|rest| rest.strip_suffix("#OUTBOX"))
            .filter(|_| sk.starts_with("MAIL#"))
            .and_then(|id| id.parse().ok());
        workspace.map(Some).ok_or(())
    }
}

/// Where a member item stands in the index by user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IndexKey {
    pub(crate) user_pk: String,
    pub(crate) user_sk: String,
}

impl IndexKey {
    pub(crate) fn new(user: UserId, workspace: WorkspaceId) -> Self {
        Self {
            user_pk: Self::partition(user),
            user_sk: format!("WS#{workspace}"),
        }
    }

    pub(crate) fn partition(user: UserId) -> String {
        Key::account(user)
    }
}

/// A moment in seconds, so that texts sort as moments do.
fn in_order(at: Moment) -> String {
    format!("{:012}", at.unix_timestamp())
}

fn hash(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests;

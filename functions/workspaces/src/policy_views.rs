//! What the API shows and reads of a workspace's security policy.

use std::net::IpAddr;

use koeba_domain::{
    Domain, DtlsFloor, IpNet, Moment, Policy, PolicyChange, PolicyWarning, SecondStepDemand,
    SessionLimits, UserId,
};
use koeba_edge::{FieldProblem, Problem, Text};
use koeba_storage::StoredPolicy;
use serde::{Deserialize, Serialize};
use time::Duration;
use time::serde::rfc3339;
use utoipa::ToSchema;

/// Of whom a second step is demanded.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SecondStepDemand)]
pub(crate) enum SecondStepDemandName {
    /// Of managers and the owner: it always is.
    Managers,
    /// Of everybody.
    Everybody,
}

/// The lowest version of DTLS with which media may be spoken.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = DtlsFloor)]
pub(crate) enum DtlsFloorName {
    /// DTLS 1.3.
    #[serde(rename = "1.3")]
    V13,
    /// DTLS 1.2, for clients that have nothing newer.
    #[serde(rename = "1.2")]
    V12,
}

/// How long sessions live.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SessionLimits)]
pub(crate) struct SessionLimitsBody {
    /// Without being used, in hours.
    #[schema(minimum = 1, maximum = 8760)]
    idle_hours: u32,
    /// Whatever happens, in days.
    #[schema(minimum = 1, maximum = 365)]
    absolute_days: u32,
}

/// A workspace's security policy.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Policy)]
pub(crate) struct PolicyBody {
    /// Of whom a second step is demanded.
    second_step: SecondStepDemandName,
    /// Whether a token by mail counts as second step.
    email_token_allowed: bool,
    /// How long sessions of guests and members live.
    member_session: SessionLimitsBody,
    /// How long sessions of managers and the owner live.
    manager_session: SessionLimitsBody,
    /// From where the workspace may be used, in CIDR notation; empty for anywhere.
    #[schema(max_items = 100, example = json!(["203.0.113.0/24"]))]
    allowed_networks: Vec<String>,
    /// The domains that addresses of invited people must have; empty for any.
    #[schema(max_items = 100, example = json!(["example.co.jp"]))]
    invitation_domains: Vec<String>,
    /// Whether guests may be here at all.
    guests_allowed: bool,
    /// The lowest version of DTLS.
    dtls_floor: DtlsFloorName,
}

/// A policy, and which of the workspace's policies it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StoredPolicy)]
pub(crate) struct PolicyView {
    /// The policy.
    pub(crate) policy: PolicyBody,
    /// Which one: to be given back when it is changed.
    pub(crate) version: u32,
    /// When it was last changed.
    #[serde(with = "rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) changed_at: Option<Moment>,
    /// Who changed it last.
    #[schema(value_type = Option<String>)]
    pub(crate) changed_by: Option<UserId>,
}

/// A field that changes, both sides as text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyChange)]
pub(crate) struct PolicyChangeView {
    /// The field, such as `member_session.idle_hours`.
    pub(crate) field: &'static str,
    /// What it was; a list is joined by commas.
    pub(crate) before: String,
    /// What it is to be.
    pub(crate) after: String,
}

/// Something to think about before saving.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyWarning)]
pub(crate) struct PolicyWarningView {
    /// The field that it is about.
    pub(crate) field: &'static str,
    /// What will happen, for a person.
    pub(crate) detail: String,
}

/// What would change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyPreview)]
pub(crate) struct PolicyPreviewView {
    /// The fields that change.
    pub(crate) changes: Vec<PolicyChangeView>,
    /// What to think about.
    pub(crate) warnings: Vec<PolicyWarningView>,
    /// Whether whoever asks could not come in any more.
    pub(crate) locks_you_out: bool,
    #[serde(skip)]
    kinds: Vec<PolicyWarning>,
}

impl PolicyPreviewView {
    pub(crate) fn new(
        changes: Vec<PolicyChange>,
        warnings: Vec<PolicyWarning>,
        locks_you_out: bool,
    ) -> Self {
        let change = |change: PolicyChange| PolicyChangeView {
            field: change.field,
            before: change.before,
            after: change.after,
        };
        Self {
            changes: changes.into_iter().map(change).collect(),
            warnings: Vec::new(),
            locks_you_out,
            kinds: warnings,
        }
    }

    /// The same, with its warnings in words.
    pub(crate) fn in_language(mut self, locale: koeba_domain::Locale) -> Self {
        let kinds = std::mem::take(&mut self.kinds);
        self.warnings = kinds
            .into_iter()
            .map(|warning| PolicyWarningView {
                field: warning.field(),
                detail: explain(warning).in_language(locale).to_owned(),
            })
            .collect();
        self
    }
}

impl From<StoredPolicy> for PolicyView {
    fn from(stored: StoredPolicy) -> Self {
        Self {
            policy: PolicyBody::from(&stored.policy),
            version: stored.version,
            changed_at: stored.changed_at,
            changed_by: stored.changed_by,
        }
    }
}

impl From<&Policy> for PolicyBody {
    fn from(policy: &Policy) -> Self {
        let limits = |limits: SessionLimits| SessionLimitsBody {
            idle_hours: u32::try_from(limits.idle.whole_hours()).unwrap_or(u32::MAX),
            absolute_days: u32::try_from(limits.absolute.whole_days()).unwrap_or(u32::MAX),
        };
        let texts = |domains: &[Domain]| domains.iter().map(ToString::to_string).collect();
        Self {
            second_step: match policy.second_step {
                SecondStepDemand::Managers => SecondStepDemandName::Managers,
                SecondStepDemand::Everybody => SecondStepDemandName::Everybody,
            },
            email_token_allowed: policy.email_token_allowed,
            member_session: limits(policy.member_session),
            manager_session: limits(policy.manager_session),
            allowed_networks: policy
                .allowed_networks
                .iter()
                .map(ToString::to_string)
                .collect(),
            invitation_domains: texts(&policy.invitation_domains),
            guests_allowed: policy.guests_allowed,
            dtls_floor: match policy.dtls_floor {
                DtlsFloor::Dtls13 => DtlsFloorName::V13,
                DtlsFloor::Dtls12 => DtlsFloorName::V12,
            },
        }
    }
}

impl PolicyBody {
    /// The policy, if it makes sense.
    pub(crate) fn read(&self) -> Result<Policy, Problem> {
        let limits = |body: SessionLimitsBody| SessionLimits {
            idle: Duration::hours(i64::from(body.idle_hours)),
            absolute: Duration::days(i64::from(body.absolute_days)),
        };
        let policy = Policy {
            second_step: match self.second_step {
                SecondStepDemandName::Managers => SecondStepDemand::Managers,
                SecondStepDemandName::Everybody => SecondStepDemand::Everybody,
            },
            email_token_allowed: self.email_token_allowed,
            member_session: limits(self.member_session),
            manager_session: limits(self.manager_session),
            allowed_networks: read_all("allowed_networks", &self.allowed_networks, network)?,
            invitation_domains: read_domains("invitation_domains", &self.invitation_domains)?,
            guests_allowed: self.guests_allowed,
            dtls_floor: match self.dtls_floor {
                DtlsFloorName::V13 => DtlsFloor::Dtls13,
                DtlsFloorName::V12 => DtlsFloor::Dtls12,
            },
        };
        policy.check().map_err(|error| {
            let text = Text::fixed(
                "アイドル時間は1〜8760時間、最長期間は1〜365日、一覧は100件までにしてください。",
                "Keep idle time within 1 to 8760 hours, the longest life within 1 to 365 days, and lists within 100 entries.",
            );
            FieldProblem::new(error.field(), text)
        })?;
        Ok(policy)
    }
}

/// Reads the domains that a request names.
pub(crate) fn read_domains(field: &str, texts: &[String]) -> Result<Vec<Domain>, FieldProblem> {
    read_all(field, texts, |text| Domain::new(text).ok())
}

/// Reads every entry, each once and in order.
fn read_all<T: Ord>(
    field: &str,
    texts: &[String],
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, FieldProblem> {
    let read: Option<Vec<T>> = texts.iter().map(|text| read(text)).collect();
    let mut read = read.ok_or_else(|| {
        let text = Text::fixed(
            "ネットワークは203.0.113.0/24、ドメインはexample.co.jpの形で、1つずつ入力してください。",
            "Enter networks such as 203.0.113.0/24 and domains such as example.com, one by one.",
        );
        FieldProblem::new(field, text)
    })?;
    read.sort();
    read.dedup();
    Ok(read)
}

/// A network in CIDR notation, or a single address.
fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let network = text.parse::<IpNet>().ok();
    network
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
        .map(|network| network.trunc())
}

fn explain(warning: PolicyWarning) -> Text {
    match warning {
        PolicyWarning::SecondStepForEverybody => Text::fixed(
            "2段階認証を設定していない人は、設定するまで入れなくなります。",
            "Whoever has no second step must set one up before they get in again.",
        ),
        PolicyWarning::EmailTokenForbidden => Text::fixed(
            "メールの番号だけを使っている人は、ほかの方法を設定するまで入れなくなります。",
            "Whoever has no second step but mail must set up another before they get in again.",
        ),
        PolicyWarning::LongSessions => Text::fixed(
            "セッションが30日を超えて続きます。盗まれた端末からも、その間入れてしまいます。",
            "Sessions live for more than 30 days, also on a device that was stolen.",
        ),
        PolicyWarning::NetworksRestricted => Text::fixed(
            "ここにないネットワークからは、外出中の人も含めて、すぐに使えなくなります。",
            "From networks that are not named here nobody gets in any more, travellers neither.",
        ),
        PolicyWarning::NetworksOpened => Text::fixed(
            "どのネットワークからでも使えるようになります。",
            "The workspace can be used from every network.",
        ),
        PolicyWarning::DomainsRestricted => Text::fixed(
            "ほかのドメインに送った招待は、受けられなくなります。",
            "Invitations that were sent to other domains cannot be accepted any more.",
        ),
        PolicyWarning::GuestsShutOut => Text::fixed(
            "今いるゲストは、すぐに入れなくなります。",
            "Those who are guests now do not get in any more.",
        ),
        PolicyWarning::OldDtls => Text::fixed(
            "音声と映像に、古い暗号化（DTLS 1.2）も許すことになります。",
            "Voice and video may be encrypted with the older DTLS 1.2.",
        ),
    }
}

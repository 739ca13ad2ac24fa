//! From a request's credentials to a principal with its policy.

use std::collections::BTreeMap;

use data_encoding::BASE32_NOPAD;
use http::HeaderMap;

use crate::ACCOUNT;
use crate::aws_error::AwsError;
use crate::credentials::{CredentialScope, session_token};
use crate::policy::{self, Policy};
use crate::role::{Policies, Role};
use crate::seal::{SealError, SealKey};

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller<'a> {
    pub(crate) arn: String,
    tags: BTreeMap<String, String>,
    rights: Rights<'a>,
}

#[derive(Clone, Debug)]
enum Rights<'a> {
    Everything,
    Policy(&'a Policy),
}

/// A long-lived access key.
#[derive(Clone, Debug)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: String,
    role: Role,
}

/// Everybody who may call, with the policies in force.
pub(crate) struct Callers {
    keys: Vec<AccessKey>,
    policies: Policies,
    pub(crate) seal: SealKey,
}

impl Callers {
    pub(crate) fn new(policies: Policies) -> Result<Self, getrandom::Error> {
        let keys = Role::ALL
            .into_iter()
            .map(|role| {
                Ok(AccessKey {
                    id: access_key_id("AKIA")?,
                    secret: data_encoding::BASE64.encode(&random::<30>()?),
                    role,
                })
            })
            .collect::<Result<_, getrandom::Error>>()?;
        Ok(Self {
            keys,
            policies,
            seal: SealKey::new(random()?),
        })
    }

    pub(crate) fn key_of(&self, role: Role) -> &AccessKey {
        self.keys
            .iter()
            .find(|key| key.role == role)
            .expect("every role has a key")
    }

    /// Tells who signed a request.
    pub(crate) fn identify(
        &self,
        scope: &CredentialScope,
        headers: &HeaderMap,
        now: i64,
    ) -> Result<Caller<'_>, AwsError> {
        match session_token(headers) {
            Some(token) => {
                let session = self.seal.open(token, now).map_err(|error| match error {
                    SealError::Forged => unrecognized(),
                    SealError::Expired => AwsError::bad(
                        "ExpiredTokenException",
                        "The security token included in the request is expired",
                    ),
                })?;
                if session.access_key_id != scope.access_key_id {
                    return Err(unrecognized());
                }
                Ok(Caller {
                    arn: format!(
                        "arn:aws:sts::{ACCOUNT}:assumed-role/koeba-tenant/{}",
                        session.name
                    ),
                    tags: session.tags,
                    rights: Rights::Policy(&self.policies.tenant),
                })
            }
            None => {
                let key = self
                    .keys
                    .iter()
                    .find(|key| key.id == scope.access_key_id)
                    .ok_or_else(unrecognized)?;
                Ok(Caller {
                    arn: format!(
                        "arn:aws:sts::{ACCOUNT}:assumed-role/{}/local",
                        key.role.name()
                    ),
                    tags: BTreeMap::new(),
                    rights: self.rights(key.role),
                })
            }
        }
    }

    fn rights(&self, role: Role) -> Rights<'_> {
        match role {
            Role::Operator => Rights::Everything,
            Role::Accounts => Rights::Policy(&self.policies.accounts),
            Role::Workspaces => Rights::Policy(&self.policies.workspaces),
            Role::Rooms => Rights::Policy(&self.policies.rooms),
            Role::Live => Rights::Policy(&self.policies.live),
            Role::Events => Rights::Policy(&self.policies.events),
        }
    }
}

impl Caller<'_> {
    /// Whether no policy limits this caller.
    pub(crate) const fn is_unlimited(&self) -> bool {
        matches!(self.rights, Rights::Everything)
    }

    /// Asks the policy.
    pub(crate) fn check(
        &self,
        action: &str,
        resource: &str,
        context: BTreeMap<String, Vec<String>>,
    ) -> Result<(), AwsError> {
        let Rights::Policy(policy) = self.rights else {
            return Ok(());
        };
        let request = policy::Request {
            action,
            resource,
            context,
            principal_tags: self.tags.clone(),
        };
        if policy::allows([policy], &request) {
            Ok(())
        } else {
            Err(AwsError::denied(&self.arn, action, resource))
        }
    }
}

fn unrecognized() -> AwsError {
    AwsError::bad(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )
}

pub(crate) fn access_key_id(prefix: &str) -> Result<String, getrandom::Error> {
    Ok(format!("{prefix}{}", BASE32_NOPAD.encode(&random::<10>()?)))
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

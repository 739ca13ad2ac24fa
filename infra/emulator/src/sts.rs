//! STS: sessions of the tenant role, tagged with one workspace.

use std::collections::BTreeMap;

use axum::response::Response;
use http::StatusCode;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::aws_error::{AwsError, escape, respond};
use crate::caller::{Caller, Callers, access_key_id, random};
use crate::seal::Session;
use crate::{ACCOUNT, TENANT_ROLE_ARN};

const SHORTEST: i64 = 900;
/// One role assumed by another, as here, lasts an hour at most.
const LONGEST: i64 = 3600;

/// Answers one call of the STS query API.
pub(crate) fn handle(
    callers: &Callers,
    caller: &Caller<'_>,
    body: &[u8],
    now: OffsetDateTime,
) -> Response {
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    match form.get("Action").map(String::as_str) {
        Some("AssumeRole") => assume_role(callers, caller, &form, now),
        action => Err(AwsError::bad(
            "InvalidAction",
            format!("Could not find operation {}", action.unwrap_or_default()),
        )),
    }
    .unwrap_or_else(AwsError::into_xml)
}

fn assume_role(
    callers: &Callers,
    caller: &Caller<'_>,
    form: &BTreeMap<String, String>,
    now: OffsetDateTime,
) -> Result<Response, AwsError> {
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let (role, name) = (field("RoleArn"), field("RoleSessionName"));
    let tags = tags(form)?;
    if !(2..=64).contains(&name.len())
        || !name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
    {
        return Err(AwsError::bad(
            "ValidationError",
            "RoleSessionName is malformed",
        ));
    }
    let seconds = match field("DurationSeconds") {
        "" => LONGEST,
        text => text
            .parse()
            .ok()
            .filter(|seconds| (SHORTEST..=LONGEST).contains(seconds))
            .ok_or_else(|| {
                AwsError::bad("ValidationError", "DurationSeconds must be 900 to 3600")
            })?,
    };
    for action in ["sts:AssumeRole", "sts:TagSession"] {
        caller
            .check(action, role, context(&tags))
            .map_err(forbidden)?;
    }
    if role != TENANT_ROLE_ARN {
        return Err(forbidden(AwsError::denied(
            &caller.arn,
            "sts:AssumeRole",
            role,
        )));
    }
    let expires = now + time::Duration::seconds(seconds);
    let drawn = |_| {
        AwsError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalFailure",
            "no randomness",
        )
    };
    let session = Session {
        access_key_id: access_key_id("ASIA").map_err(drawn)?,
        name: name.to_owned(),
        tags,
        expires_at: expires.unix_timestamp(),
    };
    let secret = data_encoding::BASE64.encode(&random::<30>().map_err(drawn)?);
    let token = callers.seal.seal(&session);
    let expiration = expires
        .replace_nanosecond(0)
        .ok()
        .and_then(|expires| expires.format(&Rfc3339).ok())
        .unwrap_or_default();
    let body = format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
         <AssumedRoleUser><AssumedRoleId>AROALOCAL:{name}</AssumedRoleId>\
         <Arn>arn:aws:sts::{ACCOUNT}:assumed-role/koeba-tenant/{name}</Arn></AssumedRoleUser>\
         <Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
         <SessionToken>{token}</SessionToken><Expiration>{expiration}</Expiration></Credentials>\
         </AssumeRoleResult><ResponseMetadata><RequestId>local</RequestId></ResponseMetadata>\
         </AssumeRoleResponse>",
        name = escape(name),
        key = session.access_key_id,
    );
    Ok(respond(StatusCode::OK, "text/xml", body))
}

fn forbidden(error: AwsError) -> AwsError {
    AwsError {
        status: StatusCode::FORBIDDEN,
        ..error
    }
}

fn tags(form: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, AwsError> {
    let malformed = || AwsError::bad("ValidationError", "Tags are malformed");
    let mut tags = BTreeMap::new();
    for number in 1.. {
        let Some(key) = form.get(&format!("Tags.member.{number}.Key")) else {
            break;
        };
        let value = form
            .get(&format!("Tags.member.{number}.Value"))
            .filter(|value| {
                value
                    .chars()
                    .all(|c| c.is_alphanumeric() || " _.:/=+-@".contains(c))
            })
            .ok_or_else(malformed)?;
        if tags.insert(key.clone(), value.clone()).is_some() {
            return Err(malformed());
        }
    }
    Ok(tags)
}

fn context(tags: &BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
    let mut context: BTreeMap<String, Vec<String>> = tags
        .iter()
        .map(|(key, value)| (format!("aws:RequestTag/{key}"), vec![value.clone()]))
        .collect();
    context.insert("aws:TagKeys".to_owned(), tags.keys().cloned().collect());
    context
}

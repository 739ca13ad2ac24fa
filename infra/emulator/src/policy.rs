//! The part of IAM that Koeba's policies use, evaluated as AWS does.
//!
//! `Effect`, `Action` and `Resource` with wildcards, and the conditions `StringLike`,
//! `ForAllValues:StringLike` and `Null`, with `${aws:PrincipalTag/…}` filled in. A document that
//! uses anything else does not parse, so nothing in it can be quietly ignored.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What somebody asks to do, with everything a policy may look at.
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    /// Such as `dynamodb:GetItem`.
    pub action: &'a str,
    /// The ARN of what it is done to.
    pub resource: &'a str,
    /// Condition keys with one or more values, such as `dynamodb:LeadingKeys`.
    pub context: BTreeMap<String, Vec<String>>,
    /// The tags of the session that asks.
    pub principal_tags: BTreeMap<String, String>,
}

/// A policy document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Policy {
    #[serde(rename = "Version")]
    _version: Version,
    statement: Vec<Statement>,
}

#[derive(Clone, Debug, Deserialize)]
enum Version {
    #[serde(rename = "2012-10-17")]
    Current,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Statement {
    #[serde(rename = "Sid", default)]
    _sid: Option<String>,
    effect: Effect,
    action: OneOrMany,
    resource: OneOrMany,
    #[serde(default)]
    condition: Conditions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Effect {
    Allow,
    Deny,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
        .iter()
        .map(String::as_str)
    }
}

type Tests = BTreeMap<String, OneOrMany>;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Conditions {
    #[serde(rename = "StringLike", default)]
    like: Tests,
    #[serde(rename = "ForAllValues:StringLike", default)]
    all_like: Tests,
    #[serde(rename = "Null", default)]
    null: Tests,
}

/// The document is not a policy that this evaluator understands in full.
#[derive(Debug, thiserror::Error)]
#[error("the policy document is not understood: {0}")]
pub struct PolicyError(#[from] serde_json::Error);

impl Policy {
    /// Reads a policy document.
    ///
    /// # Errors
    /// [`PolicyError`] when it is malformed or uses a part of IAM that is not evaluated here.
    pub fn parse(document: &str) -> Result<Self, PolicyError> {
        Ok(serde_json::from_str(document)?)
    }
}

/// Decides: an explicit deny wins, then an allow, and without either the answer is no.
#[must_use]
pub fn allows<'a>(policies: impl IntoIterator<Item = &'a Policy>, request: &Request<'_>) -> bool {
    let effects: Vec<Effect> = policies
        .into_iter()
        .flat_map(|policy| &policy.statement)
        .filter(|statement| statement.applies_to(request))
        .map(|statement| statement.effect)
        .collect();
    !effects.contains(&Effect::Deny) && effects.contains(&Effect::Allow)
}

impl Statement {
    fn applies_to(&self, request: &Request<'_>) -> bool {
        let action = request.action.to_ascii_lowercase();
        self.action
            .iter()
            .any(|pattern| matches_pattern(&glob(&pattern.to_ascii_lowercase()), &action))
            && self
                .resource
                .iter()
                .any(|pattern| like(pattern, request.resource, request))
            && self.condition.hold(request)
    }
}

impl Conditions {
    fn hold(&self, request: &Request<'_>) -> bool {
        let values = |key: &str| request.context.get(key).map_or(&[][..], Vec::as_slice);
        let any_like = |patterns: &OneOrMany, value: &str| {
            patterns.iter().any(|pattern| like(pattern, value, request))
        };
        self.like
            .iter()
            .all(|(key, patterns)| values(key).iter().any(|value| any_like(patterns, value)))
            && self
                .all_like
                .iter()
                .all(|(key, patterns)| values(key).iter().all(|value| any_like(patterns, value)))
            && self.null.iter().all(|(key, expected)| {
                let is_null = values(key).is_empty().to_string();
                expected.iter().any(|expected| expected == is_null)
            })
    }
}

/// One piece of a pattern. A filled-in variable is made of [`Piece::Exactly`] only: a `*` in a
/// tag's value is a star, not a wildcard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Exactly(char),
    AnyOne,
    AnyNumber,
}

fn glob(pattern: &str) -> Vec<Piece> {
    pattern
        .chars()
        .map(|character| match character {
            '*' => Piece::AnyNumber,
            '?' => Piece::AnyOne,
            other => Piece::Exactly(other),
        })
        .collect()
}

fn like(pattern: &str, value: &str, request: &Request<'_>) -> bool {
    fill_in(pattern, request).is_some_and(|pieces| matches_pattern(&pieces, value))
}

/// Fills in the variables; a variable that has no value makes the pattern match nothing.
fn fill_in(pattern: &str, request: &Request<'_>) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        let (variable, after) = after.split_once('}')?;
        let tag = variable.strip_prefix("aws:PrincipalTag/")?;
        let value = request.principal_tags.get(tag)?;
        pieces.extend(glob(before));
        pieces.extend(value.chars().map(Piece::Exactly));
        rest = after;
    }
    pieces.extend(glob(rest));
    Some(pieces)
}

fn matches_pattern(pieces: &[Piece], value: &str) -> bool {
    let value: Vec<char> = value.chars().collect();
    let (mut at, mut piece, mut retry) = (0, 0, None);
    while at < value.len() {
        match pieces.get(piece) {
            Some(Piece::AnyNumber) => {
                retry = Some((piece, at));
                piece += 1;
            }
            Some(Piece::AnyOne) => (at, piece) = (at + 1, piece + 1),
            Some(Piece::Exactly(character)) if *character == value[at] => {
                (at, piece) = (at + 1, piece + 1);
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    (at, piece) = (from + 1, star + 1);
                }
                None => return false,
            },
        }
    }
    pieces[piece..].iter().all(|left| *left == Piece::AnyNumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = include_str!("../../policies/tenant-role.json");
    const ACCOUNTS: &str = include_str!("../../policies/accounts-role.json");
    const WORKSPACES: &str = include_str!("../../policies/workspaces-role.json");
    const ROOMS: &str = include_str!("../../policies/rooms-role.json");
    const LIVE: &str = include_str!("../../policies/live-role.json");
    const EVENTS: &str = include_str!("../../policies/events-role.json");
    const FUNCTIONS: [&str; 5] = [ACCOUNTS, WORKSPACES, ROOMS, LIVE, EVENTS];
    const TABLE: &str = "arn:aws:dynamodb:ap-northeast-1:000000000000:table/koeba";

    #[test]
    fn a_tenant_touches_its_own_workspace_and_no_other() {
        assert!(tenant(TENANT, "dynamodb:GetItem", &["WS#ws_a#META"]));
        assert!(!tenant(TENANT, "dynamodb:GetItem", &["WS#ws_b#META"]));
        assert!(!tenant(TENANT, "dynamodb:GetItem", &["USER#us_a"]));
    }

    #[test]
    fn a_workspace_whose_id_begins_like_ours_is_not_ours() {
        assert!(!tenant(TENANT, "dynamodb:GetItem", &["WS#ws_ab#META"]));
    }

    #[test]
    fn one_foreign_key_among_our_own_spoils_the_whole_request() {
        let keys = ["WS#ws_a#META", "WS#ws_b#META"];
        assert!(!tenant(TENANT, "dynamodb:BatchGetItem", &keys));
    }

    #[test]
    fn a_request_without_leading_keys_is_refused() {
        assert!(!tenant(TENANT, "dynamodb:Query", &[]));
    }

    #[test]
    fn the_policy_is_what_refuses_so_a_weaker_one_lets_each_case_through() {
        let without_null = TENANT.replace(
            "\"Null\": { \"dynamodb:LeadingKeys\": \"false\" }",
            "\"Null\": {}",
        );
        assert!(tenant(&without_null, "dynamodb:Query", &[]));
        let without_delimiter = TENANT.replace("workspace}#*", "workspace}*");
        assert!(tenant(
            &without_delimiter,
            "dynamodb:GetItem",
            &["WS#ws_ab#META"]
        ));
        let without_keys = TENANT.replace("WS#${aws:PrincipalTag/workspace}#*", "*");
        assert!(tenant(&without_keys, "dynamodb:GetItem", &["WS#ws_b#META"]));
    }

    #[test]
    fn scans_and_statements_are_in_no_policy() {
        for action in [
            "dynamodb:Scan",
            "dynamodb:PartiQLSelect",
            "dynamodb:PartiQLUpdate",
        ] {
            for document in FUNCTIONS.into_iter().chain([TENANT]) {
                assert!(!tenant(document, action, &["WS#ws_a#META"]), "{action}");
                assert!(!tenant(document, action, &["USER#us_a"]), "{action}");
            }
        }
    }

    #[test]
    fn a_session_without_the_tag_may_touch_nothing() {
        let request = Request {
            action: "dynamodb:GetItem",
            resource: TABLE,
            context: leading_keys(&["WS#${aws:PrincipalTag/workspace}#META"]),
            principal_tags: BTreeMap::new(),
        };
        assert!(!allows([&policy(TENANT)], &request));
    }

    #[test]
    fn a_star_in_a_tag_is_a_star_and_no_wildcard() {
        assert!(!tagged("*", TENANT, "dynamodb:GetItem", &["WS#ws_a#META"]));
        assert!(tagged("*", TENANT, "dynamodb:GetItem", &["WS#*#META"]));
    }

    #[test]
    fn each_function_does_its_own_work_in_the_directory_and_touches_no_workspace() {
        for (document, action, key, expected) in [
            (ACCOUNTS, "PutItem", "USER#u", true),
            (ACCOUNTS, "PutItem", "RESET#r", true),
            (ACCOUNTS, "Query", "FINDINGS#ALL", false),
            (ACCOUNTS, "GetItem", "OUTBOX#o", false),
            (ACCOUNTS, "DeleteItem", "LEDGER#DELETIONS", false),
            (WORKSPACES, "Query", "FINDINGS#ALL", true),
            (WORKSPACES, "UpdateItem", "FINDINGS#ALL", false),
            (WORKSPACES, "PutItem", "USER#u", false),
            (WORKSPACES, "PutItem", "RESET#r", false),
            (ROOMS, "GetItem", "USER#u", true),
            (ROOMS, "PutItem", "USER#u", false),
            (ROOMS, "GetItem", "EMAIL#e", false),
            (ROOMS, "PutItem", "OUTBOX#o", false),
            (LIVE, "PutItem", "LIVE#c", true),
            (LIVE, "PutItem", "USER#u", false),
            (EVENTS, "UpdateItem", "OUTBOX#o", true),
            (EVENTS, "PutItem", "OUTBOX#o", false),
            (EVENTS, "UpdateItem", "USER#u", false),
            (EVENTS, "PutItem", "RESET#r", false),
        ] {
            let action = format!("dynamodb:{action}");
            assert_eq!(
                tenant(document, &action, &[key]),
                expected,
                "{action} {key} in {document}"
            );
        }
        for document in FUNCTIONS {
            assert!(!tenant(document, "dynamodb:GetItem", &["WS#ws_a#META"]));
        }
    }

    #[test]
    fn an_explicit_deny_wins_over_any_allow() {
        let deny = TENANT.replace("Allow", "Deny");
        let request = Request {
            action: "dynamodb:GetItem",
            resource: TABLE,
            context: leading_keys(&["WS#ws_a#META"]),
            principal_tags: tags("ws_a"),
        };
        assert!(allows([&policy(TENANT)], &request));
        assert!(!allows([&policy(TENANT), &policy(&deny)], &request));
    }

    #[test]
    fn a_document_with_parts_that_are_not_evaluated_does_not_parse() {
        for (from, to) in [
            ("\"Action\"", "\"NotAction\""),
            ("ForAllValues:StringLike", "ForAnyValue:StringEquals"),
            ("2012-10-17", "2008-10-17"),
        ] {
            assert!(Policy::parse(&TENANT.replace(from, to)).is_err(), "{to}");
        }
    }

    #[test]
    fn patterns_match_as_iam_describes() {
        for (pattern, value, expected) in [
            ("a*c", "abbc", true),
            ("a*c", "ac", true),
            ("a*c", "acb", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*a*b", "xaxaxb", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(
                matches_pattern(&glob(pattern), value),
                expected,
                "{pattern} {value}"
            );
        }
    }

    fn tenant(document: &str, action: &str, keys: &[&str]) -> bool {
        tagged("ws_a", document, action, keys)
    }

    fn tagged(workspace: &str, document: &str, action: &str, keys: &[&str]) -> bool {
        let request = Request {
            action,
            resource: TABLE,
            context: leading_keys(keys),
            principal_tags: tags(workspace),
        };
        allows([&policy(document)], &request)
    }

    fn policy(document: &str) -> Policy {
        Policy::parse(document).expect("a policy")
    }

    fn tags(workspace: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("workspace".to_owned(), workspace.to_owned())])
    }

    fn leading_keys(keys: &[&str]) -> BTreeMap<String, Vec<String>> {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        BTreeMap::from([("dynamodb:LeadingKeys".to_owned(), keys)])
    }
}

//! What a request says about who signed it.

use http::HeaderMap;

/// The parts of a Signature Version 4 `Authorization` header that tell caller and service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CredentialScope {
    pub(crate) access_key_id: String,
    pub(crate) service: String,
}

impl CredentialScope {
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let header = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
        let parameters = header.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let credential = parameters
            .split(',')
            .find_map(|parameter| parameter.trim().strip_prefix("Credential="))?;
        let parts: Vec<&str> = credential.split('/').collect();
        let [access_key_id, _date, _region, service, "aws4_request"] = parts[..] else {
            return None;
        };
        Some(Self {
            access_key_id: access_key_id.to_owned(),
            service: service.to_owned(),
        })
    }
}

pub(crate) fn session_token(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-amz-security-token")?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scope_tells_the_key_and_the_service() {
        let scope = of(
            "AWS4-HMAC-SHA256 Credential=AKIA1/20260401/ap-northeast-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00",
        );
        let scope = scope.expect("a scope");
        assert_eq!(scope.access_key_id, "AKIA1");
        assert_eq!(scope.service, "dynamodb");
    }

    #[test]
    fn anything_else_tells_nothing() {
        for header in [
            "",
            "Bearer x",
            "AWS4-HMAC-SHA256 Credential=AKIA1/dynamodb",
            "AWS4-HMAC-SHA256 ",
        ] {
            assert_eq!(of(header), None, "{header}");
        }
        assert_eq!(CredentialScope::of(&HeaderMap::new()), None);
    }

    fn of(header: &str) -> Option<CredentialScope> {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", header.parse().expect("a header value"));
        CredentialScope::of(&headers)
    }
}

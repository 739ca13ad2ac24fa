//! The session's cookie: how it is written, read and taken back.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::Secret;

/// The cookie's name. Browsers accept a `__Host-` cookie only over a secure transport, without a
/// domain and for the whole origin, so no neighbouring host can plant one.
pub const SESSION_COOKIE: &str = "__Host-koeba_session";

/// The length of a session's secret: 48 bytes in base64url.
const SECRET_LETTERS: usize = 64;

/// The header value that hands a session's secret to a browser.
///
/// Without `Expires`, so it ends with the browser's own session; how long it may live at all is
/// decided by the store.
#[must_use]
pub fn session_cookie(secret: &Secret) -> HeaderValue {
    value(&format!(
        "{SESSION_COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax",
        secret.expose()
    ))
}

/// The header value that takes the cookie back.
#[must_use]
pub fn cleared_session_cookie() -> HeaderValue {
    value(&format!(
        "{SESSION_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    ))
}

fn value(text: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(text).expect("a secret is made of base64url letters");
    value.set_sensitive(true);
    value
}

/// The session's secret that a request carries, if it carries exactly one of the right form.
#[must_use]
pub fn session_secret(headers: &HeaderMap) -> Option<Secret> {
    let mut secrets = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == SESSION_COOKIE)
        .map(|(_, secret)| secret);
    let secret = secrets.next()?;
    let sound = secret.len() == SECRET_LETTERS
        && secret
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    (sound && secrets.next().is_none()).then(|| Secret::new(secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn carried(cookies: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(COOKIE, cookie.parse().expect("a header value"));
        }
        session_secret(&headers).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn the_secret_is_found_among_other_cookies_and_other_headers() {
        let cookie = format!("{SESSION_COOKIE}={SECRET}");
        assert_eq!(
            carried(&[&format!("a=b; {cookie}; c=d")]).as_deref(),
            Some(SECRET)
        );
        assert_eq!(carried(&["a=b", &cookie]).as_deref(), Some(SECRET));
    }

    #[test]
    fn a_secret_of_another_form_or_a_second_one_counts_as_none() {
        let cookie = format!("{SESSION_COOKIE}={SECRET}");
        assert_eq!(carried(&[&cookie, &cookie]), None);
        assert_eq!(carried(&[&format!("{cookie}A")]), None);
        assert_eq!(carried(&[&format!("koeba_session={SECRET}")]), None);
        assert_eq!(
            carried(&[&format!("{SESSION_COOKIE}={}", SECRET.replace('A', "!"))]),
            None
        );
        assert_eq!(carried(&[]), None);
    }
}

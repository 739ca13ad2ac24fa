//! The cookies of sessions and devices: how they are written, read and taken back.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::Secret;

/// The cookie's name. Browsers accept a `__Host-` cookie only over a secure transport, without a
/// domain and for the whole origin, so no neighbouring host can plant one.
pub const SESSION_COOKIE: &str = "__Host-koeba_session";

/// The cookie that a device is known by. It opens nothing, see [`crate::Device`].
pub const DEVICE_COOKIE: &str = "__Host-koeba_device";

/// The length of a session's secret: 48 bytes in base64url.
const SESSION_LETTERS: usize = 64;
/// The length of a device's secret: 32 bytes in base64url.
const DEVICE_LETTERS: usize = 43;
/// How long a browser keeps a device's cookie, in seconds: 400 days, the most that browsers allow.
const DEVICE_SECONDS: u32 = 400 * 24 * 60 * 60;

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

/// The header value that hands a device's secret to a browser, to be kept for long.
#[must_use]
pub fn device_cookie(secret: &Secret) -> HeaderValue {
    value(&format!(
        "{DEVICE_COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={DEVICE_SECONDS}",
        secret.expose()
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
    carried(headers, SESSION_COOKIE, SESSION_LETTERS)
}

/// The device's secret that a request carries, if it carries exactly one of the right form.
#[must_use]
pub fn device_secret(headers: &HeaderMap) -> Option<Secret> {
    carried(headers, DEVICE_COOKIE, DEVICE_LETTERS)
}

fn carried(headers: &HeaderMap, cookie: &str, letters: usize) -> Option<Secret> {
    let mut secrets = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == cookie)
        .map(|(_, secret)| secret);
    let secret = secrets.next()?;
    let sound = secret.len() == letters
        && secret
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    (sound && secrets.next().is_none()).then(|| Secret::new(secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn session_of(cookies: &[&str]) -> Option<String> {
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
            session_of(&[&format!("a=b; {cookie}; c=d")]).as_deref(),
            Some(SECRET)
        );
        assert_eq!(session_of(&["a=b", &cookie]).as_deref(), Some(SECRET));
    }

    #[test]
    fn a_secret_of_another_form_or_a_second_one_counts_as_none() {
        let cookie = format!("{SESSION_COOKIE}={SECRET}");
        assert_eq!(session_of(&[&cookie, &cookie]), None);
        assert_eq!(session_of(&[&format!("{cookie}A")]), None);
        assert_eq!(session_of(&[&format!("koeba_session={SECRET}")]), None);
        assert_eq!(
            session_of(&[&format!("{SESSION_COOKIE}={}", SECRET.replace('A', "!"))]),
            None
        );
        assert_eq!(session_of(&[]), None);
    }
}

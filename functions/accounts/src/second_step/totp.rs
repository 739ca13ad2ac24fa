//! Authenticator apps: codes after RFC 6238, six digits every thirty seconds.

use koeba_domain::{EmailAddress, Moment, UserId};
use koeba_edge::{Problem, Sealed};
use totp_rs::{Builder, Totp};

/// Bytes of a secret: what RFC 4226 recommends.
pub(super) const SECRET_BYTES: usize = 20;
/// How many time steps a clock may be off, either way.
const SKEW: u16 = 1;

/// The generator behind a secret.
fn totp(secret: &[u8], account: &str) -> Result<Totp, Problem> {
    Builder::new()
        .with_secret(secret.to_vec())
        .with_skew(SKEW)
        .with_issuer(Some("Koeba"))
        .with_account_name(account)
        .build()
        .map_err(Problem::internal)
}

/// What an authenticator app is told: the secret in letters, and all of it as a URI.
pub(super) fn invitation(secret: &[u8], email: &EmailAddress) -> Result<(String, String), Problem> {
    // A colon would end the account's name in the URI.
    let totp = totp(secret, &email.as_str().replace(':', ""))?;
    let uri = totp.to_url().map_err(Problem::internal)?;
    Ok((totp.secret().to_base32(), uri))
}

/// The time step of a code, if it is one of this secret around `now`.
pub(super) fn step(secret: &[u8], typed: &str, now: Moment) -> Result<Option<u64>, Problem> {
    let seconds = u64::try_from(now.unix_timestamp()).unwrap_or(0);
    Ok(totp(secret, "")?.check(typed, seconds))
}

/// A secret as it is kept: nobody who reads the store can make codes of it.
pub(super) fn seal(sealed: &Sealed, user: UserId, secret: &[u8], nonce: [u8; 24]) -> String {
    sealed.seal(&purpose(user), secret, nonce)
}

/// A secret as it was before it was sealed.
pub(super) fn open(sealed: &Sealed, user: UserId, kept: &str) -> Result<Vec<u8>, Problem> {
    sealed
        .open(&purpose(user), kept)
        .ok_or_else(|| Problem::internal("a sealed secret does not open"))
}

fn purpose(user: UserId) -> String {
    format!("totp:{user}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;

    #[test]
    fn a_code_is_good_for_its_own_step_and_the_one_beside_it() {
        // RFC 6238, appendix B: the code of the secret below at second 59 is 94287082.
        let secret = b"12345678901234567890";
        let at = |seconds| Moment::UNIX_EPOCH + Duration::seconds(seconds);
        let known = |seconds| step(secret, "287082", at(seconds)).expect("a secret");
        assert_eq!(known(59), Some(1));
        assert_eq!(known(89), Some(1));
        assert_eq!(known(29), Some(1));
        assert_eq!(known(120), None);
        assert_eq!(step(secret, "28708", at(59)).expect("a secret"), None);
    }
}

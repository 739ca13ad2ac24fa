//! Recovery codes, for the day when phone and mailbox are lost.

use koeba_domain::RECOVERY_CODES;
use koeba_edge::Entropy;
use koeba_edge::digest::sha256_hex;

/// Letters that are not taken for one another when they are read from paper.
const LETTERS: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz0";
/// Letters of a code: fifty random bits.
const LENGTH: usize = 10;

/// New codes, each as two groups of five letters, and the hashes by which they are kept. Fifty
/// random bits need no slow hash.
pub(super) fn draw(entropy: &Entropy) -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| {
            let bytes = entropy.bytes::<LENGTH>();
            let letter = |byte: &u8| char::from(LETTERS[usize::from(byte & 31)]);
            let code: String = bytes.iter().map(letter).collect();
            format!("{}-{}", &code[..LENGTH / 2], &code[LENGTH / 2..])
        })
        .collect();
    let hashes = codes.iter().map(|code| hash(code)).collect();
    (codes, hashes)
}

/// The hash of a code, however it was typed.
pub(super) fn hash(typed: &str) -> String {
    let letters: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    sha256_hex(&letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_known_however_they_are_typed() {
        let (codes, hashes) = draw(&Entropy::seeded(1));
        assert_eq!(codes.len(), RECOVERY_CODES);
        let different: std::collections::HashSet<_> = hashes.iter().collect();
        assert_eq!(different.len(), RECOVERY_CODES);
        let typed = codes[0].replace('-', " ").to_uppercase();
        assert_eq!(hash(&typed), hashes[0]);
    }
}

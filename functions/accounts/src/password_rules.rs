//! Which passwords are good enough (NIST SP 800-63B-4: length and a blocklist, no composition).

use koeba_domain::{DisplayName, EmailAddress};
use koeba_edge::{Explain, Secret, Text};
use unicode_normalization::UnicodeNormalization as _;

/// The shortest password, in characters, while it is the only thing asked for.
const SHORTEST: usize = 15;
/// The longest, in characters. More would only cost time to hash.
const LONGEST: usize = 128;
/// Letters and digits that must be left when what is known of the person is taken away.
const FEWEST_OWN: usize = 8;
/// The most bytes that are looked at.
const MOST_BYTES: usize = 1_024;

/// What we are called: the first that somebody tries here.
const PRODUCT: [&str; 5] = ["koeba", "声場", "こえば", "voice", "workspace"];
/// What people in Japan choose most, besides what zxcvbn's own lists have (the 30,000 most common
/// passwords, names and words in English).
const COMMON: [&str; 40] = [
    "sakura",
    "arigatou",
    "arigato",
    "konnichiwa",
    "ohayou",
    "nihon",
    "nippon",
    "tokyo",
    "osaka",
    "kyoto",
    "hokkaido",
    "okinawa",
    "fujisan",
    "doraemon",
    "pikachu",
    "pokemon",
    "totoro",
    "anpanman",
    "nintendo",
    "daisuki",
    "aishiteru",
    "himitsu",
    "angou",
    "pasuwado",
    "pasuwaado",
    "watashi",
    "tomodachi",
    "kazoku",
    "hanako",
    "tarou",
    "yamada",
    "tanaka",
    "suzuki",
    "satou",
    "takahashi",
    "1qaz2wsx3edc",
    "zaq12wsxcde3",
    "1q2w3e4r5t6y",
    "qwerty12345",
    "asdfghjkl",
];

/// Why a password is not good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PasswordRefusal {
    #[error("too short")]
    TooShort,
    #[error("too long")]
    TooLong,
    #[error("easy to guess")]
    Guessable,
}

impl Explain for PasswordRefusal {
    fn explain(&self) -> Text {
        match self {
            Self::TooShort => Text::fixed(
                "15文字以上にしてください。単語をいくつか並べると覚えやすくなります。",
                "Use at least 15 characters. Several words in a row are easy to remember.",
            ),
            Self::TooLong => {
                Text::fixed("128文字以内にしてください。", "Use at most 128 characters.")
            }
            Self::Guessable => Text::fixed(
                "推測されやすいパスワードです。名前やメールアドレス、よくある言葉や並びを避けてください。",
                "This is easy to guess. Avoid your name, your address, and common words or patterns.",
            ),
        }
    }
}

/// Reads a new password: normalized (NFKC), so that it is the same from every keyboard.
pub(crate) fn new_password(
    text: &str,
    email: Option<&EmailAddress>,
    name: Option<&DisplayName>,
) -> Result<Secret, PasswordRefusal> {
    if text.len() > MOST_BYTES {
        return Err(PasswordRefusal::TooLong);
    }
    let password = normalized(text);
    match password.chars().count() {
        count if count < SHORTEST => return Err(PasswordRefusal::TooShort),
        count if count > LONGEST => return Err(PasswordRefusal::TooLong),
        _ => {}
    }
    let mut known = PRODUCT.to_vec();
    known.extend(email.map(EmailAddress::as_str));
    known.extend(email.map(EmailAddress::local_part));
    known.extend(email.into_iter().flat_map(host_labels));
    known.extend(name.map(DisplayName::as_str));
    let guessed: Vec<&str> = known.iter().chain(&COMMON).copied().collect();
    let weak = zxcvbn::zxcvbn(&password, &guessed).score() < zxcvbn::Score::Three;
    if weak || repeats(&password) || is_made_of(&password, &known) {
        return Err(PasswordRefusal::Guessable);
    }
    Ok(Secret::new(password))
}

/// A password as it was typed to sign in, in the form that was hashed. `None` when it is longer
/// than any can be.
pub(crate) fn typed_password(text: &str) -> Option<Secret> {
    (text.len() <= MOST_BYTES).then(|| Secret::new(normalized(text)))
}

/// The names in an address's host: the employer's, most often.
fn host_labels(email: &EmailAddress) -> impl Iterator<Item = &str> {
    let host = email.as_str().rsplit_once('@').map_or("", |(_, host)| host);
    host.split('.').filter(|label| label.len() >= 4)
}

fn normalized(text: &str) -> String {
    text.nfkc().collect()
}

/// Whether it is a short piece over and over.
fn repeats(password: &str) -> bool {
    let letters: Vec<char> = password.chars().collect();
    (1..=4).any(|period| {
        letters
            .iter()
            .zip(&letters[period..])
            .all(|(one, next)| one == next)
    })
}

/// Whether hardly anything is left without what everybody knows of the person.
fn is_made_of(password: &str, known: &[&str]) -> bool {
    let mut words: Vec<String> = known.iter().map(|word| word.to_lowercase()).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut rest = password.to_lowercase();
    for word in words.iter().filter(|word| word.chars().count() >= 2) {
        rest = rest.replace(word, "");
    }
    rest.chars()
        .filter(|letter| letter.is_alphanumeric())
        .count()
        < FEWEST_OWN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_words_in_a_row_are_good() {
        for text in [
            "green tea under the bridge",
            "koe ga todoku basho",
            "川を渡るときは傘をわすれずに持って行く",
        ] {
            assert!(read(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_attackers_try_first_is_refused() {
        for text in [
            "passwordpassword",
            "123456789012345",
            "aaaaaaaaaaaaaaaaaa",
            "qwertyuiopasdfghjkl",
            "abcabcabcabcabcabc",
            "haruka@example.test",
            "haruka.aoki haruka.aoki",
            "koebaexample2026",
            "sakurasakura2024",
            "1qaz2wsx3edc4rfv",
            "Pa$$w0rd12345678",
        ] {
            assert_eq!(read(text).err(), Some(PasswordRefusal::Guessable), "{text}");
        }
    }

    #[test]
    fn length_is_counted_in_characters_and_bounded() {
        assert_eq!(
            read("short but sweet"[..14].into()).err(),
            Some(PasswordRefusal::TooShort)
        );
        assert_eq!(
            read(&"木".repeat(129)).err(),
            Some(PasswordRefusal::TooLong)
        );
        assert_eq!(
            read(&"a".repeat(100_000)).err(),
            Some(PasswordRefusal::TooLong)
        );
    }

    #[test]
    fn the_same_password_from_another_keyboard_is_the_same() {
        let wide = typed_password("ｇｒｅｅｎ").expect("short enough");
        assert_eq!(wide.expose(), "green");
    }

    fn read(text: &str) -> Result<Secret, PasswordRefusal> {
        let email = EmailAddress::new("haruka@example.test").expect("an address");
        let name = DisplayName::new("haruka.aoki").expect("a line");
        new_password(text, Some(&email), Some(&name))
    }
}

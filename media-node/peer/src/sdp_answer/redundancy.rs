//! Voice without redundancy, for clients that ask for it.

use super::offer::{cut, cut_after_first_line};

/// In the sections with these mids, redundant audio (RFC 2198) comes last among the formats
/// instead of first. Clients send in the first format, and still understand the others.
pub(crate) fn prefer_plain(answer: &str, mids: &[&str]) -> String {
    let (session, mut rest) = cut(answer);
    let mut text = String::with_capacity(answer.len());
    text.push_str(session);
    while let Some(remaining) = rest {
        let (section, next) = cut_after_first_line(remaining);
        let mid = section.lines().find_map(|line| line.strip_prefix("a=mid:"));
        match section.split_once("\r\n") {
            Some((media, lines)) if mid.is_some_and(|mid| mids.contains(&mid)) => {
                text.push_str(&redundancy_last(media, lines));
                text.push_str("\r\n");
                text.push_str(lines);
            }
            _ => text.push_str(section),
        }
        rest = next;
    }
    text
}

/// `m=audio 9 UDP/TLS/RTP/SAVPF 63 111` with the formats in the other order.
fn redundancy_last(media: &str, lines: &str) -> String {
    let is_red = |format: &&str| {
        lines.lines().any(|line| {
            let rest = line.strip_prefix("a=rtpmap:");
            let rest = rest.and_then(|rest| rest.strip_prefix(*format));
            rest.is_some_and(|codec| codec.starts_with(" red/"))
        })
    };
    let mut words = media.split(' ');
    let fixed: Vec<_> = words.by_ref().take(3).collect();
    let (red, others): (Vec<_>, Vec<_>) = words.partition(is_red);
    [fixed, others, red].concat().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANSWER: &str = "v=0\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\na=mid:0\r\na=rtpmap:63 red/48000/2\r\n\
        a=rtpmap:111 opus/48000/2\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\na=mid:1\r\na=rtpmap:63 red/48000/2\r\n\
        a=rtpmap:111 opus/48000/2\r\n";

    #[test]
    fn only_the_section_that_is_meant_prefers_plain_voice() {
        let (first, second) = ANSWER.rsplit_once("m=audio").expect("two sections");
        let swapped = second.replace("63 111\r\n", "111 63\r\n");
        let expected = format!("{first}m=audio{swapped}");
        assert_eq!(prefer_plain(ANSWER, &["1"]), expected);
        assert_eq!(prefer_plain(ANSWER, &[]), ANSWER);
    }

    proptest! {
        #[test]
        fn no_text_is_lost_and_none_makes_it_panic(text in "([ma]=|mid:0|rtpmap:|red/|\\PC| |\r\n){0,60}") {
            prop_assert_eq!(prefer_plain(&text, &["0"]).len(), text.len());
        }
    }
}

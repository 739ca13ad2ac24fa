//! What an answer must say beyond what the engine writes.

use super::offer::{cut, cut_after_first_line};

/// What a bound section carries.
pub(crate) struct Label {
    /// `<stream> <track>` of `a=msid`: clients learn from it who publishes what.
    pub(crate) msid: String,
    pub(crate) ssrc: u32,
    /// The stream of repetitions, where there is one (RFC 4588).
    pub(crate) rtx: Option<u32>,
}

impl Label {
    /// The present number of a stream that the engine wrote down before it was renewed.
    fn present(&self, written: &str, written_rtx: Option<&str>) -> u32 {
        match self.rtx {
            Some(rtx) if Some(written) == written_rtx => rtx,
            _ => self.ssrc,
        }
    }
}

/// Finds the label of the section with this mid, if a track is bound to it.
pub(super) type Labels<'a> = &'a dyn Fn(&str) -> Option<Label>;

/// Labels the bound sections, takes foreign labels out of all others, keeps congestion feedback
/// off audio (browsers would probe with empty packets on the voice's own stream) and lets
/// publishers stop sending in silence.
pub(crate) fn rewrite_answer(answer: &str, labels: Labels<'_>) -> String {
    let (session, mut rest) = cut(answer);
    let mut text = String::with_capacity(answer.len() + 512);
    text.push_str(session);
    while let Some(remaining) = rest {
        let (section, next) = cut_after_first_line(remaining);
        rewrite_section(section, labels, &mut text);
        rest = next;
    }
    text
}

/// The mids of the sections that an answer rejects: port 0 (RFC 3264, section 6).
pub(crate) fn rejected(answer: &str) -> Vec<&str> {
    let (_, mut rest) = cut(answer);
    let mut mids = Vec::new();
    while let Some(remaining) = rest {
        let (section, next) = cut_after_first_line(remaining);
        let port = section.split(' ').nth(1);
        let mid = section.lines().find_map(|line| line.strip_prefix("a=mid:"));
        mids.extend(mid.filter(|_| port == Some("0")));
        rest = next;
    }
    mids
}

fn rewrite_section(section: &str, labels: Labels<'_>, text: &mut String) {
    let audio = section.starts_with("m=audio ");
    let find = |prefix| section.lines().find_map(|line| line.strip_prefix(prefix));
    let label = find("a=mid:").and_then(|mid| labels(mid.trim_end()));
    let opus = opus_payload_type(section);
    let group = find("a=ssrc-group:FID ").and_then(|pair| pair.trim_end().split_once(' '));
    let written_rtx = group.map(|(_, rtx)| rtx);
    for line in section.split_inclusive('\n') {
        let line = line.trim_end();
        if line.starts_with("a=msid:") {
            if let Some(label) = &label {
                push(text, &["a=msid:", &label.msid]);
            }
        } else if let Some(stream) = line.strip_prefix("a=ssrc:") {
            if let (Some(label), Some((written, attribute))) = (&label, stream.split_once(' ')) {
                let ssrc = label.present(written, written_rtx).to_string();
                if attribute.starts_with("msid:") {
                    push(text, &["a=ssrc:", &ssrc, " msid:", &label.msid]);
                } else {
                    push(text, &["a=ssrc:", &ssrc, " ", attribute]);
                }
            }
        } else if line.starts_with("a=ssrc-group:") {
            if let Some((ssrc, rtx)) = label
                .as_ref()
                .and_then(|label| Some((label.ssrc, label.rtx?)))
            {
                let pair = format!("{ssrc} {rtx}");
                push(text, &["a=ssrc-group:FID ", &pair]);
            }
        } else if audio && line.starts_with("a=rtcp-fb:") && line.ends_with(" transport-cc") {
        } else if is_fmtp_of(line, opus) && !line.contains("usedtx=") {
            push(text, &[line, ";usedtx=1"]);
        } else {
            push(text, &[line]);
        }
    }
}

fn push(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
    text.push_str("\r\n");
}

fn opus_payload_type(section: &str) -> Option<&str> {
    section.lines().find_map(|line| {
        let (payload_type, codec) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
        let name = codec.get(.."opus/".len())?;
        name.eq_ignore_ascii_case("opus/").then_some(payload_type)
    })
}

fn is_fmtp_of(line: &str, payload_type: Option<&str>) -> bool {
    line.strip_prefix("a=fmtp:")
        .and_then(|rest| rest.split_once(' '))
        .is_some_and(|(of, _)| Some(of) == payload_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANSWER: &str = "v=0\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\na=mid:0\r\na=sendonly\r\na=msid:xx yy\r\n\
        a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n\
        a=fmtp:111 minptime=10;useinbandfec=1\r\na=fmtp:63 111/111\r\n\
        a=ssrc:5 cname:zz\r\na=ssrc:5 msid:xx yy\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=inactive\r\na=msid:xx yy\r\n\
        a=rtcp-fb:96 transport-cc\r\n";

    #[test]
    fn a_bound_section_names_its_publisher_its_track_and_its_new_stream() {
        let text = rewrite_answer(ANSWER, &|mid| {
            (mid == "0").then(|| Label {
                msid: "PA_a|TR_b TR_b".to_owned(),
                ssrc: 7,
                rtx: None,
            })
        });
        assert!(text.contains("a=msid:PA_a|TR_b TR_b\r\n"), "{text}");
        assert!(text.contains("a=ssrc:7 cname:zz\r\na=ssrc:7 msid:PA_a|TR_b TR_b\r\n"));
        assert!(text.contains("a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1\r\n"));
        assert!(text.contains("a=fmtp:63 111/111\r\n"));
        assert!(!text.contains("111 transport-cc") && text.contains("96 transport-cc"));
        assert!(!text.contains("xx yy"));
    }

    #[test]
    fn repetitions_of_pictures_keep_a_stream_of_their_own() {
        let answer = "m=video 9 X 96 97\r\na=mid:1\r\na=sendonly\r\na=msid:xx yy\r\n\
            a=ssrc-group:FID 5 6\r\na=ssrc:5 cname:zz\r\na=ssrc:5 msid:xx yy\r\n\
            a=ssrc:6 cname:zz\r\n";
        let text = rewrite_answer(answer, &|_| {
            Some(Label {
                msid: "PA_a|TR_b TR_b".to_owned(),
                ssrc: 7,
                rtx: Some(8),
            })
        });
        let streams = "a=ssrc-group:FID 7 8\r\na=ssrc:7 cname:zz\r\n\
            a=ssrc:7 msid:PA_a|TR_b TR_b\r\na=ssrc:8 cname:zz\r\n";
        assert!(text.ends_with(streams), "{text}");
        assert!(!rewrite_answer(answer, &|_| None).contains("ssrc"));
    }

    #[test]
    fn an_unbound_section_carries_no_label() {
        let text = rewrite_answer(ANSWER, &|_| None);
        assert!(!text.contains("msid") && !text.contains("a=ssrc"), "{text}");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_rewrite_panic(text in "([ma]=|mid:0|ssrc:|rtpmap:|opus/|\\PC|\r\n){0,60}") {
            let _ = rewrite_answer(&text, &|_| Some(Label { msid: "a b".to_owned(), ssrc: 1, rtx: Some(2) }));
        }
    }
}

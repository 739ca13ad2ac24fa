//! Redundant audio (RFC 2198): the newest block of a packet.

/// The payload type and bytes of the last block, which is the one a receiver without RED wants.
pub(crate) fn primary_block(payload: &[u8]) -> Option<(u8, &[u8])> {
    let mut headers = payload;
    let mut redundant = 0;
    loop {
        match *headers {
            [last, ref blocks @ ..] if last & 0x80 == 0 => {
                let primary = blocks.get(redundant..)?;
                return (!primary.is_empty()).then_some((last, primary));
            }
            [_, _, high, low, ref rest @ ..] => {
                redundant += usize::from(high & 0x03) << 8 | usize::from(low);
                headers = rest;
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_newest_block_is_found_behind_an_older_one() {
        let payload = [0x80 | 111, 0x0f, 0x00, 2, 111, b'o', b'l', b'n', b'e', b'w'];
        assert_eq!(primary_block(&payload), Some((111, &b"new"[..])));
        assert_eq!(primary_block(&[111, b'x']), Some((111, &b"x"[..])));
    }

    #[test]
    fn a_cut_packet_has_no_newest_block() {
        assert_eq!(primary_block(&[]), None);
        assert_eq!(primary_block(&[111]), None);
        assert_eq!(primary_block(&[0x80 | 111, 0, 3, 255, 111, 1]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(payload: Vec<u8>) {
            let _ = primary_block(&payload);
        }
    }
}

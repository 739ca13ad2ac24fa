//! What a synthetic voice says: who sent it, and when.

const MARK: [u8; 4] = *b"KOEB";
/// Mark and moment.
const HEADER: usize = 12;

/// A packet sent so many nanoseconds after the run began, filled up to `length` bytes.
pub(crate) fn write(sent_at_ns: u64, length: usize) -> Vec<u8> {
    let mut payload = Vec::with_capacity(length.max(HEADER));
    payload.extend_from_slice(&MARK);
    payload.extend_from_slice(&sent_at_ns.to_be_bytes());
    payload.resize(length.max(HEADER), 0x5a);
    payload
}

/// As many bytes that tell nothing.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    vec![0x5a; length.max(HEADER)]
}

/// When a packet was sent, if it is one of ours.
pub(crate) fn read(payload: &[u8]) -> Option<u64> {
    let moment = payload.strip_prefix(&MARK)?.first_chunk::<8>()?;
    Some(u64::from_be_bytes(*moment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_tells_when_it_was_sent() {
        let payload = write(123_456_789, 80);
        assert_eq!(payload.len(), 80);
        assert_eq!(read(&payload), Some(123_456_789));
    }

    #[test]
    fn a_foreign_packet_tells_nothing() {
        assert_eq!(read(b"KOE"), None);
        assert_eq!(read(b"KOEB1234567"), None);
        assert_eq!(read(&[0; 80]), None);
        assert_eq!(read(&noise(80)), None);
    }
}

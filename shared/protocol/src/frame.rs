use livekit_protocol::{SignalRequest, SignalResponse};
use prost::Message as _;

/// Why a frame is no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A text frame; every current SDK sends binary ones.
    #[error("text frames are not spoken here")]
    Text,
    /// The bytes are no `SignalRequest`.
    #[error("not a signalling message: {0}")]
    Malformed(#[from] prost::DecodeError),
}

/// Reads what a client sent in one binary frame.
///
/// # Errors
/// [`FrameError::Malformed`] when it is no `SignalRequest`.
pub fn decode_frame(bytes: &[u8]) -> Result<SignalRequest, FrameError> {
    Ok(SignalRequest::decode(bytes)?)
}

/// Writes one message to a client.
#[must_use]
pub fn encode_frame(response: &SignalResponse) -> Vec<u8> {
    response.encode_to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use livekit_protocol::signal_request;
    use proptest::prelude::*;

    #[test]
    fn a_request_reads_back_as_written() {
        let ping = SignalRequest {
            message: Some(signal_request::Message::Ping(7)),
        };
        assert_eq!(decode_frame(&ping.encode_to_vec()), Ok(ping));
    }

    proptest! {
        #[test]
        fn no_frame_makes_the_reader_panic(bytes: Vec<u8>) {
            let _ = decode_frame(&bytes);
        }
    }
}

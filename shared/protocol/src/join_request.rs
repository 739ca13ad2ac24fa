use std::io::Read as _;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::GzDecoder;
use livekit_protocol::wrapped_join_request::Compression;
use livekit_protocol::{JoinRequest, WrappedJoinRequest};
use prost::Message as _;

/// The longest join request, unpacked: a megabyte, as LiveKit's own server has it.
const LONGEST: u64 = 1024 * 1024;

/// Browsers pad, native SDKs do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a query's `join_request` cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinRequestError {
    /// Not base64 in the alphabet for URLs.
    #[error("the join request is not base64url")]
    Base64,
    /// Longer than a megabyte, packed or unpacked.
    #[error("the join request is too long")]
    TooLong,
    /// What it says is compressed is not.
    #[error("the join request cannot be unpacked")]
    Compression,
    /// The bytes are no join request.
    #[error("the join request is malformed")]
    Malformed,
}

/// Reads the `join_request` that a client puts in its query: a `WrappedJoinRequest` in base64url.
///
/// # Errors
/// [`JoinRequestError`] says what is wrong with it.
pub fn decode_join_request(text: &str) -> Result<JoinRequest, JoinRequestError> {
    if text.len() as u64 > LONGEST {
        return Err(JoinRequestError::TooLong);
    }
    let bytes = BASE64.decode(text).map_err(|_| JoinRequestError::Base64)?;
    let wrapped =
        WrappedJoinRequest::decode(bytes.as_slice()).map_err(|_| JoinRequestError::Malformed)?;
    let plain = match Compression::try_from(wrapped.compression) {
        Ok(Compression::None) => wrapped.join_request,
        Ok(Compression::Gzip) => unpack(&wrapped.join_request)?,
        Err(_) => return Err(JoinRequestError::Compression),
    };
    JoinRequest::decode(plain.as_slice()).map_err(|_| JoinRequestError::Malformed)
}

/// Writes a join request as native SDKs do: not compressed, not padded.
#[must_use]
pub fn encode_join_request(request: &JoinRequest) -> String {
    let wrapped = WrappedJoinRequest {
        compression: Compression::None.into(),
        join_request: request.encode_to_vec(),
    };
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(wrapped.encode_to_vec())
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, JoinRequestError> {
    let mut plain = Vec::new();
    // One more than allowed, so that a bomb is seen without being unpacked.
    GzDecoder::new(packed)
        .take(LONGEST + 1)
        .read_to_end(&mut plain)
        .map_err(|_| JoinRequestError::Compression)?;
    if plain.len() as u64 > LONGEST {
        Err(JoinRequestError::TooLong)
    } else {
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_join_request_reads_back_with_and_without_padding() {
        let text = encode_join_request(&request());
        assert_eq!(decode_join_request(&text), Ok(request()));
        let padded = format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4));
        assert_eq!(decode_join_request(&padded), Ok(request()));
    }

    #[test]
    fn a_compressed_join_request_is_unpacked() {
        assert_eq!(
            decode_join_request(&packed(&request().encode_to_vec())),
            Ok(request())
        );
    }

    #[test]
    fn a_bomb_is_refused_without_being_unpacked() {
        let bomb = packed(&vec![0; 64 * 1024 * 1024]);
        assert_eq!(decode_join_request(&bomb), Err(JoinRequestError::TooLong));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[A-Za-z0-9_=-]{0,200}") {
            let _ = decode_join_request(&text);
        }
    }

    fn request() -> JoinRequest {
        JoinRequest {
            participant_sid: "PA_1".into(),
            reconnect: true,
            ..JoinRequest::default()
        }
    }

    fn packed(plain: &[u8]) -> String {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(plain).expect("a vector takes everything");
        let wrapped = WrappedJoinRequest {
            compression: Compression::Gzip.into(),
            join_request: encoder.finish().expect("a vector takes everything"),
        };
        BASE64.encode(wrapped.encode_to_vec())
    }
}

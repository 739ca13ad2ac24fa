//! SRTP of outgoing packets (RFC 3711, RFC 7714), with the ciphers of the engine's backend.

use str0m::config::CryptoProvider;
use str0m::crypto::dtls::SrtpProfile;
use str0m::crypto::{
    AeadAes128Gcm, AeadAes128GcmCipher, AeadAes256Gcm, AeadAes256GcmCipher, Aes128CmSha1_80,
    Aes128CmSha1_80Cipher, Sha1HmacProvider, SrtpProvider,
};

use super::header::VoiceHeader;
use super::keying::Agreement;

/// What session keys are derived for (RFC 3711, section 4.3.1).
#[derive(Clone, Copy)]
enum Label {
    Encryption = 0,
    Authentication = 1,
    Salt = 2,
}

/// The keys of one direction of one transport.
pub(crate) enum Protection {
    /// Counter mode with a hash behind the packet.
    Counter {
        cipher: Box<dyn Aes128CmSha1_80Cipher>,
        salt: [u8; Aes128CmSha1_80::SALT_LEN],
        authentication: [u8; Aes128CmSha1_80::HMAC_KEY_LEN],
        hmac: &'static dyn Sha1HmacProvider,
    },
    /// AES-GCM with 128 bits.
    Gcm128 {
        cipher: Box<dyn AeadAes128GcmCipher>,
        salt: [u8; AeadAes128Gcm::SALT_LEN],
    },
    /// AES-GCM with 256 bits.
    Gcm256 {
        cipher: Box<dyn AeadAes256GcmCipher>,
        salt: [u8; AeadAes256Gcm::SALT_LEN],
    },
}

impl Protection {
    /// The keys with which this end sends. Nothing for a profile that is not known here.
    pub(crate) fn new(crypto: &CryptoProvider, agreement: &Agreement) -> Option<Self> {
        let srtp = crypto.srtp_provider;
        match agreement.profile {
            SrtpProfile::AES128_CM_SHA1_80 => {
                let master = Master::<16, 14>::of(agreement)?;
                Some(Self::Counter {
                    cipher: srtp
                        .aes_128_cm_sha1_80()
                        .create_cipher(master.derive(srtp, Label::Encryption), true),
                    salt: master.derive(srtp, Label::Salt),
                    authentication: master.derive(srtp, Label::Authentication),
                    hmac: crypto.sha1_hmac_provider,
                })
            }
            SrtpProfile::AEAD_AES_128_GCM => {
                let master = Master::<16, 12>::of(agreement)?;
                Some(Self::Gcm128 {
                    cipher: srtp
                        .aead_aes_128_gcm()
                        .create_cipher(master.derive(srtp, Label::Encryption), true),
                    salt: master.derive(srtp, Label::Salt),
                })
            }
            SrtpProfile::AEAD_AES_256_GCM => {
                let master = Master::<32, 12>::of(agreement)?;
                Some(Self::Gcm256 {
                    cipher: srtp
                        .aead_aes_256_gcm()
                        .create_cipher(master.derive(srtp, Label::Encryption), true),
                    salt: master.derive(srtp, Label::Salt),
                })
            }
            _ => None,
        }
    }

    /// The packet as it travels. Nothing if the cipher does not take it.
    pub(crate) fn protect(&mut self, header: &VoiceHeader, payload: &[u8]) -> Option<Vec<u8>> {
        let clear = header.length();
        let end = clear + payload.len();
        // What the longest of them puts behind the payload.
        let mut packet = Vec::with_capacity(end + AeadAes256Gcm::TAG_LEN);
        header.write(&mut packet);
        let rollovers = u32::try_from(header.sequence >> 16).ok()?;
        let [.., high, low] = header.sequence.to_be_bytes();
        let sequence = u16::from_be_bytes([high, low]);
        match self {
            Self::Counter {
                cipher,
                salt,
                authentication,
                hmac,
            } => {
                packet.resize(end + Aes128CmSha1_80::HMAC_TAG_LEN, 0);
                let iv = Aes128CmSha1_80::rtp_iv(*salt, header.ssrc, header.sequence);
                cipher.encrypt(&iv, payload, &mut packet[clear..]).ok()?;
                let hash = |key: &[u8], parts: &[&[u8]]| hmac.sha1_hmac(key, parts);
                let index = header.sequence;
                Aes128CmSha1_80::rtp_hmac(hash, authentication, &mut packet, index, end);
            }
            Self::Gcm128 { cipher, salt } => {
                packet.resize(end + AeadAes128Gcm::TAG_LEN, 0);
                let iv = AeadAes128Gcm::rtp_iv(*salt, header.ssrc, rollovers, sequence);
                let (before, after) = packet.split_at_mut(clear);
                cipher.encrypt(&iv, before, payload, after).ok()?;
            }
            Self::Gcm256 { cipher, salt } => {
                packet.resize(end + AeadAes256Gcm::TAG_LEN, 0);
                let iv = AeadAes256Gcm::rtp_iv(*salt, header.ssrc, rollovers, sequence);
                let (before, after) = packet.split_at_mut(clear);
                cipher.encrypt(&iv, before, payload, after).ok()?;
            }
        }
        Some(packet)
    }
}

/// A master key and its salt, of `KEY` and `SALT` bytes.
struct Master<const KEY: usize, const SALT: usize> {
    key: [u8; KEY],
    salt: [u8; SALT],
}

impl<const KEY: usize, const SALT: usize> Master<KEY, SALT> {
    /// Those with which this end sends: the client's keys and salts are the first of each
    /// (RFC 5764, section 4.2).
    fn of(agreement: &Agreement) -> Option<Self> {
        let (keys, salts) = agreement.material.split_at_checked(2 * KEY)?;
        let of_ours = |size: usize| {
            if agreement.active {
                0..size
            } else {
                size..2 * size
            }
        };
        Some(Self {
            key: keys.get(of_ours(KEY))?.try_into().ok()?,
            salt: salts.get(of_ours(SALT))?.try_into().ok()?,
        })
    }

    /// The first bytes of AES in counter mode over the salt and the label (RFC 3711, section
    /// 4.3.3).
    fn derive<const SIZE: usize>(&self, srtp: &dyn SrtpProvider, label: Label) -> [u8; SIZE] {
        let mut input = [0; 16];
        input[..SALT].copy_from_slice(&self.salt);
        input[7] ^= label as u8;
        let mut derived = [0; SIZE];
        for (round, out) in (0_u16..).zip(derived.chunks_mut(16)) {
            input[14..].copy_from_slice(&round.to_be_bytes());
            // The backend asks for room for two blocks and fills the first.
            let mut block = [0; 32];
            if KEY == 32 {
                srtp.srtp_aes_256_ecb_round(&self.key, &input, &mut block);
            } else {
                srtp.srtp_aes_128_ecb_round(&self.key, &input, &mut block);
            }
            out.copy_from_slice(&block[..out.len()]);
        }
        derived
    }
}

#[cfg(test)]
mod tests {
    use str0m::crypto::dtls::KeyingMaterial;

    use super::*;

    fn bytes<const SIZE: usize>(hex: &str) -> [u8; SIZE] {
        let digits = hex.as_bytes().chunks(2);
        let decoded = digits.map(|pair| {
            let pair = std::str::from_utf8(pair).expect("ASCII");
            u8::from_str_radix(pair, 16).expect("two digits")
        });
        decoded
            .collect::<Vec<u8>>()
            .try_into()
            .expect("as many as are asked for")
    }

    // RFC 3711, appendix B.3.
    #[test]
    fn session_keys_are_those_of_the_standard() {
        let master = Master::<16, 14> {
            key: bytes("E1F97A0D3E018BE0D64FA32C06DE4139"),
            salt: bytes("0EC675AD498AFEEBB6960B3AABE6"),
        };
        let srtp = str0m::crypto::from_feature_flags().srtp_provider;
        assert_eq!(
            master.derive::<16>(srtp, Label::Encryption),
            bytes("C61E7A93744F39EE10734AFE3FF7A087")
        );
        assert_eq!(
            master.derive::<14>(srtp, Label::Salt),
            bytes("30CBBC08863D8C85D49DB34A9AE1")
        );
        assert_eq!(
            master.derive::<20>(srtp, Label::Authentication),
            bytes("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4")
        );
    }

    // The same key and packet are in the test programs of other libraries, so that what they send
    // can be read by what others receive.
    #[test]
    fn a_packet_is_protected_as_others_do_it() {
        let agreement = Agreement {
            material: KeyingMaterial::new(
                &[
                    bytes::<16>("E1F97A0D3E018BE0D64FA32C06DE4139").as_slice(),
                    &[0; 16],
                    &bytes::<14>("0EC675AD498AFEEBB6960B3AABE6"),
                    &[0; 14],
                ]
                .concat(),
            ),
            profile: SrtpProfile::AES128_CM_SHA1_80,
            active: true,
        };
        let crypto = str0m::crypto::from_feature_flags();
        let mut protection = Protection::new(&crypto, &agreement).expect("a known profile");
        let header = VoiceHeader {
            payload_type: 0x0f,
            marker: false,
            sequence: 0x1234,
            time: 0xdeca_fbad,
            ssrc: 0xcafe_babe,
            level: None,
        };
        let packet = protection.protect(&header, &[0xab; 16]);
        let expected: [u8; 38] = bytes(concat!(
            "800F1234DECAFBADCAFEBABE",
            "4E55DC4CE79978D88CA4D215949D2402",
            "B78D6ACC99EA179B8DBB",
        ));
        assert_eq!(packet.expect("it fits"), expected);
    }
}

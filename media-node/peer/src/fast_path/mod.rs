//! The short way out for voices: a packet is written, encrypted and addressed here, past the
//! engine, which would look through all of a participant's streams for each one.
//!
//! The engine stays in charge. It negotiates, agrees on the keys, answers connectivity checks and
//! sends the sender reports; so that it knows what flows, everything goes through it once in a
//! while ([`FastPath::lap`]), and that is also how the way to the client is learned. Both sides
//! encrypt with the same keys and never the same packet: the numbers are given before the way is
//! chosen.

mod header;
mod keying;
mod srtp;

use std::time::{Duration, Instant};

use crate::event::Transmit;
use crate::transport::TransportAddress;
pub(crate) use header::VoiceHeader;
use keying::Agreed;
pub(crate) use keying::{observed, take_agreed};
pub(crate) use srtp::Protection;
use str0m::config::CryptoProvider;

/// How often every stream's next packet goes through the engine: seldom enough to cost nothing,
/// often enough for a sender report to find something recent.
const LAP: Duration = Duration::from_secs(1);
/// The first packets of a stream go through the engine, which names the section in them until the
/// client has told that it knows the stream.
const FIRST_PACKETS: u32 = 25;

/// Where a stream stands on its way between the engine and the short way out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    through_engine: u32,
    lap: u64,
}

/// The short way out of one peer, from when its keys are known.
pub(crate) struct FastPath {
    agreed: Agreed,
    protection: Option<Protection>,
    /// Where the engine sent its last packet of media to.
    to: Option<TransportAddress>,
    lap: u64,
    lap_began: Option<Instant>,
}

impl FastPath {
    /// With the place where what the peer's handshake agrees on will be found.
    pub(crate) fn new(agreed: Agreed) -> Self {
        Self {
            agreed,
            protection: None,
            to: None,
            lap: 0,
            lap_began: None,
        }
    }

    /// Media can flow: the keys are there.
    pub(crate) fn open(&mut self, crypto: &CryptoProvider) {
        if self.protection.is_none() {
            self.protection = self
                .agreed
                .get()
                .and_then(|agreement| Protection::new(crypto, agreement));
        }
    }

    /// How media is protected, as it is called in RFC 5764 and RFC 7714.
    pub(crate) fn profile(&self) -> Option<&'static str> {
        self.agreed.get().map(keying::Agreement::profile_name)
    }

    /// The engine has sent this.
    pub(crate) fn learn(&mut self, transmit: &Transmit) {
        // RTP and RTCP, of which only the engine knows where they go (RFC 7983).
        if matches!(transmit.contents.first(), Some(128..=191)) {
            self.to = Some(transmit.destination);
        }
    }

    /// The client has sent something from here. If that is not where media goes, the engine may be
    /// about to send it elsewhere.
    pub(crate) fn heard_from(&mut self, from: TransportAddress) {
        if self.to.is_some_and(|to| to != from) {
            self.to = None;
        }
    }

    /// Writes a packet, unless it is one for the engine: then there is nothing.
    pub(crate) fn write(
        &mut self,
        now: Instant,
        pace: &mut Pace,
        header: &VoiceHeader,
        payload: &[u8],
    ) -> Option<Transmit> {
        if self
            .lap_began
            .is_none_or(|began| now.saturating_duration_since(began) >= LAP)
        {
            self.lap_began = Some(now);
            self.lap += 1;
        }
        let due = pace.through_engine < FIRST_PACKETS || pace.lap != self.lap;
        let ready = self.to.zip(self.protection.as_mut());
        let Some((destination, protection)) = ready.filter(|_| !due) else {
            pace.through_engine = pace.through_engine.saturating_add(1);
            pace.lap = self.lap;
            return None;
        };
        let contents = protection.protect(header, payload)?;
        Some(Transmit {
            destination,
            contents,
        })
    }
}

#[cfg(test)]
mod tests {
    use str0m::crypto::dtls::{KeyingMaterial, SrtpProfile};

    use super::*;
    use keying::Agreement;

    const HEADER: VoiceHeader = VoiceHeader {
        payload_type: 111,
        marker: false,
        sequence: 1_000,
        time: 0,
        ssrc: 7,
        level: None,
    };

    fn home() -> TransportAddress {
        TransportAddress::udp(([192, 0, 2, 1], 4_000).into())
    }

    fn media(destination: TransportAddress) -> Transmit {
        Transmit {
            destination,
            contents: vec![128],
        }
    }

    /// A path whose keys are known, and a stream whose first packets are through.
    fn under_way(now: Instant) -> (FastPath, Pace) {
        let agreed = Agreed::default();
        let agreement = Agreement {
            material: KeyingMaterial::new(&[1; 60]),
            profile: SrtpProfile::AES128_CM_SHA1_80,
            active: false,
        };
        assert!(agreed.set(agreement).is_ok());
        let mut path = FastPath::new(agreed);
        path.open(&str0m::crypto::from_feature_flags());
        path.learn(&media(home()));
        let mut pace = Pace::default();
        for _ in 0..FIRST_PACKETS {
            assert!(path.write(now, &mut pace, &HEADER, b"voice").is_none());
        }
        (path, pace)
    }

    #[test]
    fn after_the_first_packets_the_engine_gets_one_in_each_lap() {
        let start = Instant::now();
        let (mut path, mut pace) = under_way(start);
        let mut through_engine = 0;
        for packet in 1..=150 {
            let now = start + packet * Duration::from_millis(20);
            let written = path.write(now, &mut pace, &HEADER, b"voice");
            through_engine += u32::from(written.is_none());
        }
        assert_eq!(through_engine, 3, "three seconds");
    }

    #[test]
    fn a_client_that_is_heard_from_elsewhere_is_followed_when_the_engine_follows() {
        let now = Instant::now();
        let (mut path, mut pace) = under_way(now);
        let away = TransportAddress::udp(([198, 51, 100, 1], 5_000).into());
        path.heard_from(home());
        assert!(path.write(now, &mut pace, &HEADER, b"voice").is_some());
        path.heard_from(away);
        assert!(path.write(now, &mut pace, &HEADER, b"voice").is_none());
        path.learn(&Transmit {
            destination: away,
            contents: vec![0, 1],
        });
        assert!(
            path.write(now, &mut pace, &HEADER, b"voice").is_none(),
            "a connectivity check is no media"
        );
        path.learn(&media(away));
        let written = path.write(now, &mut pace, &HEADER, b"voice");
        assert_eq!(written.expect("the way is known").destination, away);
    }

    #[test]
    fn without_keys_everything_is_the_engines() {
        let mut path = FastPath::new(Agreed::default());
        path.open(&str0m::crypto::from_feature_flags());
        path.learn(&media(home()));
        let mut pace = Pace::default();
        for _ in 0..2 * FIRST_PACKETS {
            let written = path.write(Instant::now(), &mut pace, &HEADER, b"voice");
            assert!(written.is_none());
        }
        assert_eq!(path.profile(), None);
    }
}

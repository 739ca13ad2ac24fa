//! Where secrets and identifiers come from.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use koeba_domain::{Id, Kind};
use sha2::{Digest, Sha256};

/// Draws random bytes: from the operating system, or the same ones in every run of a test.
#[derive(Clone, Debug)]
pub struct Entropy(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// A seed, and how many blocks were drawn by all clones.
    Seeded(u64, Arc<AtomicU64>),
}

impl Entropy {
    /// The operating system's generator. The only one that a running function uses.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// Draws the same bytes in every run. For tests only: who knows the seed knows every secret.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(seed, Arc::new(AtomicU64::new(0))))
    }

    /// `N` random bytes.
    ///
    /// # Panics
    /// When the operating system has no generator, which no answer could make up for.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            Source::System => {
                getrandom::fill(&mut bytes).expect("the operating system has a generator");
            }
            Source::Seeded(seed, drawn) => {
                for chunk in bytes.chunks_mut(32) {
                    let mut block = Sha256::new();
                    block.update(seed.to_be_bytes());
                    block.update(drawn.fetch_add(1, Ordering::SeqCst).to_be_bytes());
                    chunk.copy_from_slice(&block.finalize()[..chunk.len()]);
                }
            }
        }
        bytes
    }

    /// A new identifier.
    #[must_use]
    pub fn id<K: Kind>(&self) -> Id<K> {
        Id::from_random(self.bytes())
    }

    /// `count` decimal digits (at most 18), every value equally likely.
    #[must_use]
    pub fn digits(&self, count: u32) -> String {
        let values = 10_u64.pow(count.min(18));
        // Values past the last whole multiple would make the low ones likelier: draw again.
        let fair = u64::MAX - u64::MAX % values;
        loop {
            let drawn = u64::from_be_bytes(self.bytes());
            if drawn < fair {
                let width = count.min(18) as usize;
                return format!("{:0width$}", drawn % values);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use koeba_domain::RoomId;

    #[test]
    fn a_seed_repeats_itself_and_another_seed_does_not() {
        let draw = |seed| Entropy::seeded(seed).bytes::<40>();
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    /// Check sheet: WA-04-01.
    #[test]
    fn no_identifier_comes_twice() {
        let entropy = Entropy::system();
        let drawn: std::collections::HashSet<RoomId> = (0..10_000).map(|_| entropy.id()).collect();
        assert_eq!(drawn.len(), 10_000);
    }

    #[test]
    fn every_digit_is_about_as_likely_in_every_place() {
        let entropy = Entropy::seeded(7);
        let mut counts = [[0_u32; 10]; 8];
        for _ in 0..20_000 {
            let token = entropy.digits(8);
            assert_eq!(token.len(), 8);
            for (place, digit) in token.bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        for count in counts.iter().flatten() {
            assert!((1_800..2_200).contains(count), "{counts:?}");
        }
    }
}

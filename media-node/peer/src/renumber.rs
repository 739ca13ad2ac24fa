//! Closing the holes that dropped packets leave.

use std::collections::VecDeque;

const REMEMBERED: usize = 64;

/// Numbers a source's packets as if the empty ones had never been sent. Browsers probe the
/// network with padding on the voice's own stream, and a hole would be heard as loss.
#[derive(Clone, Debug, Default)]
pub(crate) struct Renumber {
    dropped: u64,
    latest: VecDeque<u64>,
}

impl Renumber {
    pub(crate) fn drop(&mut self, sequence: u64) {
        self.dropped += 1;
        if self.latest.len() == REMEMBERED {
            self.latest.pop_front();
        }
        self.latest.push_back(sequence);
    }

    pub(crate) fn number(&self, sequence: u64) -> u64 {
        let after = self
            .latest
            .iter()
            .filter(|&&dropped| dropped > sequence)
            .count();
        let before = self.dropped - u64::try_from(after).expect("64 at most");
        sequence.saturating_sub(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_packets_leave_no_hole_even_when_one_comes_late() {
        let mut renumber = Renumber::default();
        assert_eq!(renumber.number(10), 10);
        renumber.drop(11);
        renumber.drop(13);
        assert_eq!(renumber.number(14), 12);
        assert_eq!(renumber.number(12), 11);
    }
}

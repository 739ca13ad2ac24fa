//! Messages that wait for their data channel.

use std::collections::VecDeque;
use std::sync::Arc;

/// Bytes that may wait for one client. One that takes nothing in for that long loses the newest:
/// memory is not for those who do not read.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Messages for one channel, oldest first.
#[derive(Debug)]
pub(crate) struct DataQueue {
    /// Whether messages wait at all: what may get lost is of no use later.
    patient: bool,
    waiting: VecDeque<Arc<[u8]>>,
    bytes: usize,
}

impl DataQueue {
    pub(crate) const fn new(patient: bool) -> Self {
        Self {
            patient,
            waiting: VecDeque::new(),
            bytes: 0,
        }
    }

    /// False when there is no more room.
    pub(crate) fn push(&mut self, message: Arc<[u8]>) -> bool {
        if self.bytes + message.len() > MOST_BYTES {
            return false;
        }
        self.bytes += message.len();
        self.waiting.push_back(message);
        true
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Hands messages over as long as they are taken; true if any was.
    pub(crate) fn drain(&mut self, mut take: impl FnMut(&[u8]) -> bool) -> bool {
        let before = self.waiting.len();
        while let Some(message) = self.waiting.front()
            && take(message)
        {
            self.bytes -= message.len();
            self.waiting.pop_front();
        }
        let any = self.waiting.len() < before;
        if !self.patient {
            self.waiting.clear();
            self.bytes = 0;
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_taken_waits_in_order_and_what_is_too_much_is_refused() {
        let mut queue = DataQueue::new(true);
        assert!(queue.push(Arc::from(&b"first"[..])));
        assert!(queue.push(vec![0; MOST_BYTES - 5].into()));
        assert!(!queue.push(Arc::from(&b"x"[..])));
        assert!(!queue.drain(|_| false));
        let mut taken = Vec::new();
        assert!(queue.drain(|message| {
            taken.push(message.len());
            taken.len() < 2
        }));
        assert_eq!(taken, [5, MOST_BYTES - 5]);
        assert!(queue.push(Arc::from(&b"again"[..])));
        assert!(queue.drain(|_| true));
        assert!(queue.is_empty());
    }

    #[test]
    fn what_may_get_lost_does_not_wait() {
        let mut queue = DataQueue::new(false);
        assert!(queue.push(Arc::from(&b"now"[..])));
        assert!(!queue.drain(|_| false));
        assert!(queue.is_empty());
    }
}

//! Where all clients write down what they saw. One thread, so no locks.

use std::cell::{Cell, RefCell};
use std::time::Instant;

/// What all clients of a run share.
pub(crate) struct Board {
    epoch: Instant,
    /// Nanoseconds after the epoch between which sent packets count.
    window: Cell<(u64, u64)>,
    ready: Cell<usize>,
    expected: Cell<u64>,
    send_errors: Cell<u64>,
    delays_ns: RefCell<Vec<u32>>,
    lags_ns: RefCell<Vec<u32>>,
}

/// What was seen of the packets that count.
pub(crate) struct Seen {
    pub(crate) expected: u64,
    pub(crate) send_errors: u64,
    pub(crate) delays_ns: Vec<u32>,
    pub(crate) lags_ns: Vec<u32>,
}

impl Board {
    pub(crate) fn new() -> Self {
        Self {
            epoch: Instant::now(),
            window: Cell::new((u64::MAX, u64::MAX)),
            ready: Cell::new(0),
            expected: Cell::new(0),
            send_errors: Cell::new(0),
            delays_ns: RefCell::new(Vec::new()),
            lags_ns: RefCell::new(Vec::new()),
        }
    }

    pub(crate) fn now_ns(&self) -> u64 {
        self.ns(Instant::now())
    }

    pub(crate) fn ns(&self, at: Instant) -> u64 {
        let since = at.saturating_duration_since(self.epoch);
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }

    pub(crate) fn open_window(&self) {
        self.window.set((self.now_ns(), u64::MAX));
    }

    pub(crate) fn close_window(&self) {
        self.window.set((self.window.get().0, self.now_ns()));
    }

    fn counts(&self, sent_at_ns: u64) -> bool {
        let (begin, end) = self.window.get();
        (begin..end).contains(&sent_at_ns)
    }

    pub(crate) fn one_more_ready(&self) {
        self.ready.set(self.ready.get() + 1);
    }

    pub(crate) fn ready(&self) -> usize {
        self.ready.get()
    }

    /// A packet was handed to the transport, `lag_ns` after it was due, for so many listeners.
    pub(crate) fn sent(&self, sent_at_ns: u64, lag_ns: u64, listeners: u64) {
        if self.counts(sent_at_ns) {
            self.expected.set(self.expected.get() + listeners);
            self.lags_ns.borrow_mut().push(clamped(lag_ns));
        }
    }

    pub(crate) fn received(&self, sent_at_ns: u64) {
        if self.counts(sent_at_ns) {
            let delay = self.now_ns().saturating_sub(sent_at_ns);
            self.delays_ns.borrow_mut().push(clamped(delay));
        }
    }

    pub(crate) fn send_failed(&self) {
        self.send_errors.set(self.send_errors.get() + 1);
    }

    pub(crate) fn take(&self) -> Seen {
        Seen {
            expected: self.expected.get(),
            send_errors: self.send_errors.get(),
            delays_ns: self.delays_ns.take(),
            lags_ns: self.lags_ns.take(),
        }
    }
}

fn clamped(ns: u64) -> u32 {
    u32::try_from(ns).unwrap_or(u32::MAX)
}

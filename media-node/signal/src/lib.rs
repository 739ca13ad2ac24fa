//! koeba-signal

//! koeba-events

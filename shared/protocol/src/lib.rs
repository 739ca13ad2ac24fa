//! koeba-protocol

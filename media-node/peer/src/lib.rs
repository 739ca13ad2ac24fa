//! koeba-peer

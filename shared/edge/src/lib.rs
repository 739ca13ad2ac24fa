//! koeba-edge

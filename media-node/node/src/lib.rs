//! koeba-node

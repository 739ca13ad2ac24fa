//! koeba-load

//! koeba-local

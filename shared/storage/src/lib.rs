//! koeba-storage

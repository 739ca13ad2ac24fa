//! koeba-access-token

//! koeba-accounts

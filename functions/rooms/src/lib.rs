//! koeba-rooms

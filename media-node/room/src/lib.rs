//! koeba-room

//! koeba-emulator

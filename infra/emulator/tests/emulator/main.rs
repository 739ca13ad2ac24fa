//! The emulator as the real SDK clients see it.

mod isolation;
mod services;
mod support;

//! The emulator as the real SDK clients see it.

mod calls;
mod isolation;
mod services;
mod support;

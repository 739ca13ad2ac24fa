//! The emulator as the real SDK clients see it.

mod calls;
mod connections;
mod isolation;
mod services;
mod support;

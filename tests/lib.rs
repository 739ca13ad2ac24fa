//! Tests that only the whole workspace can show; the test files stand beside this one.

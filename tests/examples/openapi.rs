//! Prints the API document; `cargo xtask openapi` writes it to `docs/openapi.json`.

fn main() {
    print!("{}", koeba_tests::document());
}

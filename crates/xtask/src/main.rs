//! Work on the repository itself: `cargo xtask tidy`.

fn main() {}

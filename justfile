# The menu. Each line can also be run by hand.

# Show the menu.
default:
    @just --list

# Make a synthetic nation and serve its pages on http://127.0.0.1:8080.
demo:
    cargo run --release -- demo

# Run every test.
test:
    cargo test --workspace

# Check style: formatting, lints, the rules of the house.
check:
    cargo fmt --all -- --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo xtask tidy

# Check licences and sources of dependencies.
deny:
    cargo deny check bans licenses sources

# Everything that continuous integration does.
ci:
    bash .ci/run

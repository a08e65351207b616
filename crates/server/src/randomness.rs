//! Random bytes, from the operating system unless a test brings its own.

use std::sync::Arc;

/// Fills bytes with randomness that nobody can foresee.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Returns the operating system's randomness.
///
/// Without it nothing can be kept secret, and nothing is: the bytes stay zero only where the process ends.
pub fn of_system() -> Random {
    Arc::new(|bytes| {
        if getrandom::fill(bytes).is_err() {
            tracing::error!("the operating system gives no randomness");
            std::process::abort();
        }
    })
}

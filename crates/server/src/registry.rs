//! The programme registry, held in memory and read anew when the record has a newer one.

use std::sync::Arc;

use model::programme::Registry;
use store::RecordError;
use tokio::sync::RwLock;

use crate::{error::PageError, state::AppState};

/// The registry as it was last read, with its version.
#[derive(Debug, Default)]
pub(crate) struct RegistryCache(RwLock<Option<(u64, Arc<Registry>)>>);

impl AppState {
    /// Returns the registry as the record has it now.
    pub(crate) async fn registry(&self) -> Result<Arc<Registry>, PageError> {
        self.read_registry().await.map_err(PageError::internal)
    }

    async fn read_registry(&self) -> Result<Arc<Registry>, RecordError> {
        // The version is read first: what is recorded in between is read again next time.
        let version = self.store.registry_version().await?;
        if let Some((held, registry)) = &*self.registry.0.read().await
            && *held == version
        {
            return Ok(Arc::clone(registry));
        }
        let registry = Arc::new(self.store.registry().await?);
        *self.registry.0.write().await = Some((version, Arc::clone(&registry)));
        Ok(registry)
    }
}

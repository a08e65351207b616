//! Pages and interfaces.

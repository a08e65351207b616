//! Bytes in, model and problems out; and the writers.

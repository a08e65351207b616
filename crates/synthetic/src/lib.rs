//! The synthetic nation: invented cases and results, labelled synthetic everywhere.

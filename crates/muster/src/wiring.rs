//! The composition root: settings become handles, handles become a tenant and an engine.

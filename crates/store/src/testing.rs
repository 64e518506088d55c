//! A real PostgreSQL for tests (feature `testing`).

//! Stories of the store, told to SQLite and, where its programs are found, to a real PostgreSQL.
mod first;

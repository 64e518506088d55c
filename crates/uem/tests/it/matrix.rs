//! Every built route × role × relation.

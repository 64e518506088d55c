//! Decides what a draft may do: pure rules, each in a file of its own, each with its reasons.
//!
//! The same rules decide for a preview and for the run, because there is only one way into the journal
//! and it leads through here.

mod policy;

pub use policy::GuardPolicy;

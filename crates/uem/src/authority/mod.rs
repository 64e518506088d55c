//! Who somebody is and what they may do: everything about it that is no HTTP and no SQL.

pub(crate) mod book;
pub(crate) mod ca;
pub(crate) mod cms;
pub(crate) mod lockout;
pub(crate) mod network;
pub(crate) mod password;
pub(crate) mod rights;
pub(crate) mod roles;
pub(crate) mod token;
pub(crate) mod verified;

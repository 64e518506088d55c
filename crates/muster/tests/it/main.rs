//! The house as a whole: its rules, and the real binary.

mod architecture;

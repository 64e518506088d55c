//! What reaches the screen and the report files. Data goes to stdout through [`Printer`] and nowhere else;
//! everything for people goes to stderr through [`Notes`].

mod csv;
mod html;
pub(crate) mod jq;
mod notes;
mod printer;
mod progress;
mod reading;
mod report;
mod sheet;
mod table;

pub(crate) use notes::{Notes, Paint};
pub(crate) use printer::{Format, Printer};
pub(crate) use progress::{Display, plural, took};
pub(crate) use reading::Reading;
pub(crate) use report::{Heading, ReportFile, replace};
pub(crate) use sheet::{Column, Sheet, cell};

//! The columns that a table of users may have, and the other names people give them.

use crate::error::Problems;
use crate::words::nearest;

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    Username,
    FirstName,
    LastName,
    Email,
    Password,
    SecurityType,
    Status,
    Department,
    Title,
    PhoneNumber,
    MobileNumber,
    Groups,
}

/// Column, its name, and other names that mean the same; compared without case, spaces, `_`, `-` and `.`.
const COLUMNS: [(Column, &str, &[&str]); 12] = [
    (Column::Username, "Username", &["user", "login", "loginname", "samaccountname", "accountname"]),
    (Column::FirstName, "FirstName", &["first", "givenname", "forename"]),
    (Column::LastName, "LastName", &["last", "surname", "familyname", "sn"]),
    (Column::Email, "Email", &["mail", "emailaddress"]),
    (Column::Password, "Password", &["initialpassword"]),
    (Column::SecurityType, "SecurityType", &["usertype", "accounttype"]),
    (Column::Status, "Status", &["userstatus", "state"]),
    (Column::Department, "Department", &["dept"]),
    (Column::Title, "Title", &["jobtitle", "position"]),
    (Column::PhoneNumber, "PhoneNumber", &["phone", "telephone", "telephonenumber", "officephone", "contactnumber"]),
    (Column::MobileNumber, "MobileNumber", &["mobile", "mobilephone", "cell", "cellphone"]),
    (Column::Groups, "Groups", &["group", "usergroups", "usergroup", "memberof"]),
];

impl Column {
    /// The name in the guide's file and in messages.
    pub fn name(self) -> &'static str {
        COLUMNS.iter().find(|(column, ..)| *column == self).map_or("", |(_, name, _)| name)
    }

    /// The column that a header cell names.
    pub fn known(header: &str) -> Option<Self> {
        let wanted = folded(header);
        COLUMNS
            .iter()
            .find(|(_, name, aliases)| folded(name) == wanted || aliases.contains(&wanted.as_str()))
            .map(|(column, ..)| *column)
    }
}

fn folded(header: &str) -> String {
    header.chars().filter(|c| !matches!(c, ' ' | '_' | '-' | '.')).flat_map(char::to_lowercase).collect()
}

/// Where each column stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// One entry per header cell.
    pub(crate) columns: Vec<Column>,
}

impl Layout {
    /// Reads a header. Unknown, doubled and missing columns go to `problems`.
    pub(crate) fn read(header: &[String], problems: &mut Problems) -> Self {
        let mut columns: Vec<Column> = Vec::with_capacity(header.len());
        let mut names: Vec<&str> = Vec::with_capacity(header.len());
        for cell in header {
            let Some(column) = Column::known(cell) else {
                problems.add(1, unknown(cell));
                continue;
            };
            if let Some(at) = columns.iter().position(|seen| *seen == column) {
                let name = column.name();
                problems.add(1, format!("the columns `{}` and `{cell}` both mean {name}", names[at]));
            }
            columns.push(column);
            names.push(cell);
        }
        let layout = Self { columns };
        if !layout.has(Column::Username) {
            problems.add(1, "the required column Username is missing");
        }
        layout
    }

    /// Whether the file has the column.
    pub(crate) fn has(&self, column: Column) -> bool {
        self.columns.contains(&column)
    }
}

fn unknown(cell: &str) -> String {
    let suggestion = nearest(cell, COLUMNS.iter().map(|(_, name, _)| *name));
    match suggestion {
        Some(name) => format!("unknown column `{cell}`; did you mean {name}?"),
        None => format!("unknown column `{cell}`; known are {}", COLUMNS.map(|(_, name, _)| name).join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &[&str]) -> (Layout, String) {
        let mut problems = Problems::of("users.csv");
        let layout = Layout::read(&header.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>(), &mut problems);
        (layout, problems.to_string())
    }

    #[test]
    fn headers_are_read_by_any_name_and_in_any_case() {
        let (layout, _) = read(&["USER NAME", "given_name", "Surname", "e-mail", "Job Title", "groups"]);
        let expected =
            [Column::Username, Column::FirstName, Column::LastName, Column::Email, Column::Title, Column::Groups];
        assert_eq!(layout.columns, expected);
    }

    #[test]
    fn unknown_doubled_and_missing_columns_are_named() {
        let (_, text) = read(&["Usrname", "Mail", "Email"]);
        assert!(text.contains("unknown column `Usrname`; did you mean Username?"), "{text}");
        assert!(text.contains("`Mail` and `Email` both mean Email"), "{text}");
        assert!(text.contains("Username is missing"), "{text}");
    }
}

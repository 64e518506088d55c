//! Reads a table of users: bytes in, checked rows out, or everything that is wrong with them at once.

use std::collections::HashMap;

use muster_model::words::SecurityType;
use secrecy::SecretString;

use super::columns::{Column, Layout};
use crate::error::{Error, Problems};
use crate::sheet::{Line, Sheet};

/// What a cell says to empty a field; a blank cell leaves it as it is.
pub const CLEAR: &str = "(clear)";

/// A table whose every row has been checked.
#[derive(Debug)]
pub struct Table {
    /// What was read: a file name, or `standard input`.
    pub name: String,
    /// Columns of the file in order, by their names in the file, without the password.
    pub header: Vec<(Column, String)>,
    pub rows: Vec<UserRow>,
}

/// What one line says about one user. An absent value is to stay as it is, an empty one is to be emptied.
#[derive(Debug, Default)]
pub struct UserRow {
    /// Line of the file, counted from 1.
    pub line: u64,
    pub username: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub password: Option<SecretString>,
    pub security_type: Option<SecurityType>,
    /// Whether the user is to be active.
    pub active: Option<bool>,
    pub department: Option<String>,
    pub title: Option<String>,
    pub phone_number: Option<String>,
    pub mobile_number: Option<String>,
    /// Names of the groups the user is to be in, each once.
    pub groups: Vec<String>,
}

impl Table {
    /// Reads and checks a whole table; `name` is for messages.
    ///
    /// # Errors
    /// [`Error::Input`] with the first problems in words and all of them counted.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let mut sheet = Sheet::open(name, bytes)?;
        let mut problems = Problems::of(name);
        let layout = Layout::read(&sheet.header, &mut problems);
        if problems.total > 0 {
            // The cells of a misread header would only bury what matters.
            return Err(Error::Input(problems));
        }
        let mut rows: Vec<UserRow> = Vec::new();
        let mut seen: HashMap<String, u64> = HashMap::new();
        let mut line = Line::new();
        while sheet.next(name, &mut line)? {
            if wrong_length(&line, &layout, sheet.delimiter, &mut problems) {
                continue;
            }
            let row = row(&line, &layout, &mut problems);
            if !row.username.is_empty()
                && let Some(first) = seen.insert(row.username.to_lowercase(), row.line)
            {
                problems.add(row.line, format!("the user `{}` is already on line {first}", row.username));
            }
            // A table with a problem is refused, so its rows need not be kept.
            if problems.total == 0 {
                rows.push(row);
            }
        }
        if rows.is_empty() && problems.total == 0 {
            problems.add(None, "the table has no row");
        }
        problems.settle()?;
        let header = layout.columns.iter().zip(sheet.header).filter_map(|(column, name)| {
            column.filter(|column| *column != Column::Password).map(|column| (column, name))
        });
        Ok(Self { name: name.to_owned(), header: header.collect(), rows })
    }

    /// Whether the file has the column.
    pub fn has(&self, column: Column) -> bool {
        self.header.iter().any(|(known, _)| *known == column)
    }

    /// The cells of a row as `(column of the file, value)`, without the password.
    pub fn input(&self, row: &UserRow) -> Vec<(String, String)> {
        self.header.iter().map(|(column, name)| (name.clone(), row.cell(*column))).collect()
    }
}

impl UserRow {
    /// A cell as text, after trimming; a password is never given out.
    fn cell(&self, column: Column) -> String {
        let text = |value: &Option<String>| match value.as_deref() {
            Some("") => CLEAR.to_owned(),
            value => value.unwrap_or_default().to_owned(),
        };
        match column {
            Column::Username => self.username.clone(),
            Column::FirstName => text(&self.first_name),
            Column::LastName => text(&self.last_name),
            Column::Email => text(&self.email),
            Column::Password => String::new(),
            Column::SecurityType => self.security_type.as_ref().map(ToString::to_string).unwrap_or_default(),
            Column::Status => {
                self.active.map(|active| if active { "Active" } else { "Inactive" }.to_owned()).unwrap_or_default()
            }
            Column::Department => text(&self.department),
            Column::Title => text(&self.title),
            Column::PhoneNumber => text(&self.phone_number),
            Column::MobileNumber => text(&self.mobile_number),
            Column::Groups => self.groups.join(";"),
        }
    }
}

/// A line with more or fewer cells than the header is shifted somewhere: no cell of it can be trusted.
fn wrong_length(line: &Line, layout: &Layout, delimiter: u8, problems: &mut Problems) -> bool {
    let (cells, columns) = (line.cells.len(), layout.columns.len());
    let surplus_is_blank = line.cells.iter().skip(columns).all(|cell| cell.trim().is_empty());
    if cells == columns || (cells > columns && surplus_is_blank) {
        return false;
    }
    let hint = match (cells > columns, delimiter) {
        (true, b';') => "; a cell that contains `;`, such as several groups, must be in quotes",
        (true, b',') => "; a cell that contains a comma must be in quotes",
        _ => "",
    };
    problems.add(line.number, format!("{cells} cells, but the header has {columns}{hint}"));
    true
}

fn row(line: &Line, layout: &Layout, problems: &mut Problems) -> UserRow {
    let mut row = UserRow { line: line.number, ..UserRow::default() };
    for (cell, column) in line.cells.iter().zip(&layout.columns) {
        let cell = cell.trim();
        let Some(column) = *column else {
            if !cell.is_empty() {
                problems.add(line.number, format!("`{cell}` stands in a column without a name"));
            }
            continue;
        };
        if cell.is_empty() {
            continue;
        }
        if cell.contains(char::is_control) {
            let name = column.name();
            problems.add(
                line.number,
                format!("{name} runs over several lines or has control characters: is a quote left open?"),
            );
            continue;
        }
        set(&mut row, column, cell, problems);
    }
    if row.username.is_empty() {
        problems.add(line.number, "Username is blank");
    }
    row
}

fn set(row: &mut UserRow, column: Column, cell: &str, problems: &mut Problems) {
    let clear = cell.eq_ignore_ascii_case(CLEAR);
    let text = Some(if clear { String::new() } else { cell.to_owned() });
    match column {
        Column::Department | Column::Title | Column::PhoneNumber | Column::MobileNumber => {}
        _ if clear => return problems.add(row.line, format!("{} cannot be cleared", column.name())),
        _ => {}
    }
    match column {
        Column::Username => cell.clone_into(&mut row.username),
        Column::FirstName => row.first_name = text,
        Column::LastName => row.last_name = text,
        Column::Email if mail_shaped(cell) => row.email = text,
        Column::Email => problems.add(row.line, format!("`{cell}` is not an e-mail address")),
        Column::Password => row.password = Some(SecretString::from(cell)),
        Column::SecurityType => match SecurityType::known(cell) {
            Some(kind) => row.security_type = Some(kind),
            None => problems.add(row.line, format!("SecurityType `{cell}` is neither Directory nor Basic")),
        },
        Column::Status if cell.eq_ignore_ascii_case("Active") => row.active = Some(true),
        Column::Status if cell.eq_ignore_ascii_case("Inactive") => row.active = Some(false),
        Column::Status => problems.add(row.line, format!("Status `{cell}` is neither Active nor Inactive")),
        Column::Department => row.department = text,
        Column::Title => row.title = text,
        Column::PhoneNumber => row.phone_number = text,
        Column::MobileNumber => row.mobile_number = text,
        Column::Groups => {
            for group in cell.split(';').map(str::trim).filter(|group| !group.is_empty()) {
                if !row.groups.iter().any(|known| known == group) {
                    row.groups.push(group.to_owned());
                }
            }
        }
    }
}

/// One `@` with something on both sides and no blank: enough to catch a shifted column, no more.
fn mail_shaped(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        let labels = domain.split('.').all(|label| !label.is_empty());
        !local.is_empty() && labels && !domain.contains('@') && !text.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Table::read("users.csv", text.as_bytes()).expect_err("refused").to_string()
    }

    #[test]
    fn a_row_says_only_what_is_in_it() {
        let text = "Username,FirstName,Email,Groups,Status,Password\n jane ,Jane,, IT Admins ; All Users;IT Admins ,active,s3cret\n";
        let table = Table::read("users.csv", text.as_bytes()).expect("reads");
        let [row] = table.rows.as_slice() else { panic!("one row") };
        assert_eq!((row.line, row.username.as_str(), row.email.as_deref()), (2, "jane", None));
        assert_eq!(row.groups, ["IT Admins", "All Users"]);
        assert_eq!(row.active, Some(true));
        let input = table.input(row);
        assert_eq!(input.len(), 5, "without the password: {input:?}");
        assert!(!format!("{table:?}").contains("s3cret"));
    }

    #[test]
    fn every_problem_of_every_row_is_collected() {
        let text = refused(
            "Username,FirstName,Email,SecurityType,Status\n\
             jane,Jane,jane@corp.example,Basic,Active\n\
             ,Nobody,n@corp.example,,\n\
             JANE,Jane,not-an-address,LDAP,Gone\n\
             john,John,j@corp.example,Basic,Active,surplus\n\
             short,Line\n",
        );
        for expected in [
            "7 problems",
            "line 3: Username is blank",
            "line 4: the user `JANE` is already on line 2",
            "line 4: `not-an-address` is not an e-mail address",
            "line 4: SecurityType `LDAP` is neither Directory nor Basic",
            "line 4: Status `Gone` is neither Active nor Inactive",
            "line 5: 6 cells, but the header has 5; a cell that contains a comma must be in quotes",
            "line 6: 2 cells",
        ] {
            assert!(text.contains(expected), "`{expected}` in: {text}");
        }
    }

    #[test]
    fn a_field_is_emptied_only_on_purpose() {
        let text = "Username,Title,Department,Email\njane,(clear),,\njohn,,,(Clear)\n";
        assert!(refused(text).contains("line 3: Email cannot be cleared"));
        let table = Table::read("users.csv", text.replace("(Clear)", "").as_bytes()).expect("reads");
        let [jane, john] = table.rows.as_slice() else { panic!("two rows") };
        assert_eq!((jane.title.as_deref(), jane.department.as_deref(), john.title.as_deref()), (Some(""), None, None));
        assert_eq!(table.input(jane)[1].1, "(clear)");
        assert!(refused("Username,Title\n\n").contains("the table has no row"));
    }

    #[test]
    fn groups_of_a_semicolon_file_must_be_quoted() {
        let text = refused("Username;Groups\njane;IT Admins;All Users\n");
        assert!(text.contains("several groups, must be in quotes"), "{text}");
        let table = Table::read("users.csv", b"Username;Groups\njane;\"IT Admins;All Users\"\n").expect("reads");
        assert_eq!(table.rows[0].groups, ["IT Admins", "All Users"]);
    }

    #[test]
    fn a_quote_left_open_is_caught() {
        let text = refused("Username,Title\njane,\"Head\njohn,Desk\n");
        assert!(text.contains("is a quote left open?"), "{text}");
    }

    #[test]
    fn mail_addresses_are_told_from_other_texts() {
        for good in ["a@b.c", "john.doe+x@corp.example", "root@localhost"] {
            assert!(mail_shaped(good), "{good}");
        }
        for bad in ["a", "@b.c", "a@", "a@b@c", "a b@c.d", "a@b..c", "a@.c"] {
            assert!(!mail_shaped(bad), "{bad}");
        }
    }
}

//! Reads a table of users: bytes in, checked rows out, or everything that is wrong with them at once.

use std::collections::HashMap;

use muster_model::words::SecurityType;
use secrecy::SecretString;

use super::columns::{Column, Layout};
use crate::error::{Error, Problems};
use crate::selection::list::in_state;
use crate::sheet::{Line, Sheet};

/// What a cell says to empty a field; a blank cell leaves it as it is.
pub const CLEAR: &str = "(clear)";

/// What stands for a password in a plan and in a report.
const LEFT_OUT: &str = "(left out)";

/// A table whose every row has been checked.
#[derive(Debug)]
pub struct Table {
    /// What was read: a file name, or `standard input`.
    pub name: String,
    /// Columns of the file in order, by their names in the file.
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
    /// Whether the row had a password before it went through a report, where none is shown.
    pub password_left_out: bool,
    pub security_type: Option<SecurityType>,
    /// Whether the user is to be active.
    pub active: Option<bool>,
    pub department: Option<String>,
    pub title: Option<String>,
    pub phone_number: Option<String>,
    pub mobile_number: Option<String>,
    /// Names of the groups the user is to be in, each once.
    pub groups: Vec<String>,
    /// The cells as they are in the file, without the password.
    cells: Vec<String>,
    /// The states that an earlier run left it in, if the file is its report. The engine's own rows are one per change.
    states: Vec<String>,
}

impl Table {
    /// Reads and checks a whole table; `name` is for messages.
    ///
    /// # Errors
    /// [`Error::Input`] with the first problems in words and all of them counted.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let mut sheet = Sheet::open(name, bytes)?;
        named_once(&mut sheet);
        let mut problems = Problems::of(name);
        let layout = Layout::read(&sheet.header, &mut problems);
        if problems.total > 0 {
            // The cells of a misread header would only bury what matters.
            return Err(Error::Input(problems));
        }
        let mut rows: Vec<UserRow> = Vec::new();
        let mut seen: HashMap<String, (u64, usize)> = HashMap::new();
        let mut line = Line::default();
        while sheet.next(name, &mut line)? {
            if let Some(fault) = line.fault.take() {
                problems.add(line.number, fault);
                continue;
            }
            let row = row(&line, &layout, &mut problems);
            match seen.get(&row.username.to_lowercase()) {
                Some((_, at)) if sheet.report && rows.get(*at).is_some_and(|first| first.cells == row.cells) => {
                    rows[*at].states.extend(row.states);
                    continue;
                }
                Some((first, _)) => {
                    problems.add(row.line, format!("the user `{}` is already on line {first}", row.username));
                }
                None if !row.username.is_empty() => {
                    seen.insert(row.username.to_lowercase(), (row.line, rows.len()));
                }
                None => {}
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
        let header = layout.columns.into_iter().zip(sheet.header).collect();
        Ok(Self { name: name.to_owned(), header, rows })
    }

    /// Whether the file has the column.
    pub fn has(&self, column: Column) -> bool {
        self.header.iter().any(|(known, _)| *known == column)
    }

    /// The cells of a row as `(column of the file, value)`, without the password.
    pub fn input(&self, row: &UserRow) -> Vec<(String, String)> {
        self.header.iter().map(|(_, name)| name.clone()).zip(row.cells.iter().cloned()).collect()
    }

    /// Keeps the rows that an earlier report says are in this state.
    ///
    /// # Errors
    /// [`Error::Usage`] if the file is no report of an earlier run, or nothing is left.
    pub fn only(self, state: &str) -> Result<Self, Error> {
        let found = |row: &UserRow| row.states.iter().any(|known| known == state);
        let status = |row: &UserRow| match (row.states.as_slice(), found(row)) {
            ([], _) => None,
            (_, true) => Some(state.to_owned()),
            ([first, ..], false) => Some(first.clone()),
        };
        Ok(Self { rows: in_state(self.rows, state, status)?, ..self })
    }
}

/// A report says who a row is about in a column of its own if the file calls it otherwise.
fn named_once(sheet: &mut Sheet<'_>) {
    let names = |name: &String| Column::known(name) == Some(Column::Username);
    if sheet.report
        && sheet.header.iter().filter(|name| names(name)).count() > 1
        && let Some(ours) = sheet.header.iter().rposition(names)
    {
        sheet.leave_out(ours);
    }
}

fn row(line: &Line, layout: &Layout, problems: &mut Problems) -> UserRow {
    let shown = |(cell, column): (&String, &Column)| match column {
        Column::Password if !cell.is_empty() => LEFT_OUT.to_owned(),
        _ => cell.clone(),
    };
    let cells = line.cells.iter().zip(&layout.columns).map(shown).collect();
    let states = line.status.iter().cloned().collect();
    let mut row = UserRow { line: line.number, cells, states, ..UserRow::default() };
    for (cell, column) in line.cells.iter().zip(&layout.columns) {
        let column = *column;
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
        Column::Password if cell == LEFT_OUT => row.password_left_out = true,
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

    fn owned((name, text): (&str, &str)) -> (String, String) {
        (name.to_owned(), text.to_owned())
    }

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
        assert_eq!(
            input[3..],
            [("Groups", "IT Admins ; All Users;IT Admins"), ("Status", "active"), ("Password", "(left out)")]
                .map(owned)
        );
        assert!(!format!("{table:?}").contains("s3cret"));
    }

    #[test]
    fn a_report_is_a_table_again() {
        let ending = "Action,Success,UserId,GroupsAssigned,Error,Timestamp,status,reason,class,attempt,command_id,at";
        let text = format!(
            "Login,Status (input),Password,Username,{ending}\n\
             jane,Active,(left out),jane,Failed,False,,0,late,2026-01-01T00:00:00Z,failed,late,throttled,1,,\n\
             john,,,john,Updated,True,7,0,,2026-01-01T00:00:00Z,done,,,1,,\n"
        );
        let table = Table::read("report.csv", text.as_bytes()).expect("reads").only("failed").expect("is a report");
        let [row] = table.rows.as_slice() else { panic!("one row") };
        assert_eq!((row.username.as_str(), row.active, row.password_left_out), ("jane", Some(true), true));
        assert_eq!(table.input(row), [("Login", "jane"), ("Status", "Active"), ("Password", "(left out)")].map(owned));
        // The engine's own rows are one per change.
        let ending = "user_name,action,status,reason,class,attempt,command_id,at";
        let text = format!("Username,{ending}\njane,jane,create,done,,,1,,\njane,jane,join,failed,,,1,,\n");
        let table = Table::read("report.csv", text.as_bytes()).expect("reads");
        assert_eq!(table.only("failed").expect("is a report").rows.len(), 1);
        assert!(Table::read("users.csv", b"Username\njane\n").expect("reads").only("failed").is_err());
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

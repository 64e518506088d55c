//! Devices named one by one: on the command line, in the lines of a file, or in a table of which every
//! column is kept for the report.

use std::collections::HashSet;

use muster_model::ids::DeviceId;

use crate::error::{Error, Problems};
use crate::sheet::{self, Line, Sheet};

/// A device as somebody named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub name: Name,
    /// Where it was named, for messages: `--serial`, or `line 3 of devices.txt`.
    pub place: String,
    /// Columns of the input row, in their order.
    pub input: Vec<(String, String)>,
    /// The state that an earlier run left it in, if the list is its report.
    pub status: Option<String>,
}

/// A user as somebody named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub name: String,
    /// Columns of the input row, in their order.
    pub input: Vec<(String, String)>,
    /// The state that an earlier run left it in, if the list is its report.
    pub status: Option<String>,
}

/// What a device was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    Serial(String),
    Id(DeviceId),
    /// Digits in a plain list: a serial number, or an id.
    Either(String),
    /// Both, in the columns of a table: they have to agree.
    Both {
        id: DeviceId,
        serial: String,
    },
}

impl Wanted {
    /// A device named by its serial number.
    pub fn serial(serial: &str, place: &str) -> Self {
        Self::named(Name::Serial(serial.trim().to_owned()), place)
    }

    /// A device named by its id.
    pub fn id(id: DeviceId, place: &str) -> Self {
        Self::named(Name::Id(id), place)
    }

    fn named(name: Name, place: &str) -> Self {
        Self { name, place: place.to_owned(), input: Vec::new(), status: None }
    }

    /// As it was given.
    pub fn given(&self) -> String {
        match &self.name {
            Name::Serial(text) | Name::Either(text) => text.clone(),
            Name::Id(id) | Name::Both { id, .. } => id.to_string(),
        }
    }
}

const ID_COLUMNS: [&str; 2] = ["deviceid", "id"];
const SERIAL_COLUMNS: [&str; 3] = ["serialnumber", "serial", "deviceserialnumber"];
const USER_COLUMNS: [&str; 3] = ["username", "user", "name"];

/// Reads a list of devices called `name` in messages: one serial number or id a line (`serial:` and `id:`
/// before it tell which), or a table with a column `DeviceId`, `Id`, `SerialNumber` or `Serial`. Blank lines
/// and lines that begin with `#` do not count.
///
/// # Errors
/// [`Error::Input`] with every line that names no device.
pub fn read(name: &str, bytes: &[u8]) -> Result<Vec<Wanted>, Error> {
    let (rest, before) = begin(sheet::text(name, bytes)?);
    if rest.is_empty() {
        let mut problems = Problems::of(name);
        problems.add(None, "the list names no device");
        return Err(Error::Input(problems));
    }
    let sheet = Sheet::open(name, rest.as_bytes())?;
    let of = |names: &[&str]| sheet.header.iter().position(|cell| names.contains(&folded(cell).as_str()));
    match (of(&ID_COLUMNS), of(&SERIAL_COLUMNS)) {
        (None, None) => plain(name, rest, before),
        (id, serial) => table(name, sheet, id, serial, before),
    }
}

/// Reads a list of user names: one a line, or a table with a column `Username`. Other columns are kept for the report.
///
/// # Errors
/// [`Error::Input`] with every line that names nobody.
pub fn users(name: &str, bytes: &[u8]) -> Result<Vec<User>, Error> {
    let (rest, before) = begin(sheet::text(name, bytes)?);
    let mut problems = Problems::of(name);
    let mut users = Vec::new();
    let first = rest.lines().next().unwrap_or_default();
    if !first.contains([',', ';', '\t']) && !USER_COLUMNS.contains(&folded(first).as_str()) {
        let names = rest.lines().filter(|line| !is_idle(line)).map(|line| line.trim().to_owned());
        users.extend(names.map(|name| User { name, input: Vec::new(), status: None }));
    } else {
        let mut sheet = Sheet::open(name, rest.as_bytes())?;
        no_doubles(&sheet.header, before, &mut problems);
        let at = sheet.header.iter().position(|cell| USER_COLUMNS.contains(&folded(cell).as_str()));
        let Some(at) = at else {
            problems.add(before + 1, "there is no column Username");
            return Err(Error::Input(problems));
        };
        let mut line = Line::default();
        while sheet.next(name, &mut line)? {
            let number = line.number + before;
            match (line.fault.take(), line.cells[at].as_str()) {
                (Some(fault), _) => problems.add(number, fault),
                (None, "") => problems.add(number, "names no user"),
                (None, user) => {
                    let (name, status) = (user.to_owned(), line.status.take());
                    users.push(User { name, input: input(&sheet, &line), status });
                }
            }
        }
    }
    if users.is_empty() && problems.total == 0 {
        problems.add(None, "the list names no user");
    }
    problems.settle()?;
    Ok(users)
}

/// Keeps the devices that an earlier report says are in this state.
///
/// # Errors
/// [`Error::Usage`] if the list is no report of an earlier run, or nothing is left.
pub fn only(wanted: Vec<Wanted>, state: &str) -> Result<Vec<Wanted>, Error> {
    in_state(wanted, state, |one| one.status.clone())
}

/// As [`only`], for users.
///
/// # Errors
/// As [`only`].
pub fn only_users(users: Vec<User>, state: &str) -> Result<Vec<User>, Error> {
    in_state(users, state, |one| one.status.clone())
}

/// Keeps the rows in this state.
pub(crate) fn in_state<T>(rows: Vec<T>, state: &str, status: impl Fn(&T) -> Option<String>) -> Result<Vec<T>, Error> {
    if rows.iter().any(|row| status(row).is_none()) {
        let text = "only the report of an earlier run can be narrowed down by state: the file has no column `status`";
        return Err(Error::Usage(text.to_owned()));
    }
    let kept: Vec<T> = rows.into_iter().filter(|row| status(row).as_deref() == Some(state)).collect();
    match kept.is_empty() {
        true => Err(Error::Usage(format!("the report has no row that is {state}"))),
        false => Ok(kept),
    }
}

/// The text from its first line that counts, and how many do not stand before it.
fn begin(text: &str) -> (&str, u64) {
    let (mut rest, mut before) = (text, 0);
    while let Some(line) = rest.lines().next().filter(|line| is_idle(line)) {
        rest = rest[line.len()..].trim_start_matches('\r').strip_prefix('\n').unwrap_or_default();
        before += 1;
    }
    (rest, before)
}

/// A report cannot tell two columns of one name apart.
fn no_doubles(header: &[String], before: u64, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for name in header.iter().filter(|name| !seen.insert(name.as_str())) {
        problems.add(before + 1, format!("several columns are called `{name}`"));
    }
}

fn input(sheet: &Sheet<'_>, line: &Line) -> Vec<(String, String)> {
    sheet.header.iter().cloned().zip(line.cells.iter().cloned()).collect()
}

fn is_idle(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

fn folded(header: &str) -> String {
    header.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).flat_map(char::to_lowercase).collect()
}

fn plain(name: &str, text: &str, before: u64) -> Result<Vec<Wanted>, Error> {
    let mut problems = Problems::of(name);
    let mut wanted = Vec::new();
    for (number, line) in (before + 1..).zip(text.lines()).filter(|(_, line)| !is_idle(line)) {
        let word = line.split(" #").next().unwrap_or_default().trim();
        let tagged = |tag: &str| {
            let head = word.get(..tag.len()).filter(|head| head.eq_ignore_ascii_case(tag));
            head.map(|_| word[tag.len()..].trim())
        };
        let device = if let Some(serial) = tagged("serial:") {
            Some(Name::Serial(serial.to_owned())).filter(|_| !serial.is_empty())
        } else if let Some(id) = tagged("id:") {
            id.parse().ok().map(Name::Id)
        } else if word.contains(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"')) {
            None
        } else if word.parse::<DeviceId>().is_ok() {
            Some(Name::Either(word.to_owned()))
        } else {
            Some(Name::Serial(word.to_owned()))
        };
        match device {
            Some(device) => {
                let place = format!("line {number} of {name}");
                wanted.push(Wanted::named(device, &place));
            }
            None => problems.add(
                number,
                format!("`{word}` is neither a serial number nor an id; a table needs a header with DeviceId or SerialNumber"),
            ),
        }
    }
    problems.settle()?;
    Ok(wanted)
}

fn table(
    name: &str,
    mut sheet: Sheet<'_>,
    id: Option<usize>,
    serial: Option<usize>,
    before: u64,
) -> Result<Vec<Wanted>, Error> {
    let mut problems = Problems::of(name);
    no_doubles(&sheet.header, before, &mut problems);
    let mut wanted = Vec::new();
    let mut line = Line::default();
    while sheet.next(name, &mut line)? {
        let number = line.number + before;
        if line.comment {
            continue;
        }
        if let Some(fault) = line.fault.take() {
            problems.add(number, fault);
            continue;
        }
        let cell = |at: Option<usize>| at.map(|at| line.cells[at].as_str()).filter(|cell| !cell.is_empty());
        let device = match (cell(id).map(|text| text.parse::<DeviceId>().map_err(|_| text)), cell(serial)) {
            (Some(Err(text)), _) => {
                problems.add(number, format!("`{text}` is not a device id"));
                continue;
            }
            (Some(Ok(id)), Some(serial)) => Name::Both { id, serial: serial.to_owned() },
            (Some(Ok(id)), None) => Name::Id(id),
            (None, Some(serial)) => Name::Serial(serial.to_owned()),
            (None, None) => {
                problems.add(number, "names no device");
                continue;
            }
        };
        let place = format!("line {number} of {name}");
        wanted.push(Wanted { name: device, place, input: input(&sheet, &line), status: line.status.take() });
    }
    if wanted.is_empty() && problems.total == 0 {
        problems.add(None, "the table names no device");
    }
    problems.settle()?;
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<Name> {
        read("d.txt", text.as_bytes()).expect("reads").into_iter().map(|wanted| wanted.name).collect()
    }

    #[test]
    fn lines_name_devices_by_serial_number_or_id() {
        let expected = [
            Name::Serial("F2LX".to_owned()),
            Name::Either("4711".to_owned()),
            Name::Id(DeviceId(12)),
            Name::Serial("0815".to_owned()),
        ];
        assert_eq!(names("# pilot\n\nF2LX\r\n4711 # Jane's\n id: 12\nserial:0815\n"), expected);
    }

    #[test]
    fn a_table_keeps_its_columns_and_lines() {
        let text = "# from the CMDB\nOwner;Serial Number;Device ID\nJane;F2LX;\n\nJohn;;7\nJim;C02;8\n";
        let wanted = read("d.csv", text.as_bytes()).expect("reads");
        assert_eq!(wanted[0].name, Name::Serial("F2LX".to_owned()));
        assert_eq!(wanted[1].name, Name::Id(DeviceId(7)));
        assert_eq!(wanted[1].place, "line 5 of d.csv");
        assert_eq!(wanted[2].name, Name::Both { id: DeviceId(8), serial: "C02".to_owned() });
        assert_eq!(wanted[0].input[0], ("Owner".to_owned(), "Jane".to_owned()));
    }

    #[test]
    fn the_report_of_a_run_can_be_fed_back_in_part() {
        let report = "serial_number,status,class\nA,done,\nB,failed,throttled\nC,Failed,\n";
        let wanted = read("r.csv", report.as_bytes()).expect("reads");
        let failed = only(wanted, "failed").expect("has a status");
        assert_eq!(failed.iter().map(Wanted::given).collect::<Vec<_>>(), ["B", "C"]);
        assert!(only(failed, "held").is_err(), "no row is left");
        let plain = read("r.txt", b"A\nB\n").expect("reads");
        assert!(only(plain, "failed").is_err());
    }

    #[test]
    fn users_are_named_by_lines_or_by_a_column() {
        let names =
            |text: &str| users("u.csv", text.as_bytes()).map(|users| users.into_iter().map(|user| user.name).collect());
        assert_eq!(names("# leavers\nada\ngrace\n").ok(), Some(vec!["ada".to_owned(), "grace".to_owned()]));
        assert_eq!(names("# leavers\nUsername;Site\nada;Bonn\n").ok(), Some(vec!["ada".to_owned()]));
        assert!(names("Mail,Site\na@b,Bonn\n").is_err() && names("").is_err());
    }

    #[test]
    fn lines_that_name_nothing_are_all_told() {
        for (text, expected) in [
            ("A,B\nC\n", "line 1"),
            ("# only a comment\n", "names no device"),
            ("id:x\nserial:\n", "2 problems"),
            ("Serial,Owner\nA\n,Jane\n", "line 3: names no device"),
            ("DeviceId\nx\n", "`x` is not a device id"),
            ("Serial\n", "names no device"),
            ("Serial,Site,Site\nA,x,y\n", "several columns are called `Site`"),
            ("Serial,,Site\nA,x,y\n", "line 2: `x` stands in a column without a name"),
        ] {
            let message = read("d.txt", text.as_bytes()).expect_err("refused").to_string();
            assert!(message.contains(expected), "`{expected}` in: {message}");
        }
    }
}

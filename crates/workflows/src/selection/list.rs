//! Devices named one by one: on the command line, in the lines of a file, or in a table of which every
//! column is kept for the report.

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
        Self { name: Name::Serial(serial.trim().to_owned()), place: place.to_owned(), input: Vec::new() }
    }

    /// A device named by its id.
    pub fn id(id: DeviceId, place: &str) -> Self {
        Self { name: Name::Id(id), place: place.to_owned(), input: Vec::new() }
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
    let text = sheet::text(name, bytes)?;
    let mut rest = text;
    let mut before = 0;
    while let Some(line) = rest.lines().next().filter(|line| is_idle(line)) {
        rest = rest[line.len()..].trim_start_matches('\r').strip_prefix('\n').unwrap_or_default();
        before += 1;
    }
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

/// A user's name, and the columns of the input row in their order.
pub type User = (String, Vec<(String, String)>);

/// Reads a list of user names: one a line, or a table with a column `Username`. Other columns are kept for the report.
///
/// # Errors
/// [`Error::Input`] with every line that names nobody.
pub fn users(name: &str, bytes: &[u8]) -> Result<Vec<User>, Error> {
    let text = sheet::text(name, bytes)?;
    let mut problems = Problems::of(name);
    let mut users = Vec::new();
    let first = text.lines().find(|line| !is_idle(line)).unwrap_or_default();
    if !first.contains([',', ';', '\t']) && !USER_COLUMNS.contains(&folded(first).as_str()) {
        let lines = text.lines().filter(|line| !is_idle(line));
        users.extend(lines.map(|line| (line.trim().to_owned(), Vec::new())));
    } else {
        let mut sheet = Sheet::open(name, text.as_bytes())?;
        let at = sheet.header.iter().position(|cell| USER_COLUMNS.contains(&folded(cell).as_str()));
        let Some(at) = at else {
            problems.add(1, "there is no column Username");
            return Err(Error::Input(problems));
        };
        let mut line = Line::new();
        while sheet.next(name, &mut line)? {
            match line.cells.get(at).map(str::trim).filter(|cell| !cell.is_empty()) {
                Some(user) => {
                    let cells = line.cells.iter().map(|cell| cell.trim().to_owned());
                    users.push((user.to_owned(), sheet.header.iter().cloned().zip(cells).collect()));
                }
                None => problems.add(line.number, "names no user"),
            }
        }
    }
    if users.is_empty() && problems.total == 0 {
        problems.add(None, "the list names no user");
    }
    problems.settle()?;
    Ok(users)
}

/// Keeps the rows that an earlier report says are in this state. Rows of a list without a column `status` are an error.
///
/// # Errors
/// [`Error::Usage`].
pub fn only(wanted: Vec<Wanted>, state: &str) -> Result<Vec<Wanted>, Error> {
    let status = |wanted: &Wanted| {
        let cell = wanted.input.iter().find(|(column, _)| column == "status");
        cell.map(|(_, text)| text.to_lowercase())
    };
    if wanted.iter().any(|one| status(one).is_none()) {
        let text = "only the report of an earlier run can be narrowed down by state: the file has no column `status`";
        return Err(Error::Usage(text.to_owned()));
    }
    Ok(wanted.into_iter().filter(|one| status(one).as_deref() == Some(state)).collect())
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
                wanted.push(Wanted { name: device, place, input: Vec::new() });
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
    let mut wanted = Vec::new();
    let mut line = Line::new();
    while sheet.next(name, &mut line)? {
        let number = line.number + before;
        let columns = sheet.header.len();
        if line.cells.get(0).is_some_and(|cell| cell.trim_start().starts_with('#')) {
            continue;
        }
        if line.cells.len() != columns {
            problems.add(number, format!("{} cells, but the header has {columns}", line.cells.len()));
            continue;
        }
        let cell =
            |at: Option<usize>| at.and_then(|at| line.cells.get(at)).map(str::trim).filter(|cell| !cell.is_empty());
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
        let input = sheet.header.iter().cloned().zip(line.cells.iter().map(|cell| cell.trim().to_owned()));
        wanted.push(Wanted { name: device, place: format!("line {number} of {name}"), input: input.collect() });
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
        let plain = read("r.txt", b"A\nB\n").expect("reads");
        assert!(only(plain, "failed").is_err());
    }

    #[test]
    fn users_are_named_by_lines_or_by_a_column() {
        let names =
            |text: &str| users("u.csv", text.as_bytes()).map(|users| users.into_iter().map(|(name, _)| name).collect());
        assert_eq!(names("# leavers\nada\ngrace\n").ok(), Some(vec!["ada".to_owned(), "grace".to_owned()]));
        assert_eq!(names("Username;Site\nada;Bonn\n").ok(), Some(vec!["ada".to_owned()]));
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
        ] {
            let message = read("d.txt", text.as_bytes()).expect_err("refused").to_string();
            assert!(message.contains(expected), "`{expected}` in: {message}");
        }
    }
}

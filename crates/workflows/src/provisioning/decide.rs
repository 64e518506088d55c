//! From rows to changes: who is created, who is changed in what, who joins which group. Pure.

use std::collections::HashSet;
use std::ops::Range;

use muster_engine::{Action, Draft, DraftItem, Password, Selection, Target};
use muster_model::ids::UserId;
use muster_model::users::{User, UserEdit};
use muster_model::words::SecurityType;
use secrecy::SecretString;
use serde_json::{Map, Value};

use super::columns::Column;
use super::observe::{Facts, Found};
use super::table::{Table, UserRow};
use crate::error::{Error, Problems};

/// What ought to be done about a table.
#[derive(Debug)]
pub struct Provisioning {
    pub draft: Draft,
    /// Passwords of new users, by user name. They are nowhere else.
    pub secrets: Vec<(String, SecretString)>,
    /// One entry per row, in their order.
    pub rows: Vec<RowDecision>,
}

/// What ought to be done about one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowDecision {
    pub change: Change,
    /// The user's id, if the user exists.
    pub user: Option<UserId>,
    /// Where the row's items stand in the draft.
    pub items: Range<usize>,
    /// Groups of the row that the user is in already.
    pub member_of: usize,
    /// What cannot be done about the row: groups that do not exist.
    pub problems: Vec<String>,
    /// What is left alone although the row says something about it.
    pub notes: Vec<String>,
}

/// What happens to the user of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Create,
    Update,
    /// The user is as the row wants it; perhaps a group is still to be joined.
    Keep,
}

impl Provisioning {
    /// Whether everything is as the table wants it.
    pub fn is_settled(&self) -> bool {
        self.draft.items.is_empty() && self.rows.iter().all(|row| row.problems.is_empty())
    }

    /// What people should know beside the items, once each.
    pub fn notes(&self) -> Vec<String> {
        let mut seen: HashSet<&str> = HashSet::new();
        let notes = self.rows.iter().flat_map(|row| row.problems.iter().chain(&row.notes));
        notes.filter(|note| seen.insert(note.as_str())).cloned().collect()
    }
}

/// Decides about every row.
///
/// # Errors
/// [`Error::Input`] with every row of a new user that lacks what a new user needs.
pub fn decide(table: &Table, facts: &Facts) -> Result<Provisioning, Error> {
    let mut provisioning = Provisioning {
        draft: Draft {
            purpose: format!("users provision {}", table.name),
            selection: Selection::Listed,
            items: Vec::new(),
        },
        secrets: Vec::new(),
        rows: Vec::with_capacity(table.rows.len()),
    };
    let mut problems = Problems::of(&table.name);
    for row in &table.rows {
        let decision = match facts.users.get(&row.username.to_lowercase()) {
            Some(user) => existing(table, row, user, facts, &mut provisioning),
            None => {
                complete(table, row, &mut problems);
                new(table, row, facts, &mut provisioning)
            }
        };
        provisioning.rows.push(decision);
    }
    problems.settle()?;
    Ok(provisioning)
}

/// Everything a new user needs is there.
fn complete(table: &Table, row: &UserRow, problems: &mut Problems) {
    let needed =
        [(Column::FirstName, &row.first_name), (Column::LastName, &row.last_name), (Column::Email, &row.email)];
    let missing: Vec<&str> =
        needed.into_iter().filter(|(_, value)| value.is_none()).map(|(column, _)| column.name()).collect();
    if row.password_left_out && row.security_type == Some(SecurityType::Basic) {
        let text = "a report does not show passwords: put it in again, or empty the cell for a generated one";
        problems.add(row.line, format!("`{}` is a new user whose password was left out; {text}", row.username));
    }
    if missing.is_empty() {
        return;
    }
    let (names, user) = (missing.join(", "), &row.username);
    let no_column = needed.iter().any(|(column, _)| !table.has(*column));
    let where_ = if no_column { "the file has no such column" } else { "the cell is blank" };
    problems.add(row.line, format!("`{user}` is a new user and needs {names}: {where_}"));
}

fn new(table: &Table, row: &UserRow, facts: &Facts, to: &mut Provisioning) -> RowDecision {
    let from = to.draft.items.len();
    let mut user = wanted(row);
    for field in [&mut user.department, &mut user.title, &mut user.contact_number, &mut user.mobile_number] {
        // There is nothing to empty yet.
        field.take_if(|text| text.is_empty());
    }
    // A tenant does not guess these for a new user.
    let kind = row.security_type.clone().unwrap_or(SecurityType::Directory);
    user.status = Some(row.active.unwrap_or(true));
    user.security_type = Some(kind.clone());
    let mut notes = Vec::new();
    let password = match (&row.password, kind == SecurityType::Basic) {
        (Some(secret), true) => {
            to.secrets.push((row.username.clone(), secret.clone()));
            Password::Supplied { key: row.username.clone() }
        }
        (None, true) => Password::Generated,
        (given, false) => {
            if given.is_some() {
                notes.push("passwords of Directory users are not set: their directory has them".to_owned());
            }
            Password::None
        }
    };
    let target = || Target::User { name: row.username.clone(), id: None };
    to.draft.items.push(DraftItem {
        input: table.input(row),
        ..DraftItem::new(
            target(),
            Action::CreateUser { user, password },
            format!("line {}: no such user yet", row.line),
        )
    });
    let mut problems = Vec::new();
    for name in &row.groups {
        join(table, row, name, facts, &mut problems, |item| {
            to.draft.items.push(DraftItem { target: target(), after: Some(from), ..item });
        });
    }
    RowDecision { change: Change::Create, user: None, items: from..to.draft.items.len(), member_of: 0, problems, notes }
}

fn existing(table: &Table, row: &UserRow, user: &User, facts: &Facts, to: &mut Provisioning) -> RowDecision {
    let from = to.draft.items.len();
    let target = || Target::User { name: user.user_name.clone(), id: Some(user.id.0) };
    let differences = Differences::between(user, wanted(row));
    let change = if differences.told.is_empty() { Change::Keep } else { Change::Update };
    if change == Change::Update {
        let reason = format!("line {}: {}", row.line, differences.told.join(", "));
        to.draft.items.push(DraftItem {
            input: table.input(row),
            before: Some(Value::Object(differences.before)),
            ..DraftItem::new(target(), Action::UpdateUser { changes: differences.edit }, reason)
        });
    }
    let mut notes = Vec::new();
    if row.password.is_some() {
        notes.push("passwords of users who exist are left as they are".to_owned());
    }
    let (mut problems, mut member_of) = (Vec::new(), 0);
    for name in &row.groups {
        join(table, row, name, facts, &mut problems, |item| {
            let Action::JoinUserGroup { group, .. } = &item.action else { return };
            let members = facts.members.get(group);
            if members.is_some_and(|members| members.contains(&user.user_name.to_lowercase())) {
                member_of += 1;
            } else {
                to.draft.items.push(DraftItem { target: target(), ..item });
            }
        });
    }
    RowDecision { change, user: Some(user.id.0), items: from..to.draft.items.len(), member_of, problems, notes }
}

/// Hands the item that joins a group to `push`; a group that cannot be told is a problem of the row.
fn join(
    table: &Table,
    row: &UserRow,
    name: &str,
    facts: &Facts,
    problems: &mut Vec<String>,
    push: impl FnOnce(DraftItem),
) {
    match facts.groups.get(name) {
        Some(Found::One(group)) => {
            let action = Action::JoinUserGroup { group: group.id, group_name: group.name.clone() };
            let target = Target::User { name: row.username.clone(), id: None };
            let reason = format!("not in {} yet", group.name);
            push(DraftItem { input: table.input(row), ..DraftItem::new(target, action, reason) });
        }
        Some(Found::Several(ids)) => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            problems.push(format!("several groups are called {name}: ids {}", ids.join(", ")));
        }
        Some(Found::Missing { suggestion: Some(word) }) => {
            problems.push(format!("group not found: {name} (did you mean {word}?)"));
        }
        Some(Found::Missing { suggestion: None }) | None => problems.push(format!("group not found: {name}")),
    }
}

/// What a row says about a user, without the password.
fn wanted(row: &UserRow) -> UserEdit {
    UserEdit {
        user_name: row.username.clone(),
        first_name: row.first_name.clone(),
        last_name: row.last_name.clone(),
        email: row.email.clone(),
        security_type: row.security_type.clone(),
        status: row.active,
        contact_number: row.phone_number.clone(),
        mobile_number: row.mobile_number.clone(),
        department: row.department.clone(),
        title: row.title.clone(),
        ..UserEdit::default()
    }
}

/// Where a user is not as wanted.
struct Differences {
    /// Only the fields that differ.
    edit: UserEdit,
    /// `Title: Clerk -> Head`, one per field.
    told: Vec<String>,
    /// The fields as they are now.
    before: Map<String, Value>,
}

impl Differences {
    fn between(user: &User, wanted: UserEdit) -> Self {
        let mut found = Self {
            edit: UserEdit { user_name: user.user_name.clone(), ..UserEdit::default() },
            told: Vec::new(),
            before: Map::new(),
        };
        let same = |now: &str, wanted: &str| now == wanted;
        // Tenants store addresses in whatever case they like.
        let same_mail = |now: &str, wanted: &str| now.to_lowercase() == wanted.to_lowercase();
        found.edit.first_name = found.text("FirstName", &user.first_name, wanted.first_name, same);
        found.edit.last_name = found.text("LastName", &user.last_name, wanted.last_name, same);
        found.edit.email = found.text("Email", &user.email, wanted.email, same_mail);
        found.edit.department = found.text("Department", &user.department, wanted.department, same);
        found.edit.title = found.text("Title", &user.title, wanted.title, same);
        found.edit.contact_number = found.text("PhoneNumber", &user.contact_number, wanted.contact_number, same);
        found.edit.mobile_number = found.text("MobileNumber", &user.mobile_number, wanted.mobile_number, same);
        let kind = wanted.security_type.as_ref().map(ToString::to_string);
        let kind = found.text("SecurityType", user.security_type.as_str(), kind, same);
        found.edit.security_type = kind.map(|word| SecurityType::from(word.as_str()));
        let word = |active| if active { "Active" } else { "Inactive" };
        let status = wanted.status.map(|active| word(active).to_owned());
        found.edit.status = found.text("Status", word(user.status), status, same).and(wanted.status);
        found
    }

    /// The wanted text if it differs from the present one.
    fn text(
        &mut self,
        name: &str,
        now: &str,
        wanted: Option<String>,
        same: impl Fn(&str, &str) -> bool,
    ) -> Option<String> {
        let wanted = wanted.filter(|wanted| !same(now.trim(), wanted))?;
        let shown = |text: &str| if text.is_empty() { "(none)".to_owned() } else { text.to_owned() };
        self.told.push(format!("{name}: {} -> {}", shown(now), shown(&wanted)));
        self.before.insert(name.to_owned(), Value::from(now));
        Some(wanted)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use muster_client::UserGroup;
    use muster_model::ids::{UserGroupId, Wrapped};
    use secrecy::ExposeSecret;

    use super::*;

    const TABLE: &str = "Username,FirstName,LastName,Email,Title,SecurityType,Password,Groups\n\
         new.basic,Nia,Basic,nia@corp.example,,Basic,s3cret,All Users\n\
         new.generated,Gil,Generated,gil@corp.example,,Basic,,\n\
         new.directory,Dee,Directory,dee@corp.example,Clerk,,other,All Users;Al Users\n\
         JANE,Jane,Doe,JANE@corp.example,Head,,ignored,All Users;IT Admins\n\
         john,,,,,,,\n";

    fn facts() -> Facts {
        let user = |id, name: &str, title: &str| User {
            id: Wrapped(UserId(id)),
            user_name: name.to_owned(),
            first_name: "Jane".to_owned(),
            last_name: "Doe".to_owned(),
            email: "jane@corp.example".to_owned(),
            title: title.to_owned(),
            status: true,
            ..User::default()
        };
        let group = |id, name: &str| {
            (name.to_owned(), Found::One(UserGroup { id: UserGroupId(id), name: name.to_owned(), user_count: 0 }))
        };
        let missing = ("Al Users".to_owned(), Found::Missing { suggestion: Some("All Users".to_owned()) });
        let users = [user(7, "jane", "Clerk"), user(8, "john", "")];
        Facts {
            users: users.into_iter().map(|user| (user.user_name.clone(), user)).collect(),
            groups: [group(1, "All Users"), group(2, "IT Admins"), missing].into_iter().collect(),
            members: [(UserGroupId(1), HashSet::from(["jane".to_owned()]))].into_iter().collect(),
        }
    }

    fn decided(text: &str) -> Provisioning {
        let table = Table::read("users.csv", text.as_bytes()).expect("reads");
        decide(&table, &facts()).expect("decides")
    }

    #[test]
    fn every_row_becomes_exactly_what_is_missing() {
        let provisioning = decided(TABLE);
        let told: Vec<String> = provisioning
            .draft
            .items
            .iter()
            .map(|item| {
                format!("{}: {} | {} | {:?}", item.target.name(), item.action.describe(), item.reason, item.after)
            })
            .collect();
        assert_eq!(
            told,
            [
                "new.basic: create user new.basic | line 2: no such user yet | None",
                "new.basic: join group All Users | not in All Users yet | Some(0)",
                "new.generated: create user new.generated | line 3: no such user yet | None",
                "new.directory: create user new.directory | line 4: no such user yet | None",
                "new.directory: join group All Users | not in All Users yet | Some(3)",
                "jane: set Title | line 5: Title: Clerk -> Head | None",
                "jane: join group IT Admins | not in IT Admins yet | None",
            ]
        );
        assert_eq!(provisioning.rows[2].problems, ["group not found: Al Users (did you mean All Users?)"]);
        assert_eq!(provisioning.rows[3].member_of, 1);
        assert_eq!(provisioning.rows[4].change, Change::Keep);
        assert!(!provisioning.is_settled());
    }

    #[test]
    fn passwords_leave_the_draft() {
        let provisioning = decided(TABLE);
        let [(key, secret)] = provisioning.secrets.as_slice() else { panic!("one secret") };
        assert_eq!((key.as_str(), secret.expose_secret()), ("new.basic", "s3cret"));
        let passwords: Vec<Password> = provisioning
            .draft
            .items
            .iter()
            .filter_map(|item| match &item.action {
                Action::CreateUser { user, password } => user.password.is_none().then(|| password.clone()),
                _ => None,
            })
            .collect();
        let supplied = Password::Supplied { key: "new.basic".to_owned() };
        assert_eq!(passwords, [supplied, Password::Generated, Password::None]);
        let input = format!("{:?}", provisioning.draft.items);
        assert!(!input.contains("s3cret") && !input.contains("ignored"), "{input}");
    }

    #[test]
    fn a_new_user_without_a_name_is_refused_with_all_others() {
        let text = "Username,FirstName\nnobody,No\njane,Jane\nnoone,\n";
        let table = Table::read("users.csv", text.as_bytes()).expect("reads");
        let message = decide(&table, &facts()).expect_err("refused").to_string();
        assert!(message.contains("line 2: `nobody` is a new user and needs LastName, Email"), "{message}");
        assert!(message.contains("line 4: `noone` is a new user and needs FirstName, LastName, Email"), "{message}");
        assert!(!message.contains("jane"), "{message}");
    }

    #[test]
    fn a_password_that_a_report_left_out_is_not_made_up() {
        let text = "Username,FirstName,LastName,Email,SecurityType,Password\n\
             new,N,N,n@corp.example,Basic,(left out)\nother,O,O,o@corp.example,,(left out)\njane,,,,,(left out)\n";
        let table = Table::read("report.csv", text.as_bytes()).expect("reads");
        let message = decide(&table, &facts()).expect_err("refused").to_string();
        assert!(message.contains("line 2: `new` is a new user whose password was left out"), "{message}");
        assert!(!message.contains("line 3") && !message.contains("line 4"), "{message}");
    }

    #[test]
    fn a_table_that_is_met_asks_for_nothing() {
        let provisioning = decided("Username,FirstName,Title,Groups\njane,Jane,Clerk,All Users\njohn,,,\n");
        assert!(provisioning.is_settled(), "{:?}", provisioning.draft.items);
    }
}

//! Enrollment users in both dialects: they differ in the words, in what an absent field means, and in
//! how a user is made inactive.

mod bulk;
mod details;
mod implied;
mod more;
mod second;

pub(super) use bulk::{summary, values};

use muster_model::error::code;
use muster_model::ids::{Created, UserId};
use muster_model::users::{Activate, Add, Deactivate, Get, Search, Update, User, UserEdit, UserPage, UserQuery};
use muster_model::words::SecurityType;
use muster_model::{Call, Nothing, guide};
use muster_store::Transaction;

use super::context::Context;
use super::refusal::Refusal;
use super::table::{Outcome, Table};
use crate::store::page::Page;
use crate::store::users::{self, Wanted};
use crate::store::{objects, organization_groups};

const ROLE: &str = "Full Access";

pub(super) fn routes(table: &mut Table) {
    bulk::routes(table);
    more::routes(table);
    second::routes(table);
    implied::routes(table);
}

pub(super) async fn search(context: Context, call: Call<Search>) -> Outcome<Search> {
    page(&context, &call.query).await
}

pub(super) async fn guide_search(context: Context, call: Call<guide::UsersSearch>) -> Outcome<guide::UsersSearch> {
    page(&context, &call.query).await
}

async fn page(context: &Context, query: &UserQuery) -> Result<UserPage, Refusal> {
    let active = match query.status.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None => None,
        Some("active" | "true") => Some(true),
        Some("inactive" | "false") => Some(false),
        Some(other) => {
            let message = format!("'{other}' is not a valid value of status. Valid are: Active, Inactive.");
            return Err(Refusal::new(400, code::UNPROCESSABLE, message));
        }
    };
    let page = Page::asked(query.page, query.pagesize);
    let owners = match query.locationgroup_id {
        None => Vec::new(),
        Some(group) => {
            let top = super::organization_groups::named(context, group).await?;
            organization_groups::ids_below(context.database(), top.id).await?
        }
    };
    let wanted = Wanted {
        username: query.username.as_deref(),
        first_name: query.firstname.as_deref(),
        last_name: query.lastname.as_deref(),
        email: query.email.as_deref(),
        role: query.role.as_deref(),
        active,
        owners: &owners,
        order_by: query.orderby.as_deref(),
        descending: query.sortorder.as_deref().is_some_and(|word| word.to_ascii_lowercase().starts_with("desc")),
        ..Wanted::default()
    };
    let (users, total) = users::search(context.database(), &wanted, page, context.scope()).await?;
    Ok(UserPage { users, page: page.number, page_size: page.size, total, ..Default::default() })
}

pub(super) async fn get(context: Context, call: Call<Get>) -> Outcome<Get> {
    one(&context, call.path).await
}

pub(super) async fn guide_get(context: Context, call: Call<guide::UsersGet>) -> Outcome<guide::UsersGet> {
    one(&context, call.path).await
}

async fn one(context: &Context, id: UserId) -> Result<User, Refusal> {
    users::get(context.database(), id, context.scope()).await?.ok_or_else(|| missing(id))
}

fn missing(id: UserId) -> Refusal {
    Refusal::not_found(format!("User not found: {id}."))
}

pub(super) async fn add(context: Context, call: Call<Add>) -> Outcome<Add> {
    make(&context, call.body).await
}

pub(super) async fn guide_add(context: Context, call: Call<guide::UsersAdd>) -> Outcome<guide::UsersAdd> {
    make(&context, call.body.into()).await
}

async fn make(context: &Context, edit: UserEdit) -> Result<Created, Refusal> {
    let basic = matches!(edit.security_type, None | Some(SecurityType::Basic));
    if basic && edit.password.as_deref().unwrap_or_default().is_empty() {
        return Err(Refusal::bad("The Password field is required for a user of security type Basic."));
    }
    let details = details::said(&edit.other.to_map())?;
    let blank = User { status: true, security_type: SecurityType::Basic, role: ROLE.to_owned(), ..User::default() };
    let status = edit.status.unwrap_or(true);
    let user = User { status, ..merged(blank, edit) };
    let mut tx = context.begin().await?;
    let group = check(context, &mut tx, &user, None).await?;
    let (id, uuid) = users::add(&mut tx, &user, group, context.now()).await?;
    users::set_details(&mut tx, id, details).await?;
    tx.commit().await?;
    Ok(Created { value: id.0, uuid: Some(uuid), ..Default::default() })
}

/// The guide changes what is sent, also whether the user is active.
pub(super) async fn guide_update(context: Context, call: Call<guide::UsersUpdate>) -> Outcome<guide::UsersUpdate> {
    change(&context, call.path, call.body.into(), |current, edit| {
        let status = edit.status.unwrap_or(current.status);
        User { status, ..merged(current, edit) }
    })
    .await
}

/// The published API takes the body for the whole user: a field that is absent becomes empty. Whether
/// the user is active is not changed here.
pub(super) async fn update(context: Context, call: Call<Update>) -> Outcome<Update> {
    change(&context, call.path, call.body, |current, edit| {
        let bare = User {
            id: current.id,
            status: current.status,
            security_type: current.security_type,
            role: current.role,
            location_group_id: current.location_group_id,
            ..User::default()
        };
        merged(bare, edit)
    })
    .await
}

async fn change(
    context: &Context,
    id: UserId,
    edit: UserEdit,
    apply: impl FnOnce(User, UserEdit) -> User,
) -> Result<Nothing, Refusal> {
    let mut tx = context.begin().await?;
    let current = users::get_in(&mut tx, id, context.scope()).await?.ok_or_else(|| missing(id))?;
    let details = details::said(&edit.other.to_map())?;
    let user = apply(current, edit);
    let group = check(context, &mut tx, &user, Some(id)).await?;
    users::write(&mut tx, &user, group, context.now()).await?;
    users::set_details(&mut tx, id, details).await?;
    tx.commit().await?;
    Ok(Nothing)
}

/// A user with the fields of an edit that are there, except whether it is active.
fn merged(user: User, edit: UserEdit) -> User {
    let or = |new: Option<String>, old: String| new.map_or(old, |new| new.trim().to_owned());
    let name = edit.user_name.trim();
    User {
        user_name: if name.is_empty() { user.user_name } else { name.to_owned() },
        first_name: or(edit.first_name, user.first_name),
        last_name: or(edit.last_name, user.last_name),
        email: or(edit.email, user.email),
        security_type: edit.security_type.unwrap_or(user.security_type),
        contact_number: or(edit.contact_number, user.contact_number),
        mobile_number: or(edit.mobile_number, user.mobile_number),
        department: or(edit.department, user.department),
        title: or(edit.title, user.title),
        role: or(edit.role, user.role),
        location_group_id: or(edit.location_group_id, user.location_group_id),
        ..user
    }
}

/// Whether a user may be kept like this: required fields, a free name, a group that exists. Answers the
/// group's id.
async fn check(context: &Context, tx: &mut Transaction, user: &User, id: Option<UserId>) -> Result<i64, Refusal> {
    let required = [
        ("UserName", &user.user_name),
        ("FirstName", &user.first_name),
        ("LastName", &user.last_name),
        ("Email", &user.email),
    ];
    if let Some((name, _)) = required.iter().find(|(_, value)| value.is_empty()) {
        return Err(Refusal::bad(format!("The {name} field is required.")));
    }
    let well_formed = user.email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !well_formed || user.email.contains(char::is_whitespace) {
        return Err(Refusal::invalid(format!("'{}' is not a valid email address.", user.email)));
    }
    if let SecurityType::Other(word) = &user.security_type {
        return Err(Refusal::invalid(format!("'{word}' is not a valid security type. Valid are: Directory, Basic.")));
    }
    if users::id_of(tx, &user.user_name).await?.is_some_and(|owner| Some(owner) != id) {
        return Err(Refusal::invalid(format!("A user of the name '{}' exists already.", user.user_name)));
    }
    if user.location_group_id.is_empty() {
        return Ok(context.caller.group);
    }
    let no_group = || Refusal::no_group(&user.location_group_id);
    let group: i64 = user.location_group_id.parse().map_err(|_| no_group())?;
    let found = organization_groups::find(tx, objects::Key::Id(group), context.scope()).await?;
    found.map(|group| group.id).ok_or_else(no_group)
}

pub(super) async fn activate(context: Context, call: Call<Activate>) -> Outcome<Activate> {
    set_active(&context, call.path, true).await
}

pub(super) async fn deactivate(context: Context, call: Call<Deactivate>) -> Outcome<Deactivate> {
    set_active(&context, call.path, false).await
}

async fn set_active(context: &Context, id: UserId, active: bool) -> Result<Nothing, Refusal> {
    let mut tx = context.begin().await?;
    let user = users::get_in(&mut tx, id, context.scope()).await?.ok_or_else(|| missing(id))?;
    differs(&user, active)?;
    users::set_active(&mut tx, id, active, context.now()).await?;
    tx.commit().await?;
    Ok(Nothing)
}

/// Making an active user active is refused (reference §5.3).
fn differs(user: &User, active: bool) -> Result<(), Refusal> {
    if user.status == active {
        let word = if active { "active" } else { "inactive" };
        return Err(Refusal::invalid(format!("User is already {word}.")));
    }
    Ok(())
}

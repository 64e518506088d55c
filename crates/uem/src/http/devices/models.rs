//! Makers and models, as far as devices of them are known.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::{makers, words};
use crate::store::devices::Wanted;
use crate::store::devices::counts::{self, Kind};
use crate::store::page::Page;

async fn kinds(context: &Context, wanted: &Wanted) -> Result<Vec<Kind>, Refusal> {
    Ok(counts::kinds(context.database(), wanted, context.scope()).await?)
}

fn contains(text: &str, part: Option<&str>) -> bool {
    part.is_none_or(|part| text.to_lowercase().contains(&part.to_lowercase()))
}

/// One page of a list that is short enough to be made whole.
fn cut<T>(all: impl IntoIterator<Item = T>, page: Page) -> Vec<T> {
    let (size, number) = (page.size as usize, page.number as usize);
    all.into_iter().skip(size.saturating_mul(number)).take(size).collect()
}

/// Makers of a platform's devices.
pub(super) async fn manufacturers(context: Context, given: Given) -> Result<Said, Refusal> {
    let platform = words::platform(Some(given.text("deviceType")))?;
    let found = kinds(&context, &Wanted { platform, ..Wanted::default() }).await?;
    let makers: BTreeSet<(i64, &str)> = found.iter().map(|kind| makers::of(&kind.model)).collect();
    let makers = makers.into_iter().filter(|(_, name)| contains(name, given.asked("search")));
    let shown: Vec<Value> =
        cut(makers, given.page()?).into_iter().map(|(id, name)| json!({ "id": id, "name": name })).collect();
    let total = shown.len() as u64;
    Ok(Said::list(shown.into(), total))
}

/// Models of a maker. A model's number follows from its name.
pub(super) async fn models(context: Context, given: Given) -> Result<Said, Refusal> {
    let maker = given.id("manufacturerId");
    if makers::named(maker).is_none() {
        return Err(Refusal::bad(format!("There is no manufacturer {maker}.")));
    }
    let found = kinds(&context, &Wanted::default()).await?;
    let models: BTreeSet<&str> = found.iter().map(|kind| kind.model.as_str()).collect();
    let models =
        models.into_iter().filter(|model| makers::of(model).0 == maker && contains(model, given.asked("search")));
    let shown: Vec<Value> =
        cut(models, given.page()?).into_iter().map(|name| json!({ "id": number(name), "name": name })).collect();
    let total = shown.len() as u64;
    Ok(Said::list(shown.into(), total))
}

fn number(model: &str) -> u64 {
    1_000 + model.bytes().fold(7_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 900_000)
}

/// Models of several makers, searched.
pub(super) async fn details(context: Context, given: Given) -> Result<Said, Refusal> {
    let number_of = |name: &str| given.member_id(name).and_then(|number| u32::try_from(number).ok());
    let page = Page::asked(number_of("page"), number_of("page_size"));
    let wanted: Vec<String> = given
        .member("device_manufacturers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_lowercase))
        .collect();
    if wanted.is_empty() {
        return Err(Refusal::shape("The device_manufacturers field needs at least one name."));
    }
    let found = kinds(&context, &Wanted::default()).await?;
    let models: BTreeSet<&str> = found.iter().map(|kind| kind.model.as_str()).collect();
    let text = given.member_text("search_text");
    let fits = |model: &&str| wanted.contains(&makers::of(model).1.to_lowercase()) && contains(model, text);
    let models: Vec<&str> = models.into_iter().filter(fits).collect();
    let total = models.len();
    let row = |model: &str| {
        json!({
            "device_manufacturer_name": makers::of(model).1, "model": model, "model_number": number(model).to_string(),
            "reported_name": model,
        })
    };
    let rows: Vec<Value> = cut(models, page).into_iter().map(row).collect();
    let answer = json!({ "results": rows, "page": page.number, "page_size": page.size, "total_results": total });
    Ok(Said::json(200, answer))
}

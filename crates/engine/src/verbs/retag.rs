//! Change a device's tags. The tenant knows only whole sets, so the set is read first.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::ids::DeviceId;
use serde_json::json;

use super::{Applied, Evidence, Failure, Tools, Verb};

pub(super) struct Retag {
    pub device: DeviceId,
    pub add: Vec<String>,
    pub remove: Vec<String>,
}

#[async_trait]
impl Verb for Retag {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let device = tools.client.device(self.device).await.map_err(|error| Failure::before(&error))?;
        let tags = device.tags.as_deref().unwrap_or_default();
        let Some(wanted) = self.change(tags) else {
            return Ok(Applied::already("the tags are so already"));
        };
        tools.before(json!({ "tags": tags })).await?;
        let sent = tools.writer.set_tags(&device, &wanted).await;
        sent.map(|receipt| Applied::sent(receipt.command_id)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let device = tools.client.device(self.device).await.map_err(|error| Failure::after(&error))?;
        Ok(match self.change(device.tags.as_deref().unwrap_or_default()) {
            None => Evidence::Fulfilled { command_id: None },
            Some(_) => Evidence::Absent,
        })
    }
}

impl Retag {
    /// The set that the tags become, or `None` if they stay. Tags are told apart without regard to case,
    /// as the tenant does; a tag that is both added and removed is added.
    fn change(&self, tags: &[String]) -> Option<Vec<String>> {
        let among = |list: &[String], tag: &str| list.iter().any(|other| other.eq_ignore_ascii_case(tag));
        let kept = tags.iter().filter(|tag| !among(&self.remove, tag) || among(&self.add, tag));
        let mut wanted: Vec<String> = kept.cloned().collect();
        for tag in &self.add {
            if !among(&wanted, tag) {
                wanted.push(tag.clone());
            }
        }
        (wanted != tags).then_some(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_added_and_removed_beside_the_others() {
        let texts = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
        let change = |tags: &[&str], add: &[&str], remove: &[&str]| {
            Retag { device: DeviceId(1), add: texts(add), remove: texts(remove) }.change(&texts(tags))
        };
        assert_eq!(change(&["A", "B"], &["C"], &["a"]), Some(texts(&["B", "C"])));
        assert_eq!(change(&["A", "B"], &["b"], &["X"]), None);
        assert_eq!(change(&[], &["A", "a"], &[]), Some(texts(&["A"])));
        assert_eq!(change(&["A"], &["A"], &["A"]), None);
    }
}

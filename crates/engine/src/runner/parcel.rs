//! What leaves in one call: a single task, or several of one kind where the API has a call for many. Pure.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::journal::OpenTask;
use crate::verbs::{Batch, Bulk};

/// Tasks that are sent together.
#[derive(Debug)]
pub(super) struct Parcel {
    /// `None` for a single task.
    pub batch: Option<Batch>,
    pub tasks: Vec<Arc<OpenTask>>,
}

/// Batches that may be marked at one time, so that a killed run leaves no more than that to be read back.
const BATCHES: usize = 2;

/// Whether two of the tasks have a call for many, so that it is worth asking how many it takes.
pub(super) fn could_share(waiting: &VecDeque<OpenTask>) -> bool {
    waiting.iter().filter(|task| Batch::of(&task.target, &task.action).is_some()).nth(1).is_some()
}

/// Takes the next parcel: of a kind that has a call for many, whatever follows of the same kind. `left` is how many tasks
/// may be taken, `open` how many are under way. `None` if there is no room now.
pub(super) fn pack(waiting: &mut VecDeque<OpenTask>, bulk: Option<&Bulk>, left: usize, open: usize) -> Option<Parcel> {
    let first = waiting.front()?;
    let batch = bulk.and_then(|bulk| Some((Batch::of(&first.target, &first.action)?, bulk)));
    let Some((batch, bulk)) = batch else {
        return waiting.pop_front().map(|task| Parcel { batch: None, tasks: vec![Arc::new(task)] });
    };
    let most = bulk.most(&batch).min(left);
    let same = |task: &&OpenTask| Batch::of(&task.target, &task.action).as_ref() == Some(&batch);
    let count = waiting.iter().take(most).take_while(same).count();
    if open > 0 && open + count > BATCHES * bulk.most(&batch) {
        return None;
    }
    Some(Parcel { tasks: waiting.drain(..count).map(Arc::new).collect(), batch: Some(batch) })
}

//! Remediation from the first look to a fleet that keeps its rules better.

use muster_client::Dialect;
use muster_engine::{TaskState, Verdict};
use muster_workflows::Unwatched;
use muster_workflows::compliance::{RuleTable, decide, findings, observe, report, summary};

use crate::stage::{Stage, column, count};

#[tokio::test]
async fn remediation_makes_compliance_better_guide() {
    remediation_makes_compliance_better(Dialect::Guide).await;
}

#[tokio::test]
async fn remediation_makes_compliance_better_published() {
    remediation_makes_compliance_better(Dialect::Published).await;
}

async fn remediation_makes_compliance_better(dialect: Dialect) {
    let stage = Stage::new(dialect, 300).await;
    let table = RuleTable::default();
    let facts = observe(&stage.client, &Unwatched).await.expect("reads");
    assert!(!facts.cases.is_empty(), "the seed has devices that break rules");
    let found = findings(&facts, stage.uem.now());
    assert_eq!(found.rows.len(), facts.cases.len());

    let remediation = decide(&table, &facts, stage.uem.now());
    let (plan, tasks) = stage.run(remediation.draft.clone()).await;
    assert!(count(&tasks, TaskState::Done) > 0);
    assert_eq!(count(&tasks, TaskState::Failed), 0);
    assert_eq!(count(&tasks, TaskState::Held), plan.count(Verdict::Hold), "a wipe waits for an approval");
    let told = report(&table, &facts, &remediation, &tasks, stage.uem.now());
    assert_eq!(told.rows.len(), facts.cases.len());
    let sent: usize =
        column(&told, "RemediationActions").iter().map(|cell| cell.parse::<usize>().expect("a number")).sum();
    assert_eq!(sent, count(&tasks, TaskState::Done));
    let figures = summary(&facts, &remediation, &tasks).figures;
    assert!(figures.contains(&("Total remediation actions taken".to_owned(), sent.to_string())), "{figures:?}");

    // Sent again at once, nothing is: the commands wait for their devices.
    let again = observe(&stage.client, &Unwatched).await.expect("reads");
    let again = decide(&table, &again, stage.uem.now()).draft;
    let repeated = again.items.iter().filter(|item| item.nothing_to_do.is_none());
    assert_eq!(repeated.count(), count(&tasks, TaskState::Held), "only what was held is asked for again");

    stage.hours(24).await;
    let after = observe(&stage.client, &Unwatched).await.expect("reads");
    assert!(
        after.cases.len() < facts.cases.len(),
        "{} devices broke rules, and {} still do",
        facts.cases.len(),
        after.cases.len()
    );
}

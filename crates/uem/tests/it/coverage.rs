//! Every endpoint that the model declares has a route and is told by a story. Each story is a test of its
//! own too.

use std::collections::BTreeSet;

use muster_model::catalog;
use muster_store::testing::Postgres;
use muster_uem::{Data, Settings};

use crate::caller::Caller;

macro_rules! stories {
    ($($module:ident { $($story:ident),+ $(,)? })+) => {
        $(mod $module {
            $(
                #[tokio::test]
                async fn $story() {
                    crate::$module::$story(&crate::caller::Caller::new().await).await;
                }
            )+
        })+

        /// Tells every story, each to a tenant with the next of the settings. Answers the names of the
        /// endpoints that were asked with success.
        async fn tell(settings: impl AsyncFn() -> Settings) -> BTreeSet<&'static str> {
            let mut told = BTreeSet::new();
            $($(
                let caller = Caller::of(settings().await).await;
                crate::$module::$story(&caller).await;
                told.extend(caller.tenant.served().into_keys());
                assert_eq!(caller.tenant.offences(), [""; 0], "answers that broke their published shape");
            )+)+
            told
        }
    };
}

stories! {
    guide {
        the_connectivity_test,
        devices_are_found_by_criteria,
        big_pages_are_cut_where_they_say,
        a_command_is_queued_carried_out_and_told,
        every_command_is_accepted_in_the_guides_words,
        a_wiped_device_is_pending_at_once_and_takes_no_more_commands,
        tags_replace_the_set_in_every_shape_that_powershell_sends,
        what_breaks_a_policy_is_found_and_mended,
        users_are_provisioned_and_join_their_groups,
        bad_users_are_refused_with_a_reason,
        apps_are_deployed_watched_and_tried_again,
        bad_deployments_are_refused_with_a_reason,
    }
    published {
        the_tenant_tells_its_version_and_its_groups,
        devices_are_searched_found_and_edited,
        a_command_leaves_its_trace_in_the_event_log,
        policies_and_their_state_on_a_device,
        tags_are_made_put_on_and_taken_off,
        users_are_whole_objects,
        one_user_a_call_joins_a_group,
        an_app_is_assigned_and_installed_again,
        an_operation_runs_to_its_end,
    }
}

/// Names of what has a route. Most are keys of facts; some routes are registered by the type of their endpoint.
async fn built() -> BTreeSet<&'static str> {
    Caller::new().await.tenant.built().into_iter().map(|(name, _)| name).collect()
}

#[tokio::test]
async fn every_endpoint_has_a_route() {
    let built = built().await;
    let gaps: Vec<&str> = catalog::ALL
        .iter()
        .filter(|entry| !built.contains(entry.name) && !built.contains(entry.key))
        .map(|entry| entry.name)
        .collect();
    assert!(gaps.is_empty(), "no route for {gaps:?}");
}

#[test]
fn the_routes_and_what_they_do_change_only_on_purpose() {
    let lines = catalog::ALL.iter().map(|entry| {
        let (method, effect) = (entry.method.as_str(), format!("{:?}", entry.effect));
        format!("{:<34} {method:<6} {:<75} v{} {effect}", entry.name, entry.path, entry.version)
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn every_endpoint_is_told_by_a_story() {
    let told = tell(async || Settings::in_memory()).await;
    // Routes by key are told by the stories of their areas.
    let built = built().await;
    let by_type = catalog::ALL.iter().filter(|entry| entry.name != entry.key);
    let typed = by_type.map(|entry| entry.name).filter(|name| built.contains(name));
    let gaps: Vec<&str> = typed.filter(|name| !told.contains(name)).collect();
    assert!(gaps.is_empty(), "no story tells {gaps:?}");
}

#[tokio::test]
async fn every_story_holds_on_postgresql() {
    // Without a PostgreSQL on the machine there is nothing to tell it to.
    let Some(server) = Postgres::shared().expect("a server starts") else { return };
    tell(async || {
        let data = Data::Database(server.database().await.expect("a database"));
        Settings { data, ..Settings::in_memory() }
    })
    .await;
}

/// The areas of all built operations are named in a story that asserts of each of their operations that it was
/// answered with success, with an error, and in its published shape.
#[test]
fn no_area_is_without_a_story() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let files = [folder.clone(), folder.join("areas")].map(|folder| std::fs::read_dir(folder).expect("a folder"));
    let files = files.into_iter().flatten().map(|file| file.expect("a file").path());
    let stories: String = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .map(|path| std::fs::read_to_string(path).expect("reads"))
        .collect();
    let coverage = muster_uem::papers::coverage();
    let built = coverage.areas.iter().filter(|area| area.built > 0);
    let names = built.map(|area| format!("{}/{}", area.api, area.area));
    let untold: Vec<String> = names.filter(|name| !stories.contains(&format!("\"{name}\""))).collect();
    assert_eq!(untold, [""; 0], "no story covers these areas");
}

//! The guide's scripts as they stand in `examples/guide`, so that they cannot rot.

#[path = "../../examples/guide/scripts/mod.rs"]
mod scripts;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_script_of_the_guide_runs_to_its_end() {
    for (name, about, run) in scripts::ALL {
        scripts::say(format!("== {name}: {about}"));
        run().await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

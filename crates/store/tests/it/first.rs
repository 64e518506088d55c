use muster_store::*;
#[tokio::test]
async fn first() {
    let place = tempfile::tempdir().unwrap();
    for url in ["sqlite::memory:".to_owned(), format!("sqlite:{}/a.db", place.path().display())] {
        let db = Database::open(&url, Options::default()).await.unwrap();
        let list = [Migration {
            name: "0001",
            sql: "create table t (a bigint, b text); create table u (c bigint)",
            postgres: None,
        }];
        db.migrate("x", &list).await.unwrap();
        db.migrate("x", &list).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.insert("t", &["a", "b"], (0..5000i64).map(|i| args![i, "b"]).collect()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(db.fetch_one("select count(*) as n from t", args![]).await.unwrap().get::<i64>("n").unwrap(), 5000);
    }
}

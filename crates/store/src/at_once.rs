//! Several statements as one transaction, in one go: whoever asks SQLite waits for the thread of its connection, and a
//! short command waits for little else.

use crate::{
    Database, Error, Row, Sql, Value,
    database::{Inner, sqlite_query},
    error::shorten,
    parameters::rewrite,
};

impl Database {
    /// Carries statements out one after the other as one transaction, all of it or nothing; on a file of SQLite in one
    /// go. What is answered are the rows of the one statement among them that has any.
    ///
    /// # Errors
    /// [`Error::Statement`], and [`Error::Column`] if a statement has no value for one of its parameters: nothing was written.
    pub async fn at_once(&self, statements: Vec<(Sql, Vec<Value>)>) -> Result<Vec<Row>, Error> {
        let (writer, left_open) = match self.inner() {
            Inner::Sqlite { writer, left_open, .. } if !self.is_grouped() => (writer, left_open),
            _ => {
                let mut transaction = self.begin().await?;
                let mut rows = Vec::new();
                for (sql, args) in statements {
                    rows.extend(transaction.fetch(sql, args).await?);
                }
                transaction.commit().await?;
                return Ok(rows);
            }
        };
        let (text, args) = joined(statements)?;
        let failed = |source| Error::statement(&text, source);
        let mut connection = writer.acquire().await.map_err(failed)?;
        // However this future ends, what it began is rolled back before anybody else gets the connection.
        left_open.set(true);
        left_open.ready(&mut connection).await.map_err(failed)?;
        let done = sqlite_query(text.clone().into(), args).fetch_all(&mut *connection).await;
        left_open.set(done.is_err());
        if let Err(failure) = &done {
            left_open.failed(&mut connection, failure).await;
        }
        done.and_then(|rows| Row::from_sqlite(&rows)).map_err(failed)
    }
}

/// One text, whose parameters have no names and so follow one another from statement to statement.
fn joined(statements: Vec<(Sql, Vec<Value>)>) -> Result<(String, Vec<Value>), Error> {
    let (mut text, mut all) = (String::from("begin immediate"), Vec::new());
    for (sql, args) in statements {
        let places = rewrite(&sql).and_then(|(sql, order)| {
            let args = order.iter().map(|place| args.get(*place).cloned()).collect::<Option<Vec<_>>>()?;
            Some((sql, args))
        });
        let why = || String::from("is no statement of which each parameter is `$n` and has a value");
        let (sql, args) = places.ok_or_else(|| Error::Column { column: shorten(&sql), why: why() })?;
        text.push_str("; ");
        text.push_str(&sql);
        all.extend(args);
    }
    text.push_str("; commit");
    Ok((text, all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    #[test]
    fn values_follow_one_another_from_statement_to_statement() {
        let first = ("insert into a values ($2, $1)".into(), args![1, 2]);
        let second = ("update a set b = $1 where c = $1".into(), args![3]);
        let (text, args) = joined(vec![first, second]).expect("joined");
        assert_eq!(text, "begin immediate; insert into a values (?, ?); update a set b = ? where c = ?; commit");
        assert_eq!(args, args![2, 1, 3, 3]);
        assert!(joined(vec![("select $2".into(), args![1])]).is_err());
    }
}

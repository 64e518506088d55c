//! Several statements in one go, a transaction or its two ends: whoever asks SQLite waits for the thread of its
//! connection and then for its own turn, and a short statement waits for little else.

use crate::{
    Database, Error, Row, Statement, Transaction, Value,
    connections::{Connection, Connections, rows, touched},
    database::Inner,
    error::shorten,
    parameters::rewrite,
};

pub(crate) const BEGIN: &str = "begin immediate";
pub(crate) const COMMIT: &str = "commit";

impl Database {
    /// Carries statements out one after the other as one transaction, all of it or nothing; on a file of SQLite in one
    /// go. What is answered are the rows of the one statement among them that has any.
    ///
    /// # Errors
    /// [`Error::Statement`], and [`Error::Column`] if a statement has no value for one of its parameters: nothing was written.
    pub async fn at_once(&self, statements: Vec<Statement>) -> Result<Vec<Row>, Error> {
        let writer = match self.inner() {
            Inner::Sqlite { writer, .. } if !self.is_grouped() => writer,
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
        let (text, args) = joined(Some(BEGIN), statements, Some(COMMIT))?;
        let answer = writer.change(async |line| rows(line, text.clone().into(), args).await).await;
        answer.map_err(|source| Error::statement(&text, source))
    }

    /// Begins a write transaction with its first statement, and answers that, too.
    ///
    /// # Errors
    /// As [`Database::begin`] and [`Database::at_once`].
    pub async fn begin_with(&self, first: Statement) -> Result<(Transaction, Vec<Row>), Error> {
        let writer = match self.inner() {
            Inner::Sqlite { writer, .. } if !self.is_grouped() => writer,
            _ => {
                let mut transaction = self.begin().await?;
                let rows = transaction.fetch(first.0, first.1).await?;
                return Ok((transaction, rows));
            }
        };
        begin_with(writer, vec![first]).await
    }
}

/// Takes the write lock and carries the first statements out.
pub(crate) async fn begin_with(writer: &Connections, first: Vec<Statement>) -> Result<(Transaction, Vec<Row>), Error> {
    let (text, args) = joined(Some(BEGIN), first, None)?;
    let failed = |source| Error::statement(&text, source);
    let mut connection = writer.take().await.map_err(failed)?;
    connection.begins().await.map_err(failed)?;
    let answer = rows(connection.line().map_err(failed)?, text.clone().into(), args).await.map_err(failed)?;
    Ok((Transaction::sqlite(connection), answer))
}

/// Carries the last statements of a transaction out and ends it.
pub(crate) async fn commit_with(mut connection: Connection, last: Vec<Statement>) -> Result<(), Error> {
    let (text, args) = joined(None, last, Some(COMMIT))?;
    let failed = |source| Error::statement(&text, source);
    let done = touched(connection.line().map_err(failed)?, text.clone().into(), args).await;
    connection.ended(&done).await;
    done.map(drop).map_err(failed)
}

/// One text, whose parameters have no names and so follow one another from statement to statement.
fn joined(begin: Option<&str>, statements: Vec<Statement>, end: Option<&str>) -> Result<(String, Vec<Value>), Error> {
    let (mut text, mut all) = (begin.unwrap_or_default().to_owned(), Vec::new());
    for (sql, args) in statements {
        let places = rewrite(&sql).and_then(|(sql, order)| {
            let args = order.iter().map(|place| args.get(*place).cloned()).collect::<Option<Vec<_>>>()?;
            Some((sql, args))
        });
        let why = || String::from("is no statement of which each parameter is `$n` and has a value");
        let (sql, args) = places.ok_or_else(|| Error::Column { column: shorten(&sql), why: why() })?;
        text.push_str(if text.is_empty() { "" } else { "; " });
        text.push_str(&sql);
        all.extend(args);
    }
    if let Some(end) = end {
        text.push_str("; ");
        text.push_str(end);
    }
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
        let (text, args) = joined(Some(BEGIN), vec![first.clone(), second], Some(COMMIT)).expect("joined");
        assert_eq!(text, "begin immediate; insert into a values (?, ?); update a set b = ? where c = ?; commit");
        assert_eq!(args, args![2, 1, 3, 3]);
        let (text, _) = joined(None, vec![first], Some(COMMIT)).expect("joined");
        assert_eq!(text, "insert into a values (?, ?); commit");
        assert!(joined(None, vec![("select $2".into(), args![1])], None).is_err());
    }
}

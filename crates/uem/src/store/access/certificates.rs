//! Certificates that the tenant's own authority issued to administrators.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issued {
    /// In hex.
    pub(crate) serial: String,
    pub(crate) admin: i64,
    pub(crate) subject: String,
    /// SHA-256 of the DER, in hex.
    pub(crate) fingerprint: String,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
    pub(crate) created_by: String,
}

const COLUMNS: &str = "serial, admin_id, subject, fingerprint, issued_at, expires_at, revoked_at, created_by";

pub(crate) async fn all(database: &Database) -> Result<Vec<Issued>, Error> {
    let sql = format!("select {COLUMNS} from admin_certificates order by issued_at, serial");
    database.fetch(sql, args![]).await?.iter().map(read).collect()
}

/// Keeps a certificate that was just issued; `pem` is the certificate alone.
pub(crate) async fn add(tx: &mut Transaction, issued: &Issued, pem: &str) -> Result<(), Error> {
    let sql = "insert into admin_certificates (serial, admin_id, subject, fingerprint, certificate, issued_at, \
               expires_at, created_by) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let args = args![
        issued.serial.as_str(),
        issued.admin,
        issued.subject.as_str(),
        issued.fingerprint.as_str(),
        pem,
        issued.issued_at,
        issued.expires_at,
        issued.created_by.as_str()
    ];
    tx.execute(sql, args).await.map(|_| ())
}

/// Answers whether it was valid until now.
pub(crate) async fn revoke(tx: &mut Transaction, serial: &str, now: Timestamp) -> Result<bool, Error> {
    let sql = "update admin_certificates set revoked_at = $2 where serial = $1 and revoked_at is null";
    Ok(tx.execute(sql, args![serial, now]).await? > 0)
}

fn read(row: &Row) -> Result<Issued, Error> {
    Ok(Issued {
        serial: row.get("serial")?,
        admin: row.get("admin_id")?,
        subject: row.get("subject")?,
        fingerprint: row.get("fingerprint")?,
        issued_at: row.get("issued_at")?,
        expires_at: row.get("expires_at")?,
        revoked_at: row.get("revoked_at")?,
        created_by: row.get("created_by")?,
    })
}

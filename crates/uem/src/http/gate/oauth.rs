//! OAuth 2.0: tokens for clients that prove who they are, and requests that carry one.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Gate, unknown};
use crate::authority::book::{Book, OauthClient};
use crate::authority::verified::Proven;
use crate::error::Error;
use crate::http::refusal::Refusal;
use crate::secret::{hash, same};

impl Gate {
    /// A new token for a client that proved who it is; `None` if it did not.
    pub(in crate::http) fn issue(&self, id: &str, secret: &str, now: Timestamp) -> Result<Option<String>, Error> {
        let book = self.book();
        let client = book.client(id);
        // As much work for a client that there is not.
        let nobody = hash("");
        let expected = client.map_or(nobody.as_str(), |client| client.secret_hash.as_str());
        let right = same(expected, &hash(secret));
        match client {
            Some(_) if right => self.tokens.make(id, now).map(Some),
            _ => Ok(None),
        }
    }

    /// The client of a token that is good and not over, if the client still is one.
    pub(super) fn bearer(&self, book: &Book, token: &str, now: Timestamp) -> Result<Arc<OauthClient>, Refusal> {
        let mark = self.verified.mark(token, "token");
        let client_id = match self.verified.find(&mark) {
            Some(Proven::Token { client_id, until }) if now < until => Some(client_id),
            Some(_) => None,
            None => self.tokens.read(token, now).map(|claims| {
                let (client_id, until): (Arc<str>, _) = (claims.sub.as_str().into(), claims.expires_at());
                self.verified.keep(mark, Proven::Token { client_id: Arc::clone(&client_id), until });
                client_id
            }),
        };
        let client = client_id.and_then(|id| book.client(&id).map(Arc::clone));
        client.ok_or_else(|| unknown("access token"))
    }
}

//! Access tokens: JSON Web Tokens, signed with ES256 by a key that the database keeps.

use aws_lc_rs::encoding::{AsBigEndian, EcPublicKeyUncompressedBin};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use muster_store::Database;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::store::access::signing::{self, SigningKey};

/// How long a token opens the door.
pub(crate) const LIFE: SignedDuration = SignedDuration::from_secs(3600);
const AUDIENCE: &str = "uem-api";
const KEY: &str = "tokens";

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    /// The client's id.
    pub(crate) sub: String,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

impl Claims {
    pub(crate) fn expires_at(&self) -> Timestamp {
        Timestamp::from_second(self.exp).unwrap_or(Timestamp::MIN)
    }
}

/// Makes tokens and reads them.
pub(crate) struct Tokens {
    issuer: String,
    sign: EncodingKey,
    read: DecodingKey,
    rules: Validation,
}

impl Tokens {
    /// With the database's key, which is made when there is none. `tenant` names the issuer: it outlives
    /// addresses.
    pub(crate) async fn open(database: &Database, tenant: Uuid) -> Result<Self, Error> {
        let failed = || Error::Crypto("the key of the tokens");
        let kept = match signing::get(database, KEY).await? {
            Some(kept) => kept,
            None => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| failed())?;
                let text = STANDARD.encode(pair.to_pkcs8v1().map_err(|_| failed())?.as_ref());
                let made = SigningKey { private_key: text, certificate: String::new() };
                signing::keep(database, KEY, &made).await?
            }
        };
        let der = STANDARD.decode(kept.private_key).map_err(|_| failed())?;
        Self::new(&der, tenant)
    }

    fn new(pkcs8: &[u8], tenant: Uuid) -> Result<Self, Error> {
        let failed = || Error::Crypto("the key of the tokens");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(|_| failed())?;
        let public: EcPublicKeyUncompressedBin<'_> = pair.public_key().as_be_bytes().map_err(|_| failed())?;
        let issuer = tenant.urn().to_string();
        let mut rules = Validation::new(Algorithm::ES256);
        rules.set_issuer(&[&issuer]);
        rules.set_audience(&[AUDIENCE]);
        // The library asks the system for the time; ours is the tenant's, in `Claims::expires_at`.
        rules.validate_exp = false;
        Ok(Self {
            issuer,
            sign: EncodingKey::from_ec_der(pkcs8),
            read: DecodingKey::from_ec_der(public.as_ref()),
            rules,
        })
    }

    /// A token for a client, good for [`LIFE`].
    pub(crate) fn make(&self, client_id: &str, now: Timestamp) -> Result<String, Error> {
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: client_id.to_owned(),
            iat: now.as_second(),
            exp: now.as_second() + LIFE.as_secs(),
            jti: Uuid::new_v4(),
        };
        let header = Header { typ: Some("JWT".to_owned()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, &claims, &self.sign).map_err(|_| Error::Crypto("a token"))
    }

    /// What a token of ours says, if it is not over.
    pub(crate) fn read(&self, token: &str, now: Timestamp) -> Option<Claims> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.read, &self.rules).ok()?.claims;
        (now < claims.expires_at()).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(tenant: Uuid) -> Tokens {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        Tokens::new(pair.to_pkcs8v1().expect("writes").as_ref(), tenant).expect("opens")
    }

    #[test]
    fn a_token_is_good_for_an_hour_for_its_own_tenant_and_key_only() {
        let now = Timestamp::from_second(1_767_600_000).expect("a moment");
        let (ours, theirs) = (tokens(Uuid::nil()), tokens(Uuid::nil()));
        let token = ours.make("client", now).expect("makes");
        assert_eq!(ours.read(&token, now).expect("reads").sub, "client");
        let later = |seconds| now + SignedDuration::from_secs(seconds);
        assert!(ours.read(&token, later(3599)).is_some() && ours.read(&token, later(3600)).is_none());
        assert!(theirs.read(&token, now).is_none(), "another key signed it");
        assert_ne!(token, ours.make("client", now).expect("makes"), "each token is its own");

        let mut parts: Vec<&str> = token.split('.').collect();
        let forged = "eyJzdWIiOiJyb290In0";
        parts[1] = forged;
        assert!(ours.read(&parts.join("."), now).is_none(), "what it says is signed");
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        parts = token.split('.').collect();
        parts[0] = none;
        assert!(ours.read(&parts.join("."), now).is_none(), "the algorithm is not the token's choice");
    }
}

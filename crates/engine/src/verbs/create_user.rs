//! Create an enrollment user. The password is put in at the last moment and kept nowhere.

use async_trait::async_trait;
use aws_lc_rs::rand;
use jiff::Timestamp;
use muster_model::users::UserEdit;
use secrecy::ExposeSecret;

use super::update_user::differences;
use super::{Applied, Evidence, Failure, Tools, Verb};
use crate::plan::Password;

pub(super) struct CreateUser {
    pub user: UserEdit,
    pub password: Password,
}

#[async_trait]
impl Verb for CreateUser {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let password = match &self.password {
            Password::None => None,
            Password::Generated => Some(generate()?),
            Password::Supplied { key } => {
                let secret = tools.secrets.get(key).ok_or_else(|| {
                    Failure::invalid(format!(
                        "the password of {} is not at hand, because passwords are never stored: run the provisioning \
                         again with its file",
                        self.user.user_name
                    ))
                })?;
                Some(secret.expose_secret().to_owned())
            }
        };
        let user = UserEdit { password, ..self.user.clone() };
        let id = tools.writer.create_user(&user).await.map_err(|error| Failure::write(&error))?;
        Ok(Applied::sent(Some(id.to_string())))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let found = tools.client.user_by_name(&self.user.user_name).await.map_err(|error| Failure::after(&error))?;
        let Some(user) = found else { return Ok(Evidence::Absent) };
        let other = differences(&user, &self.user);
        Ok(if other.is_empty() {
            Evidence::Fulfilled { command_id: Some(user.id.0.to_string()) }
        } else {
            Evidence::Contradicted(format!("a user of that name is there, but with another {}", other.join(", ")))
        })
    }
}

/// Letters and digits that are not taken for one another; 24 of 56 make 139 bits. The last four are of
/// each kind that a password policy may ask for.
fn generate() -> Result<String, Failure> {
    const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    const LOWER: &[u8] = b"abcdefghijkmnopqrstuvwxyz";
    const DIGITS: &[u8] = b"23456789";
    const SIGNS: &[u8] = b"!#%+-=?@";
    let all = [UPPER, LOWER, DIGITS].concat();
    let kinds = std::iter::repeat_n(all.as_slice(), 24).chain([UPPER, LOWER, DIGITS, SIGNS]);
    kinds.map(pick).collect()
}

/// One sign, each with the same probability.
fn pick(from: &[u8]) -> Result<char, Failure> {
    // Bytes beyond the last whole multiple would favour the first signs.
    let fair = 256 - 256 % from.len();
    loop {
        let mut byte = [0_u8; 1];
        rand::fill(&mut byte).map_err(|_| Failure::invalid("this machine gives no random numbers"))?;
        if usize::from(byte[0]) < fair {
            return Ok(char::from(from[usize::from(byte[0]) % from.len()]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_passwords_are_long_mixed_and_unlike() {
        let (one, two) = (generate().expect("random"), generate().expect("random"));
        assert_eq!(one.len(), 28);
        assert_ne!(one, two);
        let has = |kind: fn(&char) -> bool| one.chars().any(|c| kind(&c));
        assert!(has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase));
        assert!(has(char::is_ascii_digit) && has(char::is_ascii_punctuation));
    }
}

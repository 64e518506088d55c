//! Numbers that hardware carries, in the shape that each maker gives them. None of them is real.

use super::catalogue::{Form, Maker, Model};
use super::dice::Dice;

const DIGITS: &str = "0123456789";
/// Makers leave out letters that are easily misread.
const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ";
const MIXED: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const HEX: &str = "0123456789ABCDEF";

/// What identifies one piece of hardware for its whole life, through every enrollment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) serial: String,
    pub(super) udid: String,
    /// Empty for a device without a modem.
    pub(super) imei: String,
    /// Twelve digits without separators.
    pub(super) mac: String,
}

/// Draws the numbers of one device.
pub(super) fn identity(model: &Model, dice: &mut Dice) -> Identity {
    Identity {
        serial: serial(model, dice),
        udid: udid(model, dice),
        imei: model.tac.map(|tac| imei(tac, dice)).unwrap_or_default(),
        mac: format!("{}{}", vendor_prefix(model.maker, dice), dice.text(HEX, 6)),
    }
}

fn serial(model: &Model, dice: &mut Dice) -> String {
    match model.maker {
        // Since 2021 ten random characters, before that plant, week and configuration.
        Maker::Apple if model.lines.0 >= 17 || dice.chance(0.4) => dice.text(MIXED, 10),
        Maker::Apple => {
            let plant = match model.form {
                Form::Phone => *dice.pick(&["F2L", "DNP", "G6T", "F17"]),
                Form::Tablet => *dice.pick(&["DMP", "F9F", "GG7"]),
                _ => *dice.pick(&["C02", "FVF", "C17"]),
            };
            format!("{plant}{}", dice.text(MIXED, 9))
        }
        Maker::Samsung => format!("R5{}{}{}", dice.text("ACGHKNX", 1), dice.text(LETTERS, 1), dice.text(MIXED, 7)),
        Maker::Google => format!("{}FDH200{}", dice.text(DIGITS, 5), dice.text(MIXED, 3)),
        Maker::Zebra => format!("{}{}", dice.whole(19, 24), dice.text(DIGITS, 12)),
        Maker::Dell => {
            format!("{}{}", dice.text("123456789BCDFGHJ", 1), dice.text("0123456789BCDFGHJKLMNPQRSTVWXYZ", 6))
        }
        Maker::Lenovo => format!("{}{}", dice.pick(&["PF", "PC", "MJ", "R9"]), dice.text(MIXED, 6)),
        Maker::Hp => format!("{}{}{}", dice.pick(&["5CG", "5CD", "MXL"]), dice.text(DIGITS, 4), dice.text(MIXED, 3)),
        Maker::Microsoft => format!("0{}", dice.text(DIGITS, 11)),
        Maker::Acer => format!("NX{}", dice.text(MIXED, 20)),
    }
}

fn udid(model: &Model, dice: &mut Dice) -> String {
    match (model.maker, model.form) {
        (Maker::Apple, Form::Laptop | Form::Desktop) => dice.uuid().hyphenated().to_string().to_uppercase(),
        // Chip number and device number; older chips have forty digits without a structure.
        (Maker::Apple, _) if model.lines.0 >= 16 => {
            format!("0000{}{}", dice.pick(&["8020", "8030", "8101", "8110", "8120", "8140"]), dice.text(HEX, 16))
        }
        (Maker::Apple, _) => dice.text(HEX, 40).to_lowercase(),
        _ => dice.text(HEX, 32),
    }
}

/// Fifteen digits: type allocation code, serial, and the Luhn check digit.
fn imei(tac: &str, dice: &mut Dice) -> String {
    let body = format!("{tac}{}", dice.text(DIGITS, 6));
    let check = luhn(&body);
    format!("{body}{check}")
}

/// The digit that makes a number pass the Luhn check.
fn luhn(body: &str) -> u32 {
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            // The check digit will stand last, so every second digit from here is doubled.
            match if place % 2 == 0 { digit * 2 } else { digit } {
                two @ 10.. => two - 9,
                one => one,
            }
        })
        .sum();
    (10 - sum % 10) % 10
}

fn vendor_prefix(maker: Maker, dice: &mut Dice) -> &'static str {
    let prefixes: &[&str] = match maker {
        Maker::Apple => &["F01898", "3C22FB", "A4D18C", "DC2B2A"],
        Maker::Samsung => &["8C7712", "F4428F", "5C5181"],
        Maker::Google => &["F4F5D8", "3C5AB4"],
        Maker::Zebra => &["84248D", "48A493"],
        Maker::Dell => &["D89EF3", "B0A460", "E4B97A"],
        Maker::Lenovo => &["8C1645", "E86A64"],
        Maker::Hp => &["7C4D8F", "E4E749"],
        Maker::Microsoft => &["2816A8", "C83F26"],
        Maker::Acer => &["98EECB"],
    };
    prefixes[dice.below(prefixes.len())]
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::SHARES;
    use super::super::dice::Purpose;
    use super::*;

    #[test]
    fn numbers_have_the_shape_of_their_maker() {
        for (number, model) in SHARES.iter().flat_map(|share| share.models).enumerate() {
            let identity = identity(model, &mut Dice::new(1, Purpose::Hardware, number as i64, 0));
            assert_eq!(identity.mac.len(), 12, "{}", model.name);
            assert!(identity.mac.bytes().all(|byte| byte.is_ascii_hexdigit()), "{}", identity.mac);
            match model.tac {
                None => assert_eq!(identity.imei, ""),
                Some(_) => {
                    assert_eq!(identity.imei.len(), 15);
                    assert_eq!(luhn(&identity.imei[..14]).to_string(), identity.imei[14..]);
                }
            }
            let length = match model.maker {
                Maker::Apple => 10..=12,
                Maker::Samsung => 11..=11,
                Maker::Google | Maker::Zebra => 14..=14,
                Maker::Dell => 7..=7,
                Maker::Lenovo => 8..=8,
                Maker::Hp => 10..=10,
                Maker::Microsoft => 12..=12,
                Maker::Acer => 22..=22,
            };
            assert!(length.contains(&identity.serial.len()), "{} {}", model.name, identity.serial);
        }
        // A published example number.
        assert_eq!(luhn("49015420323751"), 8);
    }
}

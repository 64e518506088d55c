//! Networks that an API key may be used from: `10.0.0.0/8`, `2001:db8::/32`, or one address.

use std::net::IpAddr;

/// A network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// `None` for what is no network, also when the prefix is longer than the address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(longest), |prefix| prefix.trim().parse().ok())?;
        (prefix <= longest).then_some(Self { address, prefix })
    }

    /// Every network of a list separated by spaces or commas, or the first that is none.
    pub(crate) fn parse_all(text: &str) -> Result<Vec<Self>, String> {
        let words = text.split([' ', ',', ';']).filter(|word| !word.is_empty());
        words.map(|word| Self::parse(word).ok_or_else(|| word.to_owned())).collect()
    }

    pub(crate) fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix).unwrap_or_default();
                ours.to_bits() & mask == theirs.to_bits() & mask
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or_default();
                ours.to_bits() & mask == theirs.to_bits() & mask
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_its_network_and_in_no_other() {
        for (network, address, inside) in [
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("192.168.7.9", "192.168.7.9", true),
            ("192.168.7.9", "192.168.7.8", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("2001:db8::/32", "2001:db8:1::7", true),
            ("2001:db8::/32", "2001:db9::7", false),
            ("::/0", "127.0.0.1", false),
        ] {
            let found = Network::parse(network).expect(network).holds(address.parse().expect(address));
            assert_eq!(found, inside, "{address} in {network}");
        }
    }

    #[test]
    fn what_is_no_network_is_named() {
        for text in ["10.0.0.0/33", "here", "10.0.0/8", "::/129", "10.0.0.1/-1"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
        assert_eq!(Network::parse_all("10.0.0.0/8, 127.0.0.1").map(|list| list.len()), Ok(2));
        assert_eq!(Network::parse_all("10.0.0.0/8 nowhere"), Err("nowhere".to_owned()));
    }
}

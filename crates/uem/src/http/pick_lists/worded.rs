//! Lists that a word of the address picks: kinds of VPN of a platform, ratings of a region.

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Settings;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{Items, said};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/PickLists_GetVpnType", needs(Settings, Read), |context, given| {
            of(context, given, "platform", VPN_TYPES)
        })
        .serve("mdmv1/PickLists_GetVpnUserAuthenticationForAppleOsX", needs(Settings, Read), |context, given| {
            of(context, given, "vpnType", VPN_AUTHENTICATION)
        })
        .serve("mdmv1/PickLists_GetDeviceModelFamilyList", needs(Settings, Read), |context, given| {
            of(context, given, "platform", MODEL_FAMILIES)
        })
        .serve("mdmv1/PickLists_GetRatingMoviesForApple", needs(Settings, Read), |context, given| {
            of_region(context, given, MOVIES)
        })
        .serve("mdmv1/PickLists_GetRatingTvShowsForApple", needs(Settings, Read), |context, given| {
            of_region(context, given, SHOWS)
        });
}

/// A list for each word.
type Worded = &'static [(&'static str, &'static Items)];

fn find(lists: Worded, name: &str, word: &str) -> Result<Said, Refusal> {
    let found = lists.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
    found.map(|(_, items)| said(items)).ok_or_else(|| {
        let words: Vec<&str> = lists.iter().map(|(word, _)| *word).collect();
        Refusal::bad(format!("'{word}' is not a valid value of {name}. Valid are: {}.", words.join(", ")))
    })
}

async fn of(_: Context, given: Given, name: &'static str, lists: Worded) -> Result<Said, Refusal> {
    find(lists, name, given.text(name))
}

/// Without a region, that of the United States.
async fn of_region(_: Context, given: Given, lists: Worded) -> Result<Said, Refusal> {
    find(lists, "filterKey", given.asked("filterKey").unwrap_or("us"))
}

const VPN_TYPES: Worded = &[
    (
        "Apple",
        &[
            ("L2TP", "L2TP"),
            ("IPSec", "IPsec"),
            ("IKEv2", "IKEv2"),
            ("AnyConnect", "Cisco AnyConnect"),
            ("F5SSL", "F5 SSL"),
            ("PulseSecure", "Pulse Secure"),
            ("Tunnel", "Tunnel of the tenant"),
            ("Custom", "Another one"),
        ],
    ),
    (
        "AppleOsX",
        &[
            ("L2TP", "L2TP"),
            ("IPSec", "IPsec"),
            ("IKEv2", "IKEv2"),
            ("AnyConnect", "Cisco AnyConnect"),
            ("F5SSL", "F5 SSL"),
            ("Tunnel", "Tunnel of the tenant"),
            ("Custom", "Another one"),
        ],
    ),
    (
        "Android",
        &[
            ("PPTP", "PPTP"),
            ("L2TP", "L2TP"),
            ("IPSec", "IPsec"),
            ("AnyConnect", "Cisco AnyConnect"),
            ("GlobalProtect", "GlobalProtect"),
            ("PulseSecure", "Pulse Secure"),
            ("Tunnel", "Tunnel of the tenant"),
        ],
    ),
    (
        "WinRT",
        &[
            ("IKEv2", "IKEv2"),
            ("L2TP", "L2TP"),
            ("PPTP", "PPTP"),
            ("Automatic", "What the server offers"),
            ("Tunnel", "Tunnel of the tenant"),
            ("Custom", "Another one"),
        ],
    ),
];

const VPN_AUTHENTICATION: Worded = &[
    ("L2TP", &[("Password", "Password"), ("RSASecurID", "Token"), ("Certificate", "Certificate")]),
    ("PPTP", &[("Password", "Password"), ("RSASecurID", "Token")]),
    ("IPSec", &[("SharedSecret", "Shared secret"), ("Certificate", "Certificate")]),
    ("IKEv2", &[("Password", "Password"), ("Certificate", "Certificate"), ("None", "None")]),
    ("AnyConnect", &[("Password", "Password"), ("Certificate", "Certificate")]),
    ("F5SSL", &[("Password", "Password"), ("Certificate", "Certificate")]),
    ("Custom", &[("Password", "Password"), ("Certificate", "Certificate")]),
];

const MODEL_FAMILIES: Worded = &[
    ("Apple", &[("1", "iPhone"), ("2", "iPad"), ("3", "iPod touch")]),
    ("Android", &[("5", "Android")]),
    ("AppleOsX", &[("30", "MacBook Pro"), ("31", "MacBook Air"), ("32", "Mac mini"), ("33", "iMac")]),
    ("WinRT", &[("83", "Desktop")]),
    ("AppleTv", &[("50", "Apple TV")]),
    ("ChromeOS", &[("90", "Chromebook")]),
    ("Linux", &[("95", "Linux computer")]),
];

const MOVIES: Worded = &[
    (
        "us",
        &[
            ("0", "None"),
            ("100", "G"),
            ("200", "PG"),
            ("300", "PG-13"),
            ("400", "R"),
            ("500", "NC-17"),
            ("1000", "All"),
        ],
    ),
    ("gb", &[("0", "None"), ("100", "U"), ("200", "PG"), ("350", "12"), ("400", "15"), ("500", "18"), ("1000", "All")]),
    ("de", &[("0", "None"), ("75", "0"), ("100", "6"), ("200", "12"), ("500", "16"), ("600", "18"), ("1000", "All")]),
    ("fr", &[("0", "None"), ("100", "10"), ("300", "12"), ("400", "16"), ("600", "18"), ("1000", "All")]),
    ("jp", &[("0", "None"), ("100", "G"), ("200", "PG12"), ("300", "R15+"), ("400", "R18+"), ("1000", "All")]),
    (
        "au",
        &[("0", "None"), ("100", "G"), ("200", "PG"), ("350", "M"), ("375", "MA15+"), ("400", "R18+"), ("1000", "All")],
    ),
    (
        "ca",
        &[("0", "None"), ("100", "G"), ("150", "PG"), ("200", "14A"), ("300", "18A"), ("400", "R"), ("1000", "All")],
    ),
    (
        "ie",
        &[
            ("0", "None"),
            ("100", "G"),
            ("200", "PG"),
            ("300", "12A"),
            ("350", "15A"),
            ("400", "16"),
            ("500", "18"),
            ("1000", "All"),
        ],
    ),
    (
        "nz",
        &[
            ("0", "None"),
            ("100", "G"),
            ("200", "PG"),
            ("300", "M"),
            ("325", "R13"),
            ("350", "R15"),
            ("375", "R16"),
            ("400", "R18"),
            ("1000", "All"),
        ],
    ),
];

const SHOWS: Worded = &[
    (
        "us",
        &[
            ("0", "None"),
            ("200", "TV-Y"),
            ("300", "TV-Y7"),
            ("400", "TV-G"),
            ("500", "TV-PG"),
            ("600", "TV-14"),
            ("700", "TV-MA"),
            ("1000", "All"),
        ],
    ),
    ("gb", &[("0", "None"), ("500", "Caution"), ("1000", "All")]),
    ("de", &[("0", "None"), ("75", "0"), ("100", "6"), ("200", "12"), ("500", "16"), ("600", "18"), ("1000", "All")]),
    ("fr", &[("0", "None"), ("100", "10"), ("200", "12"), ("500", "16"), ("600", "18"), ("1000", "All")]),
    ("jp", &[("0", "None"), ("1000", "Explicit allowed")]),
    (
        "au",
        &[
            ("0", "None"),
            ("100", "P"),
            ("200", "C"),
            ("300", "G"),
            ("400", "PG"),
            ("500", "M"),
            ("550", "MA15+"),
            ("575", "AV15+"),
            ("1000", "All"),
        ],
    ),
    (
        "ca",
        &[
            ("0", "None"),
            ("100", "C"),
            ("200", "C8"),
            ("300", "G"),
            ("400", "PG"),
            ("500", "14+"),
            ("600", "18+"),
            ("1000", "All"),
        ],
    ),
    (
        "ie",
        &[("0", "None"), ("100", "GA"), ("200", "CH"), ("400", "YA"), ("500", "PS"), ("600", "MA"), ("1000", "All")],
    ),
    ("nz", &[("0", "None"), ("200", "G"), ("400", "PGR"), ("600", "AO"), ("1000", "All")]),
];

//! What the XML of a `CustomMdmCommand` asks of a device. Any command of Apple's protocol fits into one, a wipe too, so
//! the class of a custom command is that of what it asks for.
//!
//! Servers and devices read XML in ways that this page does not know. So it knows the plainest form only: a property
//! list without entities, comments, sections, namespaces or attributes, that asks for one thing by its exact name.
//! Whatever looks otherwise may be anything.

use serde_json::{Map, Value};

use crate::endpoint::Effect;

/// What a custom command asks of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// For an answer: nothing on the device changes.
    Query(String),
    /// For something that whoever holds the device feels at once, and that can be set back.
    Felt(String),
    /// For something that removes or that cannot be set back, or for something that nobody here knows.
    Lasting(String),
    /// It cannot be told.
    Unclear,
}

/// Requests that only ask for an answer.
const QUERIES: &[&str] = &[
    "AvailableOSUpdates",
    "CertificateList",
    "ContentCachingInformation",
    "DeviceInformation",
    "InstalledApplicationList",
    "ManagedApplicationAttributes",
    "ManagedApplicationConfiguration",
    "ManagedApplicationList",
    "ManagedMediaList",
    "NSExtensionMappings",
    "OSUpdateStatus",
    "ProfileList",
    "ProvisioningProfileList",
    "Restrictions",
    "SecurityInfo",
    "UserList",
];

/// Requests that are felt at once.
const FELT: &[&str] = &[
    "ClearPasscode",
    "DeviceLock",
    "DisableLostMode",
    "EnableLostMode",
    "LogOutUser",
    "PlayLostModeSound",
    "RequestMirroring",
    "RestartDevice",
    "ScheduleOSUpdate",
    "ShutDownDevice",
    "StopMirroring",
];

/// The parameter with the XML.
const XML: &str = "CommandXml";

/// How deep lists and dictionaries may lie in each other.
const DEEPEST: usize = 16;

impl Asked {
    /// What the XML asks for.
    #[must_use]
    pub fn by(xml: &str) -> Self {
        match Reader::default().document(xml) {
            Some(name) if QUERIES.contains(&name.as_str()) => Self::Query(name),
            Some(name) if FELT.contains(&name.as_str()) => Self::Felt(name),
            Some(name) => Self::Lasting(name),
            None => Self::Unclear,
        }
    }

    /// What the parameters of a custom command ask for, or the body of a call that sends one: the name of the parameter
    /// in any case, and in any place.
    #[must_use]
    pub fn within(given: &Value) -> Self {
        let mut found = Vec::new();
        collect(given, &mut found);
        match &found[..] {
            [Value::String(xml)] => Self::by(xml),
            _ => Self::Unclear,
        }
    }

    /// The same of parameters.
    #[must_use]
    pub fn of(parameters: &Map<String, Value>) -> Self {
        Self::within(&Value::Object(parameters.clone()))
    }

    /// What it does to a device; what cannot be told is the worst.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match self {
            Self::Query(_) | Self::Felt(_) => Effect::Write,
            Self::Lasting(_) | Self::Unclear => Effect::Destroy,
        }
    }
}

impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Query(name) | Self::Felt(name) | Self::Lasting(name) => f.write_str(name),
            Self::Unclear => f.write_str("of which it cannot be told what it does"),
        }
    }
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name.trim().eq_ignore_ascii_case(XML) {
                    found.push(member);
                } else {
                    collect(member, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

/// Reads the plainest form of a property list. `None` everywhere means: it is not in that form.
#[derive(Default)]
struct Reader {
    /// Every request type that was met, with how deep it lies.
    requests: Vec<(usize, String)>,
}

impl Reader {
    /// The one request of a document.
    fn document(mut self, xml: &str) -> Option<String> {
        // A document type with declarations of its own, entities, comments, sections.
        if xml.contains(['&', '[', ']']) || xml.contains("<!--") {
            return None;
        }
        let mut rest = xml.strip_prefix('\u{feff}').unwrap_or(xml).trim_start();
        if let Some(declared) = rest.strip_prefix("<?xml ") {
            let (declared, after) = declared.split_once("?>")?;
            let words = declared.to_ascii_lowercase().replace('\'', "\"");
            let plain = ["version=\"1.0\"", "encoding=\"utf-8\""];
            words.split_whitespace().all(|word| plain.contains(&word)).then_some(())?;
            rest = after.trim_start();
        }
        if let Some(kind) = rest.strip_prefix("<!DOCTYPE plist PUBLIC ") {
            rest = kind.split_once('>')?.1.trim_start();
        }
        let wrapped = rest.strip_prefix("<plist version=\"1.0\">").or_else(|| rest.strip_prefix("<plist>"));
        let inside = wrapped.unwrap_or(rest).trim_start().strip_prefix("<dict>")?.trim_start();
        let rest = self.dictionary(inside, 1)?.trim_start();
        let rest = if wrapped.is_some() { rest.strip_prefix("</plist>")?.trim_start() } else { rest };
        // A device reads one request at one place; more of them, or one elsewhere, mean that this is not understood.
        match (&self.requests[..], rest) {
            ([(1 | 2, name)], "") => Some(name.clone()),
            _ => None,
        }
    }

    /// Reads a value and answers what comes behind it.
    fn value<'a>(&mut self, text: &'a str, depth: usize) -> Option<&'a str> {
        if depth > DEEPEST {
            return None;
        }
        for empty in ["<true/>", "<false/>", "<string/>", "<data/>", "<dict/>", "<array/>"] {
            if let Some(rest) = text.strip_prefix(empty) {
                return Some(rest);
            }
        }
        for simple in ["string", "integer", "real", "date", "data"] {
            if let Some((_, rest)) = element(text, simple) {
                return Some(rest);
            }
        }
        if let Some(rest) = text.strip_prefix("<array>") {
            let mut rest = rest.trim_start();
            while !rest.starts_with("</array>") {
                rest = self.value(rest, depth + 1)?.trim_start();
            }
            return rest.strip_prefix("</array>");
        }
        self.dictionary(text.strip_prefix("<dict>")?.trim_start(), depth + 1)
    }

    fn dictionary<'a>(&mut self, mut rest: &'a str, depth: usize) -> Option<&'a str> {
        let mut known: Vec<&str> = Vec::new();
        while !rest.starts_with("</dict>") {
            let (key, value) = element(rest, "key")?;
            let value = value.trim_start();
            if known.iter().any(|other| other.eq_ignore_ascii_case(key)) {
                return None;
            }
            known.push(key);
            if key.trim().eq_ignore_ascii_case("RequestType") {
                let (name, after) = element(value, "string").filter(|_| key == "RequestType")?;
                self.requests.push((depth, name.to_owned()));
                rest = after.trim_start();
                continue;
            }
            // Only below `Command` is a second dictionary where a request may stand.
            let before = self.requests.len();
            rest = self.value(value, depth)?.trim_start();
            if self.requests.len() > before && !(depth == 1 && key == "Command") {
                return None;
            }
        }
        rest.strip_prefix("</dict>")
    }
}

/// The text of an element without attributes and without anything inside, and what comes behind it.
fn element<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let inside = text.strip_prefix('<')?.strip_prefix(name)?.strip_prefix('>')?;
    let (content, rest) = inside.split_once('<')?;
    Some((content, rest.strip_prefix('/')?.strip_prefix(name)?.strip_prefix('>')?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(name: &str) -> String {
        format!("<dict><key>RequestType</key><string>{name}</string></dict>")
    }

    #[test]
    fn the_class_is_that_of_what_is_asked_for() {
        let whole = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
            \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n  <key>Command</key>\n  \
            <dict>\n    <key>Queries</key><array><string>UDID</string></array>\n    <key>RequestType</key>\n    \
            <string>DeviceInformation</string>\n  </dict>\n  <key>CommandUUID</key><string>1</string>\n</dict>\n</plist>\n";
        assert_eq!(Asked::by(whole), Asked::Query("DeviceInformation".to_owned()));
        assert_eq!(Asked::by(&request("SecurityInfo")).effect(), Effect::Write);
        assert_eq!(Asked::by(&request("RestartDevice")), Asked::Felt("RestartDevice".to_owned()));
        for name in
            ["EraseDevice", "RemoveProfile", "RemoveApplication", "Settings", "deviceinformation", " ProfileList"]
        {
            assert_eq!(Asked::by(&request(name)), Asked::Lasting(name.to_owned()));
        }
    }

    #[test]
    fn what_is_not_in_the_plainest_form_may_be_anything() {
        let inside = "<key>RequestType</key><string>ProfileList</string>";
        let erase = "<key>RequestType</key><string>EraseDevice</string>";
        for xml in [
            String::new(),
            "PGRpY3Q+PC9kaWN0Pg==".to_owned(),
            format!("<dict>{inside}"),
            format!("<dict>{inside}{erase}</dict>"),
            format!("<dict>{inside}<key>requesttype</key><string>EraseDevice</string></dict>"),
            format!("<dict>{inside}<key> RequestType</key><string>EraseDevice</string></dict>"),
            format!("<dict>{inside}</dict><dict>{erase}</dict>"),
            format!("<dict>{inside}<key>Command</key><dict>{erase}</dict></dict>"),
            format!("<dict><key>Other</key><dict>{inside}</dict></dict>"),
            format!("<dict><key>Command</key><dict>{inside}</dict><key>command</key><dict>{erase}</dict></dict>"),
            format!("<dict><key>Commands</key><array><dict>{inside}</dict><dict>{erase}</dict></array></dict>"),
            format!("<array><dict>{inside}</dict></array>"),
            format!("<dict><!-- {inside} -->{erase}</dict>"),
            format!("<dict>{inside}<!-- --></dict>"),
            format!("<DICT>{inside}</DICT>"),
            format!("<a:dict xmlns:a=\"x\">{inside}</a:dict>"),
            format!("<dict xmlns=\"x\">{inside}</dict>"),
            "<dict><key>RequestType</key><string>Profile&#76;ist</string></dict>".to_owned(),
            "<dict><key>Request&#84;ype</key><string>EraseDevice</string></dict>".to_owned(),
            "<dict><key>RequestType</key><string><![CDATA[ProfileList]]></string></dict>".to_owned(),
            format!(
                "<!DOCTYPE plist PUBLIC \"x\" \"y\" [<!ENTITY a \"b\">]><plist version=\"1.0\"><dict>{inside}</dict></plist>"
            ),
            format!("<?xml version=\"1.0\" encoding=\"UTF-7\"?><dict>{inside}</dict>"),
            format!("<?xml version=\"1.0\"?><?evil {erase}?><dict>{inside}</dict>"),
            "<dict><key>RequestType</key><data>UHJvZmlsZUxpc3Q=</data></dict>".to_owned(),
            "<array>".repeat(400),
        ] {
            assert_eq!(Asked::by(&xml), Asked::Unclear, "{xml}");
        }
    }

    #[test]
    fn the_parameter_is_found_in_any_case_and_place_and_two_of_them_are_unclear() {
        let xml = request("ProfileList");
        let asked = Asked::Query("ProfileList".to_owned());
        for given in [
            json!({"CommandXml": xml}),
            json!({"commandxml": xml}),
            json!({"Command": "CustomMdmCommand", "Parameters": {"COMMANDXML": xml}}),
            json!({"custom_mdm_command": {"CommandXml": xml}}),
        ] {
            assert_eq!(Asked::within(&given), asked, "{given}");
        }
        for given in [
            json!({}),
            json!({"CommandXml": 7}),
            json!({"CommandXml": null}),
            json!({"CommandXml": xml, "commandxml": request("EraseDevice")}),
            json!({"CommandXml": xml, "custom_mdm_command": {"CommandXml": request("EraseDevice")}}),
        ] {
            assert_eq!(Asked::within(&given), Asked::Unclear, "{given}");
        }
    }
}

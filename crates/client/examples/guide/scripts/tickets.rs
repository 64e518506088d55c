//! The guide's integration with a service desk: a ticket for every device that somebody should look at.

use muster_model::words::ComplianceStatus;
use serde_json::{Value, json};

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (_uem, client, _writer) = tenant(60).await;
    let mut tickets: Vec<Value> = Vec::new();
    for device in client.noncompliant_devices().await? {
        let broken: Vec<String> = client
            .device_compliance(device.id.0)
            .await?
            .rules
            .into_iter()
            .filter(|rule| rule.compliant == Some(false))
            .map(|rule| rule.name)
            .collect();
        tickets.push(json!({
            "short_description": format!("{} breaks {} rules", device.device_friendly_name, broken.len()),
            "urgency": if device.compromised_status { 1 } else { 3 },
            "caller_id": device.user_email_address,
            // The same device and rules make the same ticket: a second run opens none.
            "correlation_id": format!("{}:{}", device.serial_number, broken.join("+")),
        }));
        assert_ne!(device.compliance_status, ComplianceStatus::Compliant);
    }
    say(format!("{} tickets, the first one: {}", tickets.len(), tickets[0]));
    Ok(())
}

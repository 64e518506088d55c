//! `PUT /api/mdm/devices/{id}/commands/changeorganizationgroup/{organizationgroupid}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, OrganizationGroupId};

endpoint! {
    /// Moves a device to another organization group.
    MoveTo = "devices.move" is "mdmv1/CommandsV1_ChangeOrganizationGroupAsync#2":
        PUT "/api/mdm/devices/{id}/commands/changeorganizationgroup/{organizationgroupid}" => 202, Write;
    path: (DeviceId, OrganizationGroupId); query: Nothing; body: Nothing; answer: Nothing, or empty;
}

"""Every call of pyws1uem 0.0.10 that has a published operation, against a UEM of ours, with the fields it reads."""

import json
import logging
import sys
import uuid

from pyws1uem.client import WorkspaceOneAPI
from pyws1uem.error import WorkspaceOneAPIError

logging.getLogger().setLevel(logging.ERROR)
with open(sys.argv[1], encoding="utf-8") as file:
    ready = json.load(file)
uem = WorkspaceOneAPI(ready["url"], ready["tenant_code"], ready["username"], ready["password"])
group = ready["organization_group"]
calls = 0


def holds(name, condition, seen):
    global calls
    calls += 1
    if not condition:
        raise SystemExit(f"pyws1uem: {name}: {seen!r}")


info = uem.info.get_environment_info()
holds("get_environment_info", info["ProductVersion"].count(".") >= 2, info)

# Groups
found = uem.groups.search(groupid=group["group_id"])
holds("groups.search", found["LocationGroups"][0]["Id"]["Value"] == group["id"], found)
holds("get_id_from_groupid", uem.groups.get_id_from_groupid(group["group_id"]) == group["id"], group)
holds("get_groupid_from_id", uem.groups.get_groupid_from_id(group["id"]) == group["group_id"], group)
holds("get_uuid_from_groupid", uem.groups.get_uuid_from_groupid(group["id"]) == group["uuid"], group)
code = f"py-{uuid.uuid4().hex[:8]}"
child = uem.groups.create_child_og(group["group_id"], code, name=f"Python {code}")
holds("create_child_og", uem.groups.get_groupid_from_id(child) == code, child)

# Devices
everything = uem.devices.search_all(pagesize=999999)
devices = [device for device in everything["Devices"] if device["EnrollmentStatus"] == "Enrolled"]
holds("search_all", everything["Total"] == len(everything["Devices"]) > 100, everything["Total"])
device = devices[0]
number, serial, device_uuid = device["Id"]["Value"], device["SerialNumber"], device["Uuid"]
second = uem.devices.searchv2(pagesize=1)
holds("searchv2", second["Devices"][0]["SerialNumber"], second)
third = uem.devices.searchv3(pagesize=1)
holds("searchv3", third["devices"][0], third)
extensive = uem.devices.extensive_search(pagesize=2)
holds("extensive_search", len(extensive["Devices"]) == 2, extensive)
for searchby, value in {"serialnumber": serial, "udid": device["Udid"], "macaddress": device["MacAddress"]}.items():
    details = uem.devices.get_details_by_alt_id(**{searchby: value})
    holds(f"get_details_by_alt_id({searchby})", details["Id"]["Value"] == number, details)
    holds(f"get_id_by_alt_id({searchby})", uem.devices.get_id_by_alt_id(**{searchby: value}) == number, number)
details = uem.devices.get_details_by_device_id(number)
holds("get_details_by_device_id", details["SerialNumber"] == serial, details)
holds("send_commands_for_device_id", uem.devices.send_commands_for_device_id("SyncDevice", number) == 202, number)
holds("send_commands_by_id", uem.devices.send_commands_by_id("DeviceQuery", "Serialnumber", serial) == 202, serial)
security = uem.devices.get_security_info_by_id(number)
holds("get_security_info_by_id", "IsEncrypted" in security, security)
security = uem.devices.get_security_info_by_alternate_id("Serialnumber", serial)
holds("get_security_info_by_alternate_id", "IsEncrypted" in security, security)
bulk = uem.devices.get_bulk_security_info(group["id"], device["UserName"])
holds("get_bulk_security_info", bulk["SecurityInfo"], bulk)

# Tags
tag = uem.tags._post(path="/tags/addtag", json={"TagName": code, "TagType": 1, "LocationGroupId": group["id"]})["Value"]
added = uem.tags.add_device_tag(str(tag), str(number))
holds("add_device_tag", (added["AcceptedItems"], added["FailedItems"]) == (1, 0), added)
holds("check_device_tag by id", uem.tags.check_device_tag(str(tag), device_id=str(number)) is True, tag)
holds("check_device_tag by uuid", uem.tags.check_device_tag(str(tag), device_uuid=device_uuid) is True, tag)
removed = uem.tags.remove_device_tag(str(tag), str(number))
holds("remove_device_tag", removed["AcceptedItems"] == 1, removed)

# Custom attributes
attribute = {"CustomAttributes": [{"applicationGroup": "py", "name": "Rack", "value": "7"}]}
uem.devices._put(path=f"/devices/{number}/customattributes", json=attribute)
holds("delete_customattribute_by_id", uem.devices.delete_customattribute_by_id(number, "Rack"), number)

# Users
users = uem.users.search(username=device["UserName"])
holds("users.search", users["Users"][0]["UserName"] == device["UserName"], users)
name = f"py-{uuid.uuid4().hex[:8]}"
made = uem.users.create_user(userName=name, password="A-long-passw0rd", firstName="Py", lastName="Thon",
                             emailAddress=f"{name}@example.com", securityType="Basic", status=True,
                             organizationGroupUuid=group["uuid"])
holds("create_user", made == 201, made)
user_uuid = uem.users.search(username=name)["Users"][0]["Uuid"]
seen = uem.users.get_user_by_uuid(user_uuid)
holds("get_user_by_uuid", seen["userName"] == name, seen)
uem.users.update_user_by_uuid(user_uuid, firstName="Monty", lastName="Thon", emailAddress=f"{name}@example.com")
seen = uem.users.get_user_by_uuid(user_uuid)
holds("update_user_by_uuid", seen["firstName"] == "Monty", seen)
uem.users.delete_user_by_uuid(user_uuid)
try:
    uem.users.get_user_by_uuid(user_uuid)
    holds("delete_user_by_uuid", False, "the user is still there")
except WorkspaceOneAPIError:
    holds("delete_user_by_uuid", True, None)
other = f"{name}-b"
made = uem.users._post(path="/users/adduser", json={
    "UserName": other, "Password": "A-long-passw0rd", "FirstName": "Py", "LastName": "Two", "Status": True,
    "Email": f"{other}@example.com", "SecurityType": 2, "LocationGroupId": str(group["id"])})
holds("delete_user_by_id", uem.users.delete_user_by_id(made["Value"]) in (200, 204), made)

# Enrollment tokens
token = uem.devices.create_enrollment_token(group["uuid"], {
    "registration_type": "WHITELIST", "attribute_type": "SERIAL_NUMBER", "device_attribute": f"PY{code[3:]}",
    "ownership_type": "CORPORATE_DEDICATED"})
holds("create_enrollment_token", token, token)
tokens = uem.devices.search_enrollment_token(group["uuid"])
holds("search_enrollment_token", tokens["tokens"], tokens)

# Last, because the device is gone afterwards
gone = devices[-1]["Id"]["Value"]
uem.devices.delete_device_by_id(gone)
try:
    status = uem.devices.get_details_by_device_id(gone)["EnrollmentStatus"]
    holds("delete_device_by_id", status != "Enrolled", status)
except WorkspaceOneAPIError:
    holds("delete_device_by_id", True, None)
print(f"pyws1uem: {calls} checks hold")

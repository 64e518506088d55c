"""The calls of wso 1.0.7 against a UEM of ours, with the fields it reads.

`action()` sends EnterpriseWipe whatever it is asked for: never run this against anything but a simulated fleet.
The client crashes on 204 when it looks for a tag, so tags are tried on a tenant that answers 200 with an empty list
(`muster uem serve --empty-lists`), and the rest on one that answers as real tenants do.
"""

import base64
import json
import os
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    ready = json.load(file)
tags_only = sys.argv[2] == "tags"
os.environ["AW_URL"] = ready["url"].removeprefix("https://")
pair = f"{ready['username']}:{ready['password']}".encode()
os.environ["AW_CREDENTIALS"] = base64.b64encode(pair).decode()
os.environ["AW_TENANT_CODE"] = ready["tenant_code"]

import wso.wso  # noqa: E402  (it reads the environment when it is made)

# It looks for its tables of time zones below the folder in which it is run.
os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(wso.wso.__file__))))
uem = wso.wso.WSO()
group = ready["organization_group"]
calls = 0


def holds(name, condition, seen=None):
    global calls
    calls += 1
    if not condition:
        raise SystemExit(f"wso: {name}: {seen!r}")


if tags_only:
    devices = uem.get_all_devices(pagesize=5)["Devices"]
    ids = [device["Id"]["Value"] for device in devices]
    tag = uem.create_tag("wso-tag")
    holds("create_tag", isinstance(tag, int) and tag, tag)
    holds("create_tag again", uem.create_tag("wso-tag") == tag, tag)
    holds("find_tag", uem.find_tag("wso-tag")[0]["TagName"] == "wso-tag")
    holds("get_all_tags", len(uem.get_all_tags()) > 0)
    holds("add_tag", uem.add_tag(tag, ids) is True)
    tagged = uem.get_tagged_devices(tag)
    holds("get_tagged_devices", {device["DeviceId"] for device in tagged} == set(ids), tagged)
    holds("remove_tag", uem.remove_tag(tag, ids) is True)
    holds("delete_tag", uem.delete_tag(tag) is True)
    print(f"wso, tags: {calls} checks hold")
    raise SystemExit(0)

holds("system_info", uem.system_info()["ProductVersion"])
holds("remaining_api_calls", uem.remaining_api_calls() > 0)
groups = uem.find_og(group["name"])
holds("find_og", groups["OrganizationGroups"][0]["Id"] == group["id"], groups)
holds("find_og, nothing", uem.find_og("no such group")["OrganizationGroups"] == [])
holds("get_og", uem.get_og(group["id"])["GroupId"] == group["group_id"])
holds("get_all_ogs", len(uem.get_all_ogs()["OrganizationGroups"]) > 1)
holds("bulk_limits", uem.bulk_limits())
holds("device_counts", uem.device_counts())

everything = uem.get_all_devices(pagesize=99999)
holds("get_all_devices", everything["Total"] == len(everything["Devices"]), everything["Total"])
devices = [device for device in everything["Devices"] if device["EnrollmentStatus"] == "Enrolled"]
first = devices[0]
serial, number = first["SerialNumber"], first["Id"]["Value"]
holds("get_device by serial", uem.get_device(serial_number=serial)["Id"]["Value"] == number)
holds("get_device by id", uem.get_device(device_id=number)["SerialNumber"] == serial)
holds("get_device, nothing", uem.get_device(serial_number="no-such-serial") is False)
holds("get_device_ip", uem.get_device_ip(serial_number=serial).count(".") == 3)
holds("get_device_extensive", uem.get_device_extensive(device_id=number)["Devices"])

# Smart groups
small = uem.create_group_from_devices("wso-devices", [serial, devices[1]["SerialNumber"]])
holds("create_group_from_devices", isinstance(small, int) and small, small)
holds("find_group", uem.find_group("wso-devices")["SmartGroups"][0]["SmartGroupID"] == small)
holds("get_group", uem.get_group(small)["Name"] == "wso-devices")
holds("create_group twice", uem.create_group_from_devices("wso-devices", [serial]) is False)
large = uem.create_group_from_ogs("wso-groups", [group["name"]])
holds("create_group_from_ogs", isinstance(large, int) and large, large)

# Products
apps = uem.simple_get("/api/mam/apps/search", {"pagesize": 500}, 1)["Application"]
app = next(app["Id"]["Value"] for app in apps if app["Platform"] == 5)
product = uem.create_product("wso-product", "made by wso", 1, app, 5)
holds("create_product", isinstance(product, int) and product, product)
holds("find_product", uem.find_product("wso-product")["Products"][0]["ID"]["Value"] == product)
holds("get_product", uem.get_product(product)["Name"] == "wso-product")
holds("assign_group_to_product", uem.assign_group_to_product(product, small))
assigned = uem.get_product_assigned_groups(product)
holds("get_product_assigned_groups", assigned[0]["SmartGroupId"] == small, assigned)
holds("delete_product, assigned", uem.delete_product(product) is False)
holds("activate_product", uem.activate_product(product) is True)
holds("product_is_active", uem.product_is_active(product) is True)
holds("reprocess_product", uem.reprocess_product(product, [number]) is True)
for word in ["compliant", "inprogress", "failed", "assigned"]:
    holds(f"get_product_device_state({word})", uem.get_product_device_state(product, word) is not False)
holds("deactivate_product", uem.deactivate_product(product) is True)
holds("remove_group_from_product", uem.remove_group_from_product(product, small) is True)
holds("check_no_group_assignments", uem.check_no_group_assignments(product) is True)
holds("delete_product", uem.delete_product(product) is True)
holds("delete_group", uem.delete_group(small) is True and uem.delete_group(large) is True)

# Organization groups
payload = uem.format_og_payload("wso child", "wso-child", "Container", timezone=49, locale="en")
made = uem.create_og(group["id"], payload)
holds("create_og", made, made)
child = uem.find_og("wso child")["OrganizationGroups"][0]
holds("move_og", uem.move_og(child["Id"], serial_number=serial) is True)
holds("move_og, effect", uem.get_device(device_id=number)["LocationGroupId"]["Id"]["Value"] == child["Id"])
holds("move_og back", uem.move_og(group["id"], serial_number=serial) is True)
holds("delete_og", uem.delete_og(child["Uuid"]) is True)

# People
holds("get_user", uem.get_user(username=first["UserName"])["Users"])
holds("find_admin", uem.find_admin(username=ready["username"]))

# Last, because the devices are gone afterwards
holds("enterprise_wipe", uem.enterprise_wipe(serial_number=devices[2]["SerialNumber"]) is True)
status = uem.get_device(serial_number=devices[2]["SerialNumber"])["EnrollmentStatus"]
holds("enterprise_wipe, effect", status in ("EnterpriseWipePending", "Unenrolled"), status)
holds("delete_device", uem.delete_device(devices[3]["Id"]["Value"]) is True)
print(f"wso: {calls} checks hold")

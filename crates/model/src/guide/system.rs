//! `GET /API/v1/system/info`.

use crate::endpoint::{Nothing, endpoint};
use crate::system::SystemInfo;

endpoint! {
    /// Product version, build number and server time.
    SystemInfoGet = "guide.system.info" is "guide/system.info":
        GET "/API/v1/system/info", Read;
    path: (); query: Nothing; body: Nothing; answer: SystemInfo;
}
